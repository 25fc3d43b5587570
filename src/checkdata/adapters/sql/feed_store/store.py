"""What imports write, in SQL: reference data, records, and the listings made of them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import func, insert, select

from checkdata.adapters.sql.feed_schema import imports, training_records
from checkdata.adapters.sql.feed_store.derive_by_kind import Alike
from checkdata.adapters.sql.feed_store.folding import Folding
from checkdata.adapters.sql.feed_store.import_lock import Turn
from checkdata.adapters.sql.feed_store.last_verdict import Readings
from checkdata.adapters.sql.feed_store.participants_to_derive import Due
from checkdata.adapters.sql.feed_store.references import ReferenceData
from checkdata.adapters.sql.feed_store.relisting import Derived, Relisting
from checkdata.adapters.sql.feed_store.staging import Staging
from checkdata.adapters.sql.feed_store.teachers import TeacherRecords
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.feed.contents import Changes, DueParticipant, FeedBlock, FeedRow, KnownIds, NamedIds, References
from checkdata.domain.feed.last_verdict import Reading
from checkdata.domain.feed.record_words import CheckedRow
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.rows import Names
from checkdata.domain.training.teacher_records import TeacherRecord


class SqlFeedStore:
    """Training records and reference data as loaded, and the listings made of them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._turn = Turn(transaction)
        self._references = ReferenceData(transaction)
        self._teachers = TeacherRecords(transaction)
        self._staging = Staging(transaction)
        self._readings = Readings(transaction)
        self._folding = Folding(transaction)
        self._alike = Alike(transaction)
        self._due = Due(transaction, self._teachers, self._folding, self._alike)
        self._relisting = Relisting(transaction, self._alike)

    def known_ids(self) -> KnownIds:
        """The ids loaded before; an import begins here."""
        if self._transaction.writes:
            self._turn.take()
        return self._references.known_ids()

    def names(self) -> Names:
        """The names of schools and lead providers."""
        return self._references.names()

    def put_references(self, references: References, /) -> Changes:
        """Add and change reference data; who is listed under a name that changed is due."""
        self._turn.take()
        return self._references.put(references)

    def put_teacher_records(self, records: Iterable[TeacherRecord], /) -> Changes:
        """Add and change teacher records; participants about whom they may decide something are due."""
        self._turn.take()
        return self._teachers.put(records)

    def teacher_record(self, trn: str, /) -> TeacherRecord | None:
        """The teacher record with this TRN."""
        return self._teachers.with_trn(trn)

    def teacher_records_of(self, person_key: str, /) -> Sequence[TeacherRecord]:
        """The teacher records of this person, by TRN."""
        return self._teachers.of_person(person_key)

    def recognise(self, blocks: Iterable[FeedBlock], /) -> Sequence[int] | None:
        """Stage the records that were stored by these lines; the lines of all others, None where nothing is stored."""
        self._turn.take()
        return self._staging.recognise(blocks)

    def record_blocks(self, *, known: bool) -> None:
        """Keep in which blocks the records were told that are merged now; nothing unless they are *known*."""
        self._turn.hold()
        self._staging.record_blocks(known=known)

    def stage(self, rows: Iterable[FeedRow | CheckedRow], /) -> None:
        """Take the rows of a feed in."""
        self._turn.take()
        self._staging.stage(rows)

    def duplicate_line(self) -> int | None:
        """The first line of a staged row whose record id stands on an earlier line too."""
        return self._staging.duplicate_line()

    def role_conflicts(self, *, complete: bool) -> Sequence[int]:
        """Lines of staged rows whose participant is in two roles."""
        return self._staging.role_conflicts(complete=complete)

    def unstage(self, lines: Iterable[int], /) -> None:
        """Refuse staged rows after all."""
        self._staging.unstage(tuple(lines))

    def missing(self) -> int:
        """How many stored training records the staged feed does not name."""
        return self._staging.missing()

    def stored(self) -> int:
        """How many training records are stored."""
        number: int = self._transaction.execute(select(func.count()).select_from(training_records)).scalar_one()
        return number

    def merge(self, *, complete: bool) -> Changes:
        """Write the staged records; with *complete*, delete stored ones that are missing."""
        self._turn.hold()
        return self._staging.merge(complete=complete)

    def reading(self) -> Reading | None:
        """The validation result of the training records merged last."""
        self._turn.take()
        return self._readings.last()

    def record_reading(self, reading: Reading | None, /) -> None:
        """Keep the validation result of the training records merged now."""
        self._turn.hold()
        self._readings.record(reading)

    def delete_missing_references(self, named: NamedIds, /) -> tuple[Changes, Sequence[str]]:
        """Delete reference data that is not named and that nothing uses."""
        self._turn.hold()
        return self._references.delete_missing(named)

    def derive_alike(self, derive: ports.Derive, /) -> None:
        """Derive those who are listed for the first time with a single record that no teacher record decides."""
        self._turn.hold()
        if self._staging.first:
            self._alike.derive(derive, self.names())

    def due(self, today: date, /) -> Iterator[DueParticipant]:
        """Participants whose listings may differ from what is stored, by id."""
        self._turn.hold()
        if self._folding.is_old():
            self._folding.renew_person_keys()
        return self._due.on(today)

    def relist(self, listed: Iterable[Derived], today: date, /) -> int:
        """Replace the listings of due participants; how many rows were added, changed or removed."""
        self._turn.hold()
        differing = self._relisting.relist(listed, today, self._turn.number)
        self._folding.note_renewed()
        return differing

    def record_import(self, done: Import, /) -> None:
        """Make this the import that the listings show."""
        self._turn.hold()
        cells = {
            "number": self._turn.number,
            "id": done.id,
            "at": done.at,
            "today": done.today,
            "made_at": done.made_at,
        }
        self._transaction.write(insert(imports), cells)


_conforms: type[ports.FeedStore] = SqlFeedStore
