"""The port for stored training records, and the listings made of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol

from checkdata.domain.feed.contents import (
    Changes,
    DueParticipant,
    FeedBlock,
    FeedRow,
    KnownIds,
    NamedIds,
    References,
)
from checkdata.domain.feed.last_verdict import Reading
from checkdata.domain.feed.record_words import CheckedRow
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.rows import ListingEntry, Names
from checkdata.domain.training.teacher_records import TeacherRecord

Relisted = tuple[DueParticipant, Sequence[ListingEntry], date | None]
"""A due participant, its rows in listings, and until when they hold."""


Derive = Callable[[DueParticipant], Relisted]
"""Derives the rows of a participant."""


class FeedStore(Protocol):
    """Training records and reference data as loaded, and the listings made of them.

    An import stages its rows first, which no reader sees, then merges them; all in one unit of work.
    """

    def known_ids(self) -> KnownIds:
        """The ids loaded before."""

    def names(self) -> Names:
        """The names of schools and lead providers as they stand now, this import's among them."""

    def put_references(self, references: References, /) -> Changes:
        """Add and change reference data; what is not named stays."""

    def put_teacher_records(self, records: Iterable[TeacherRecord], /) -> Changes:
        """Add and change teacher records; what is not named stays."""

    def teacher_record(self, trn: str, /) -> TeacherRecord | None:
        """The teacher record with this TRN."""

    def teacher_records_of(self, person_key: str, /) -> Sequence[TeacherRecord]:
        """The teacher records of this person (`checkdata.domain.training.teacher_records.person_key`)."""

    def recognise(self, blocks: Iterable[FeedBlock], /) -> Sequence[int] | None:
        """Take a feed in by its lines: those by which records were stored count as staged, as good rows.

        Returns the lines of all others, in order, which are to be read and staged; where a line is there twice, the
        second is among them. None where nothing is stored: all are to be read.
        """

    def record_blocks(self, *, known: bool) -> None:
        """Keep in which blocks the records were told that are merged now; nothing unless they are *known*."""

    def stage(self, rows: Iterable[FeedRow | CheckedRow], /) -> None:
        """Take the rows of a feed in, refused ones too, for their keys count."""

    def duplicate_line(self) -> int | None:
        """The line of a staged row whose record id stands on an earlier line too, the first such; None without one."""

    def role_conflicts(self, *, complete: bool) -> Sequence[int]:
        """Lines of staged rows, refused ones too, whose participant is in two roles, in order.

        In two roles among the rows of the feed and the stored records that stay beside them: with *complete*, those
        alone that refused rows name.
        """

    def unstage(self, lines: Iterable[int], /) -> None:
        """Refuse staged rows after all; their records stay as they were."""

    def missing(self) -> int:
        """How many stored training records the staged feed does not name, refused rows counting as named."""

    def stored(self) -> int:
        """How many training records are stored."""

    def merge(self, *, complete: bool) -> Changes:
        """Write the staged records that are new or differ; with *complete*, delete stored ones that are missing."""

    def reading(self) -> Reading | None:
        """The validation result of the training records merged last; None if it is not known."""

    def record_reading(self, reading: Reading | None, /) -> None:
        """Keep the validation result of the training records merged now, in place of the one before."""

    def delete_missing_references(self, named: NamedIds, /) -> tuple[Changes, Sequence[str]]:
        """Delete reference data that is not named; what is still in use stays, with a warning each."""

    def derive_alike(self, derive: Derive, /) -> None:
        """Derive many new participants at once, each as an example of their kind.

        The adapter decides which, and may choose none. They are no longer `due`, and `relist` lists
        them with the others.
        """

    def due(self, today: date, /) -> Iterator[DueParticipant]:
        """Participants whose listings may differ from what is stored, for that day.

        Those whose records, teacher record or names changed in this unit of work, who lost a record, whose day has
        come, or who were derived for a later day.
        """

    def relist(self, listed: Iterable[Relisted], today: date, /) -> int:
        """Replace the listings of due participants by these entries, each with the day until which they hold.

        Returns how many rows were added, changed or removed. Positions and tallies are right again afterwards.
        """

    def record_import(self, done: Import, /) -> None:
        """Make this the import that the listings show."""
