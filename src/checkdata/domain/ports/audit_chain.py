"""The port for the seals of the audit log."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.audit.seals import Anchor, ChainLink, Seal


class AuditChain(Protocol):
    """The seals of the audit log (`checkdata.domain.audit.seals`), a chain of their own beside the events.

    Events are never written to again, and whoever records one waits for nobody who seals.
    """

    def take_turn(self) -> bool:
        """Be the one that seals until the unit of work ends; False where somebody else is."""

    def settled(self) -> int:
        """A number such that every event up to it that there will ever be is committed; 0 for none.

        Transactions that recorded events and have not ended are waited for, but not for long: while they last, 0.
        """

    def head(self) -> Seal | Anchor | None:
        """The newest seal, the newest anchor where all seals are purged, or None."""

    def unsealed(self, after: int, until: int, limit: int, /) -> Sequence[ChainLink]:
        """Events after one number and until another, the first *limit* of them."""

    def seal(self, seals: Sequence[Seal], /) -> None:
        """Add seals to the chain."""

    def links(self) -> Iterator[ChainLink]:
        """Every number that has an event or a seal, in order, streamed."""

    def anchor(self) -> Anchor | None:
        """The newest anchor."""

    def last_of_segments(self, before: datetime, /) -> Seal | None:
        """The last seal of the longest run of whole segments, from the oldest on, whose events are all before then."""

    def purge(self, anchor: Anchor, /) -> int:
        """Keep an anchor, and delete events and seals up to it and receipts from before it; how many events.

        The owner of the tables alone may (security.md 42).
        """
