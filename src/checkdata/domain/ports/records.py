"""What a storage keeps for good: the seals of the log, receipts of files, and what listings ever showed of somebody."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.jobs import Job
from checkdata.domain.organisations import Organisation
from checkdata.domain.receipts import Receipt
from checkdata.domain.seals import Anchor, Link, Seal
from checkdata.domain.tracing import Trail
from checkdata.domain.values import ParticipantId


class Receipts(Protocol):
    """The receipts of files that left; none is ever changed."""

    def add(self, receipt: Receipt, /) -> None:
        """Keep a receipt."""

    def of_file(self, sha256: str, /) -> Sequence[Receipt]:
        """The receipts of files with exactly these bytes, the newest first."""

    def of_organisation(self, organisation: Organisation, /) -> Iterator[Receipt]:
        """The receipts of an organisation's files, the oldest first, streamed."""

    def between(self, start: datetime | None, end: datetime | None, /) -> Iterator[Receipt]:
        """The receipts from *start* on and before *end*, None for no limit, the oldest first, streamed."""


class JobRuns(Protocol):
    """When the jobs that run by the clock ran last (`checkdata.domain.jobs`)."""

    def note(self, job: Job, at: datetime, /) -> None:
        """Keep when a job ran, unless a later run is known."""

    def last(self) -> Mapping[Job, datetime]:
        """When each job ran last; those that never did are not in it."""


class AuditChain(Protocol):
    """The seals of the audit log (`checkdata.domain.seals`), a chain of their own beside the events.

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

    def unsealed(self, after: int, until: int, limit: int, /) -> Sequence[Link]:
        """Events after one number and until another, the first *limit* of them."""

    def seal(self, seals: Sequence[Seal], /) -> None:
        """Add seals to the chain."""

    def links(self) -> Iterator[Link]:
        """Every number that has an event or a seal, in order, streamed."""

    def anchor(self) -> Anchor | None:
        """The newest anchor."""

    def last_of_segments(self, before: datetime, /) -> Seal | None:
        """The last seal of the longest run of whole segments, from the oldest on, whose events are all before then."""

    def purge(self, anchor: Anchor, /) -> int:
        """Keep an anchor, and delete events and seals up to it and receipts from before it; how many events.

        The owner of the tables alone may (security.md 42).
        """


class Traces(Protocol):
    """What listings of all organisations ever showed of one participant; for tracing alone, no page shows it."""

    def trail(self, participant_id: ParticipantId, /) -> Trail:
        """Every version of every row of theirs, and the numbers of all imports."""


class Retention(Protocol):
    """What is deleted once it is past its time (security.md 42); each tells how many there were."""

    def sessions(self, seen_before: datetime, started_before: datetime, /) -> int:
        """Delete sessions last seen before the one, or begun before the other."""

    def links(self, before: datetime, /) -> int:
        """Delete sign-in links, confirmation links and visits behind those that were over by then."""

    def link_requests(self, before: datetime, /) -> int:
        """Forget how often links were asked for in windows that were over by then."""

    def mail_texts(self, before: datetime, /) -> int:
        """Forget what mail said that was queued before then and does not wait any more; that it was sent stays."""

    def mails(self, before: datetime, /) -> int:
        """Delete the records of such mail."""

    def nominations(self, before: datetime, /) -> int:
        """Delete nominations that were closed before then and gave nobody access, their links with them."""
