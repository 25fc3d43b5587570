"""What imports write, in SQL: reference data, and a generation of records and of the listings made of them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from sqlalchemy import Connection, func, insert, select, update

from checkdata.adapters.sql.bulk import fill, pass_on
from checkdata.adapters.sql.csv_line_expression import form_of_lines
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.feed_store.departures import note_departures, noting_first_known
from checkdata.adapters.sql.feed_store.folding import Folding
from checkdata.adapters.sql.feed_store.import_lock import Turn
from checkdata.adapters.sql.feed_store.kind_examples import Decided, KindExamples
from checkdata.adapters.sql.feed_store.last_verdict import Readings
from checkdata.adapters.sql.feed_store.listed_numbers import arrived_from, listed_numbers, partners_left_without
from checkdata.adapters.sql.feed_store.new_listings import NewListing
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration
from checkdata.adapters.sql.feed_store.noted_version import NotedVersion
from checkdata.adapters.sql.feed_store.past_counts import keep_counts
from checkdata.adapters.sql.feed_store.references import ReferenceData
from checkdata.adapters.sql.feed_store.single_derivations import SingleDerivations
from checkdata.adapters.sql.feed_store.taken_records import TakenRecords
from checkdata.adapters.sql.feed_store.teachers import TeacherRecords
from checkdata.adapters.sql.feed_store.work_tables import school_names
from checkdata.adapters.sql.listings import LISTINGS
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access.widening import ListedNumber
from checkdata.domain.feed.contents import Changes, Compared, KnownIds, NamedIds, References
from checkdata.domain.feed.last_verdict import Reading
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.columns import csv_cell
from checkdata.domain.listing.departures import KEPT_MONTHS, last_day_out_of_view, leaves_view_on
from checkdata.domain.listing.rows import Names
from checkdata.domain.training.teacher_answers import AskedTeacher
from checkdata.domain.training.teacher_records import TeacherRecord
from checkdata.domain.values import search_key


class SqlFeedStore:
    """Training records and reference data as loaded, and the listings made of them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._turn = Turn(transaction)
        self._references = ReferenceData(transaction)
        self._teachers = TeacherRecords(transaction)
        self._readings = Readings(transaction)
        self._folding = Folding(transaction)
        self._lines = NotedVersion(transaction, "csv_lines", form_of_lines())
        self._making: NextGeneration | None = None
        self._records: TakenRecords | None = None
        self._holds_until: date | None = None
        self._listed = False

    def known_ids(self) -> KnownIds:
        """The ids loaded before; an import begins here."""
        if self._transaction.writes:
            self._turn.take()
        return self._references.known_ids()

    def names(self) -> Names:
        """The names of schools and lead providers as stored."""
        return self._references.names()

    def reading(self) -> Reading | None:
        """The validation result of the training records that are stored."""
        self._turn.take()
        return self._readings.last()

    def take_in(self, pieces: Iterable[RecordPiece], /) -> None:
        """Take the training records of a feed in, into the next generation."""
        self._begun().take_in(self._staying(pieces))

    def compare(self, *, complete: bool) -> Compared:
        """Compare what was taken in with itself and with what is stored."""
        return self._begun().compare(complete=complete)

    def merge(self, refused: Collection[int], /) -> Changes:
        """Put what was taken in in the place of what is stored."""
        return self._begun().merge(refused)

    def take_in_teacher_records(self, records: Iterable[TeacherRecord], /) -> Changes:
        """Add and change teacher records."""
        self._turn.take()
        return self._teachers.take_in(records)

    def forget_teacher_records(self, told: Collection[AskedTeacher], /) -> int:
        """Forget teacher records."""
        self._turn.take()
        return self._teachers.forget(told)

    def teacher_record(self, trn: str, /) -> TeacherRecord | None:
        """The teacher record with this TRN."""
        return self._teachers.with_trn(trn)

    def teacher_records_of(self, person_key: str, /) -> Sequence[TeacherRecord]:
        """The teacher records of this person, by TRN."""
        return self._teachers.of_person(person_key)

    def list_participants(
        self,
        derive: ports.Derive,
        names: Names,
        today: date,
        /,
        *,
        one_by_one: bool = False,
        kept_months: int = KEPT_MONTHS,
    ) -> int:
        """List every participant for a day, in the next generation."""
        self._turn.take()
        if self._records is None:
            if self._holds(names, today):
                return 0
            self._begun().carry_all()
        making, records = self._made(), self._begun()
        if self._folding.is_old():
            self._folding.renew_keys(making)
            self._teachers.renew_keys()
        records.forget_unused_kinds()
        schools = [(urn, name, search_key(name), csv_cell(name)) for urn, name in names.schools.items()]
        fill(making.connection, school_names, schools)
        examples = KindExamples(making, self._decided(one_by_one=one_by_one))
        self._derive(examples, derive, names)
        self._write_listings(examples, today, kept_months)
        self._listed = True
        return self._compare_listings(making)

    def listed_numbers(self, delivery_partner_ids: Collection[str], /) -> Sequence[ListedNumber]:
        """How many participants these partners' listings will have."""
        return listed_numbers(self._connection_to_records(), delivery_partner_ids)

    def partners_left_without(self) -> AbstractSet[str]:
        """The partners that had participants and will have none."""
        return frozenset() if self._following is None else partners_left_without(self._following)

    def arrived_from(self, delivery_partner_ids: Collection[str], /) -> Sequence[ListedNumber]:
        """How many participants of these partners will be new in the listings of others."""
        return () if self._following is None else arrived_from(self._following, delivery_partner_ids)

    def put_references(self, references: References, /) -> Changes:
        """Add and change reference data."""
        self._turn.take()
        return self._references.put(references)

    def delete_missing_references(self, named: NamedIds, /) -> tuple[Changes, Sequence[str]]:
        """Delete reference data that is not named and that nothing uses."""
        self._turn.hold()
        return self._references.delete_missing(named, self._connection_to_records())

    def record_reading(self, reading: Reading | None, /) -> None:
        """Keep the validation result of the training records merged now."""
        self._turn.hold()
        self._readings.record(reading)

    def is_of_another_version(self) -> bool:
        """Whether keys or lines were built again, which the generation that is shown does not have."""
        return self._listed and not self._is_ours()

    def show(self, done: Import, /) -> None:
        """Make this the import that the listings show."""
        self._turn.hold()
        self._teachers.write()
        generation, holds_until = self._shown()
        if self._making is not None and self._listed:
            self._keep_ended_versions(self._making)
            keep_counts(self._transaction, self._making, done.today)
            self._making.finish()
            generation, holds_until = self._making.number, self._holds_until
            self._folding.note_renewed()
            self._lines.note()
        cells = {
            "number": self._turn.number,
            "id": done.id,
            "at": done.at,
            "today": done.today,
            "made_at": done.made_at,
            "generation": generation,
            "holds_until": holds_until,
        }
        self._transaction.write(insert(imports), cells)

    def _staying(self, pieces: Iterable[RecordPiece]) -> Iterator[RecordPiece]:
        for piece in pieces:
            yield piece
            self._turn.stay()

    def keep_showing(self) -> None:
        """Keep that what is shown holds as long as what was listed now."""
        if self._listed:
            self._turn.hold()
            last = select(func.max(imports.c.number)).scalar_subquery()
            held = update(imports).where(imports.c.number == last).values(holds_until=self._holds_until)
            self._transaction.write(held)

    def _begun(self) -> TakenRecords:
        if self._records is None:
            self._turn.take()
            self._making = NextGeneration(self._transaction, self._turn.number, self._shown()[0])
            self._records = TakenRecords(self._making)
        return self._records

    @property
    def _following(self) -> NextGeneration | None:
        """The generation that is made, if there is one before it."""
        return self._making if self._making is not None and self._making.follows else None

    def _made(self) -> NextGeneration:
        if self._making is None:
            raise RuntimeError("no generation was begun")
        return self._making

    def _shown(self) -> tuple[int, date | None]:
        """The number of the generation that is shown, and until when it holds."""
        last = select(imports.c.generation, imports.c.holds_until).order_by(imports.c.number.desc()).limit(1)
        row = self._transaction.execute(last).one_or_none()
        return (0, None) if row is None else (row.generation, row.holds_until)

    def _holds(self, names: Names, today: date) -> bool:
        """Whether all that is listed is so on that day, under these names."""
        last = select(imports.c.today, imports.c.holds_until).order_by(imports.c.number.desc()).limit(1)
        row = self._transaction.execute(last).one_or_none()
        if row is None:
            return True
        same = self._is_ours() and names == self.names() and not self._teachers.differ
        return same and row.today <= today and (row.holds_until is None or today < row.holds_until)

    def _is_ours(self) -> bool:
        return not self._folding.is_old() and not self._lines.is_old()

    def _decided(self, *, one_by_one: bool) -> Decided:
        if one_by_one:
            return Decided.BY_NOTHING
        return Decided.BY_THE_FEED if self._teachers.exist() else Decided.BY_ANYTHING

    def _derive(self, examples: KindExamples, derive: ports.Derive, names: Names) -> None:
        making = self._made()
        until = (
            examples.derive(derive, next(iter(names.schools), "")),
            SingleDerivations(making, self._teachers).derive(derive, examples.others(), names),
        )
        self._holds_until = min(filter(None, until), default=None)

    def _write_listings(self, examples: KindExamples, today: date, kept_months: int) -> None:
        making, last_day = self._made(), last_day_out_of_view(today, kept_months)
        known = list[date]()
        for listing in LISTINGS:
            self._turn.stay()
            note_departures(making, listing, examples, last_day)
            NewListing(making, listing).write(examples, today, noting_first_known(listing, last_day, known))
        leaving = [leaves_view_on(day, kept_months) for day in known]
        self._holds_until = min(filter(None, [self._holds_until, *leaving]), default=None)

    def _compare_listings(self, making: NextGeneration) -> int:
        """How many rows differ from those that are shown."""
        differing = sum(NewListing(making, listing).differing() for listing in LISTINGS)
        making.connection.commit()
        return differing

    def _keep_ended_versions(self, making: NextGeneration) -> None:
        for listing in LISTINGS if making.follows else ():
            ended = NewListing(making, listing).ended_versions()
            pass_on(making.connection, ended, self._transaction.connection, listing.history)

    def _connection_to_records(self) -> Connection:
        """A connection that sees the training records that will be shown."""
        if self._making is not None:
            return self._making.connection
        self._transaction.see_listings()
        return self._transaction.connection


_conforms: type[ports.FeedStore] = SqlFeedStore
