"""What support tells every user: a notice on every page, or that the service is closed for maintenance."""

from datetime import datetime
from enum import Enum
from typing import Final

from attrs import frozen

from checkdata.domain.values import UserId

LONGEST_NOTICE: Final = 500
"""How many characters a notice may have."""


class NoticeKind(Enum):
    """Whether it stands on every page, or takes the place of them all."""

    BANNER = "banner"
    MAINTENANCE = "maintenance"


@frozen(kw_only=True)
class Notice:
    """A text for the time from ``starts_at`` up to, but not including, ``ends_at``; ``set_by`` is None for an operator.

    There is one of each kind at most.
    """

    kind: NoticeKind
    text: str
    starts_at: datetime
    ends_at: datetime
    set_by: UserId | None
    set_at: datetime

    def is_over(self, at: datetime) -> bool:
        """Whether its time is past."""
        return at >= self.ends_at

    def shows(self, at: datetime) -> bool:
        """Whether users see it at that moment."""
        return self.starts_at <= at < self.ends_at
