"""The port that takes the faults of refused rows."""

from typing import Protocol

from checkdata.domain.feed.contents import RowFault


class Rejections(Protocol):
    """Where the faults of refused rows go."""

    def add(self, fault: RowFault, /) -> None:
        """Note a fault."""

    @property
    def rows(self) -> int:
        """How many rows were refused so far; a row with several faults counts once."""
