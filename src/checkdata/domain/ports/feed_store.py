"""The port for stored training records, and the listings made of them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Protocol

from checkdata.domain.access.widening import ListedNumber
from checkdata.domain.feed.contents import Changes, Compared, DueParticipant, KnownIds, NamedIds, References
from checkdata.domain.feed.last_verdict import Reading
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.departures import KEPT_MONTHS
from checkdata.domain.listing.rows import ListingEntry, Names
from checkdata.domain.training.teacher_answers import AskedTeacher
from checkdata.domain.training.teacher_records import TeacherRecord

Relisted = tuple[DueParticipant, Sequence[ListingEntry], date | None]
"""A participant, its rows in listings, and until when they hold."""


Derive = Callable[[DueParticipant], Relisted]
"""Derives the rows of a participant."""


class FeedStore(Protocol):
    """Training records and reference data as loaded, and the listings made of them.

    An import takes the records in and makes new listings beside those that are read; `show` lets them be read, with
    the commit of its unit of work. What is not shown by then is as if it had never been.
    """

    def known_ids(self) -> KnownIds:
        """The ids loaded before."""

    def names(self) -> Names:
        """The names of schools and lead providers as stored."""

    def reading(self) -> Reading | None:
        """The validation result of the training records that are stored; None if it is not known."""

    def take_in(self, pieces: Iterable[RecordPiece], /) -> None:
        """Take the training records of a feed in, beside those that are stored."""

    def compare(self, *, complete: bool) -> Compared:
        """Compare what was taken in; with *complete*, stored records that the feed does not name do not stay."""

    def merge(self, refused: Collection[int], /) -> Changes:
        """Put what was taken in, but for rows on *refused* lines, in the place of what is stored.

        A refused row keeps the stored version of its record.
        """

    def take_in_teacher_records(self, records: Iterable[TeacherRecord], /) -> Changes:
        """Add and change teacher records; what is not named stays."""

    def forget_teacher_records(self, told: Collection[AskedTeacher], /) -> int:
        """Forget the teacher records with these TRNs and birthdays; returns how many there were."""

    def teacher_record(self, trn: str, /) -> TeacherRecord | None:
        """The teacher record with this TRN."""

    def teacher_records_of(self, person_key: str, /) -> Sequence[TeacherRecord]:
        """The teacher records of this person (`checkdata.domain.training.teacher_records.person_key`), by TRN."""

    def list_participants(
        self,
        derive: Derive,
        names: Names,
        today: date,
        /,
        *,
        one_by_one: bool = False,
        kept_months: int = KEPT_MONTHS,
    ) -> int:
        """List every participant for a day, under these names; nothing where all that is listed holds on that day.

        *derive* may be asked of an example for many that are like it, unless *one_by_one*, which is what that means.
        Rows of participants who are no longer involved leave view after *kept_months*, as *derive* has it too.
        Returns how many rows were added, changed or removed.
        """

    def listed_numbers(self, delivery_partner_ids: Collection[str], /) -> Sequence[ListedNumber]:
        """How many participants the listings of these partners will have once they are shown."""

    def partners_left_without(self) -> AbstractSet[str]:
        """The partners that train a participant by what is shown, and none by what will be shown."""

    def arrived_from(self, delivery_partner_ids: Collection[str], /) -> Sequence[ListedNumber]:
        """How many participants of these partners, as shown, will be new in the listings of others."""

    def put_references(self, references: References, /) -> Changes:
        """Add and change reference data; what is not named stays."""

    def delete_missing_references(self, named: NamedIds, /) -> tuple[Changes, Sequence[str]]:
        """Delete reference data that is not named; what is still in use stays, with a warning each."""

    def record_reading(self, reading: Reading | None, /) -> None:
        """Keep the validation result of the training records merged now, in place of the one before."""

    def is_of_another_version(self) -> bool:
        """Whether what is shown was made by another version of ours, so that what was listed now is to replace it."""

    def show(self, done: Import, /) -> None:
        """Make this the import that the listings show."""

    def keep_showing(self) -> None:
        """Show what is shown, because no row that was listed now differs, until the day on which one will."""
