"""The time limit of work on a user's list: its loops check it, and the work ends by itself (service rule 17)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, Self, TypeVar

from attrs import frozen

from checkdata.domain.errors import TookTooLong

MOST_TIME: Final = timedelta(seconds=30)
"""For reading a list, and the same again for comparing it."""

_ASKED_EACH: Final = 100

Item = TypeVar("Item")


@frozen
class TimeLimit:
    """Until when something may go on, by a clock that tells the time now."""

    clock: Callable[[], datetime]
    until: datetime

    @classmethod
    def from_now(cls, clock: Callable[[], datetime]) -> Self:
        """The limit of work that begins now."""
        return cls(clock, clock() + MOST_TIME)

    def check(self) -> None:
        """Go on while there is time; raises `TookTooLong` from then on."""
        if self.clock() > self.until:
            raise TookTooLong(
                f"Your list took more than {MOST_TIME.seconds} seconds, so we stopped. It was not kept. Take "
                "out the columns that are not part of it, or split it into smaller files and check each."
            )

    def over(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items one by one while there is time, which is checked at every hundredth; raises `TookTooLong`."""
        for number, item in enumerate(items):
            if number % _ASKED_EACH == 0:
                self.check()
            yield item
