"""The port for the seals of the audit log."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.audit.seals import Anchor, ChainLink, Seal


class AuditChain(Protocol):
    """The seals of the audit log (`checkdata.domain.audit.seals`), a chain of their own beside the events.

    Events are never changed, and recording one never waits for sealing.
    """

    def take_turn(self) -> bool:
        """Make this the only process that seals until the unit of work ends; False if another one is sealing."""

    def settled(self) -> int:
        """The highest number up to which no event can still be added, because all are committed; 0 if there is none.

        It waits, but not for long, for transactions that recorded events and have not ended; if they last longer, 0.
        """

    def head(self) -> Seal | Anchor | None:
        """The newest seal, the newest anchor where all seals are purged, or None."""

    def unsealed(self, after: int, until: int, limit: int, /) -> Sequence[ChainLink]:
        """Events after one number and until another, the first *limit* of them."""

    def seal(self, seals: Sequence[Seal], /) -> None:
        """Add seals to the chain."""

    def links(self) -> Iterator[ChainLink]:
        """Every number that has an event or a seal, in order; streamed."""

    def anchor(self) -> Anchor | None:
        """The newest anchor."""

    def last_of_segments(self, before: datetime, /) -> Seal | None:
        """The last seal of the longest run of whole segments, from the oldest on, whose events are all before then."""

    def purge(self, anchor: Anchor, /) -> int:
        """Keep an anchor, and delete events and seals up to it and receipts from before it; how many events.

        Only the owner of the tables may (security.md 42).
        """
