"""Notes of changes: mail that tells a user how much changed, as often as they chose (rules.md, *Notes of changes*)."""

from datetime import datetime, time, timedelta
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from attrs import frozen

from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import UserId, london_date

TOLD_AT: Final = time(7)
"""From when in the morning, in London, a note is due: after the night's feed, before the working day."""

_LONDON: Final = ZoneInfo("Europe/London")


class NoteFrequency(Enum):
    """How often a user wants a note of changes: every Monday, or every day."""

    WEEKLY = "weekly"
    DAILY = "daily"


@frozen(kw_only=True)
class ChangeNote:
    """A user wants notes of changes for an organisation that they act for.

    ``told_until`` is when the import was made up to which changes were told, or after which they are;
    ``looked_at`` is when it was last looked whether there is something to tell, or when the user chose.
    """

    user_id: UserId
    organisation: Organisation
    frequency: NoteFrequency
    told_until: datetime
    looked_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether a note is due: its morning has come since the last one."""
        return self.looked_at < last_morning(self.frequency, now) <= now


def last_morning(frequency: NoteFrequency, now: datetime) -> datetime:
    """The newest moment, not after now, at which notes of this frequency are due; on Mondays if they are weekly."""
    today = london_date(now)
    back = timedelta(days=today.weekday() if frequency is NoteFrequency.WEEKLY else 0)
    found = datetime.combine(today - back, TOLD_AT, _LONDON)
    step = timedelta(days=7 if frequency is NoteFrequency.WEEKLY else 1)
    return found if found <= now else datetime.combine(today - back - step, TOLD_AT, _LONDON)
