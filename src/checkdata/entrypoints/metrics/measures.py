"""What the edges of the service tell those who watch it; needs no extra."""

from typing import Final, Protocol

from checkdata.domain.access.decision import Decision, Refused

GRANTED: Final = "granted"
"""The reason of a decision that refuses nothing."""


class Measures(Protocol):
    """Takes what is measured, and tells all of it when it is scraped; any thread may call it.

    A route is the pattern of an address, never the address: that has ids, tokens and words in it.
    """

    def answered(self, method: str, route: str, status: int, seconds: float, /) -> None:
        """A request was answered, so many seconds later; *status* is 0 where no answer began."""

    def decided(self, reason: str, /) -> None:
        """An access was decided."""

    def link_refused(self, why: str, /) -> None:
        """A link did not work, or was not sent."""

    def downloads(self, under_way: int, /) -> None:
        """So many downloads are under way now in this process."""

    def pool(self, in_use: int, most: int, /) -> None:
        """So many connections of this process's pool are in use now, of so many that it may have."""

    def worker_died(self, process: int, /) -> None:
        """A worker died; what it measured of its present is no longer so."""

    def events(self, outcome: str, number: int, /) -> None:
        """So many events for analysts were sent, or what else became of them."""

    def told(self, accept: str, /) -> tuple[bytes, str]:
        """All that was measured, and its media type, which an Accept header chooses; it asks the database."""


def reason_of(decision: Decision) -> str:
    """The reason of a decision, as it is counted."""
    return decision.reason.value if isinstance(decision, Refused) else GRANTED
