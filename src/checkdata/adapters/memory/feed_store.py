"""Training records, reference data and the making of listings in memory."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from attrs import evolve

from checkdata.adapters.memory.counts import counts_with
from checkdata.adapters.memory.listing_history import past_rows, shown_from
from checkdata.adapters.memory.reference_data import delete_missing, put, put_references
from checkdata.adapters.memory.state import Derivation, Draft, PastRow
from checkdata.domain import ports
from checkdata.domain.access.widening import ListedNumber
from checkdata.domain.feed.contents import Changes, Compared, DueParticipant, KnownIds, NamedIds, References
from checkdata.domain.feed.last_verdict import Reading
from checkdata.domain.feed.pieces import RecordPiece, RefusedRow, record_in
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.departures import KEPT_MONTHS
from checkdata.domain.listing.rows import ListedBefore, ListedParticipant, ListingEntry, Names
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.teacher_answers import AskedTeacher, asked_for
from checkdata.domain.training.teacher_records import TeacherRecord, person_key
from checkdata.domain.values import ParticipantId, RecordId


class MemoryFeedStore:
    """What an import writes into a draft; what it takes in and lists is shown by `show`, and else forgotten."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._told: dict[int, TrainingRecord] | None = None
        self._refused: list[RefusedRow] = []
        self._complete = False
        self._merged: Mapping[RecordId, TrainingRecord] | None = None
        self._all_teachers: Mapping[str, TeacherRecord] | None = None
        self._listed: tuple[Mapping[ParticipantId, Derivation], tuple[PastRow, ...]] | None = None

    def known_ids(self) -> KnownIds:
        """The ids loaded before."""
        state = self._draft.state
        return KnownIds(
            lead_providers=frozenset(state.lead_providers),
            delivery_partners=frozenset(state.delivery_partners),
            appropriate_bodies=frozenset(state.appropriate_bodies),
            schools=frozenset(state.schools),
        )

    def names(self) -> Names:
        """The names of schools and lead providers."""
        state = self._draft.state
        return Names(
            {urn: school.name for urn, school in state.schools.items()},
            {lead_id: lead.name for lead_id, lead in state.lead_providers.items()},
        )

    def reading(self) -> Reading | None:
        """The validation result of the training records that are stored."""
        return self._draft.state.reading

    def take_in(self, pieces: Iterable[RecordPiece], /) -> None:
        """Take the training records of a feed in."""
        told = {}
        for piece in pieces:
            kinds = piece.kinds
            for row in piece.rows(range(len(kinds))):
                *cells, kind, line = row
                told[line] = record_in(tuple(cells), kinds[kind].shared)
            self._refused += piece.refused
        self._told = told

    def compare(self, *, complete: bool) -> Compared:
        """Compare what was taken in with itself and with what is stored."""
        self._complete = complete
        stored = self._draft.state.training_records
        rows = sorted(self._rows(), key=lambda row: row.line)
        missing = stored.keys() - {row.record_id for row in rows}
        return Compared(
            duplicate_line=_duplicate_line(rows),
            role_conflicts=self._role_conflicts(rows, missing if complete else set()),
            missing=len(missing),
            stored=len(stored),
        )

    def merge(self, refused: Collection[int], /) -> Changes:
        """Put what was taken in in the place of what is stored."""
        stored = self._draft.state.training_records
        told = {r.record_id: r for line, r in (self._told or {}).items() if line not in set(refused)}
        gone = stored.keys() - {row.record_id for row in self._rows()} if self._complete else set[RecordId]()
        merged, changes = put(stored, told)
        self._merged = {record_id: record for record_id, record in merged.items() if record_id not in gone}
        return evolve(changes, removed=len(gone))

    def take_in_teacher_records(self, records: Iterable[TeacherRecord], /) -> Changes:
        """Add and change teacher records."""
        self._all_teachers, changes = put(self._teachers, {record.trn: record for record in records})
        return changes

    def forget_teacher_records(self, told: Collection[AskedTeacher], /) -> int:
        """Forget teacher records."""
        stored = self._teachers
        self._all_teachers = {trn: record for trn, record in stored.items() if asked_for(record) not in told}
        return len(stored) - len(self._all_teachers)

    def teacher_record(self, trn: str, /) -> TeacherRecord | None:
        """The teacher record with this TRN."""
        return self._teachers.get(trn)

    def teacher_records_of(self, person_key: str, /) -> Sequence[TeacherRecord]:
        """The teacher records of this person, by TRN."""
        return [record for _, record in sorted(self._teachers.items()) if _person_key(record) == person_key]

    def list_participants(
        self,
        derive: ports.Derive,
        names: Names,
        today: date,
        /,
        *,
        one_by_one: bool = False,  # noqa: ARG002 - as it does anyway
        kept_months: int = KEPT_MONTHS,  # noqa: ARG002 - what is derived tells
    ) -> int:
        """List every participant for a day, under these names, one by one."""
        state = self._draft.state
        same = self._teachers == state.teacher_records and names == self.names() and self._told is None
        if same and all(_holds(derivation, today) for derivation in state.listings.values()):
            return 0
        records: dict[ParticipantId, list[TrainingRecord]] = {}
        for _, record in sorted(self._records.items()):
            records.setdefault(record.participant_id, []).append(record)
        listings, past, differing, number = dict(state.listings), list(state.past_rows), 0, len(state.imports) + 1
        for participant_id in sorted(records.keys() | listings.keys()):
            old = listings.pop(participant_id, None)
            theirs = tuple(records.get(participant_id, ()))
            due = DueParticipant(
                participant_id=participant_id,
                records=theirs,
                before=_before(old),
                departed=old.departed if old is not None else frozenset(),
            )
            _, entries, holds_until = derive(due) if theirs else (due, (), None)
            rows = {entry.viewer: entry for entry in entries if not entry.departed}
            differing += _differing(old.rows if old is not None else {}, rows)
            past += past_rows(old, rows, number)
            if theirs:
                listings[participant_id] = Derivation(
                    rows=rows,
                    shown_from=shown_from(old, rows, number),
                    departed=frozenset(entry.viewer for entry in entries if entry.departed),
                    derived_on=today,
                    holds_until=holds_until,
                )
        self._listed = listings, tuple(past)
        return differing

    def listed_numbers(self, delivery_partner_ids: Collection[str], /) -> Sequence[ListedNumber]:
        """How many participants these partners' listings will have."""
        return _numbers(row for row in self._rows_to_show() if row.delivery_partner_id in delivery_partner_ids)

    def partners_left_without(self) -> AbstractSet[str]:
        """The partners that had participants and will have none."""
        return _training(_partner_rows(self._draft.state.listings)) - _training(self._rows_to_show())

    def arrived_from(self, delivery_partner_ids: Collection[str], /) -> Sequence[ListedNumber]:
        """How many participants of these partners will be new in the listings of others."""
        shown = {(row.delivery_partner_id, row.participant_id) for row in _partner_rows(self._draft.state.listings)}
        theirs = {participant_id for partner, participant_id in shown if partner in delivery_partner_ids}
        new = (row for row in self._rows_to_show() if (row.delivery_partner_id, row.participant_id) not in shown)
        return _numbers(row for row in new if row.participant_id in theirs)

    def _rows_to_show(self) -> Sequence[ListedParticipant]:
        return _partner_rows(self._draft.state.listings if self._listed is None else self._listed[0])

    def put_references(self, references: References, /) -> Changes:
        """Add and change reference data."""
        self._draft.state, changes = put_references(self._draft.state, references)
        return changes

    def delete_missing_references(self, named: NamedIds, /) -> tuple[Changes, Sequence[str]]:
        """Delete reference data that is not named and that nothing uses."""
        state = evolve(self._draft.state, training_records=self._records)
        self._draft.state, changes, warnings = delete_missing(state, named)
        return changes, warnings

    def record_reading(self, reading: Reading | None, /) -> None:
        """Keep the validation result of the training records merged now."""
        self._draft.state = evolve(self._draft.state, reading=reading)

    def show(self, done: Import, /) -> None:
        """Make this the import that the listings show."""
        state = self._draft.state
        listings, past = self._listed or (state.listings, state.past_rows)
        self._draft.state = evolve(
            state,
            training_records=self._records,
            teacher_records=self._teachers,
            listings=listings,
            past_rows=past,
            past_counts=state.past_counts
            if self._listed is None
            else counts_with(state.past_counts, listings, done.today),
            imports=(*state.imports, done),
        )

    @property
    def _records(self) -> Mapping[RecordId, TrainingRecord]:
        return self._draft.state.training_records if self._merged is None else self._merged

    @property
    def _teachers(self) -> Mapping[str, TeacherRecord]:
        return self._draft.state.teacher_records if self._all_teachers is None else self._all_teachers

    def is_of_another_version(self) -> bool:
        """No: nothing outlasts the process."""
        return False

    def keep_showing(self) -> None:
        """Keep that what is shown holds as long as what was listed now."""
        if self._listed is not None:
            self._draft.state = evolve(self._draft.state, listings=self._listed[0])

    def _rows(self) -> Iterator[RefusedRow]:
        """Every row that was taken in, as what counts where they are compared."""
        for line, record in (self._told or {}).items():
            yield RefusedRow(line, record.record_id, record.participant_id, record.role)
        yield from self._refused

    def _role_conflicts(self, rows: Sequence[RefusedRow], going: AbstractSet[RecordId]) -> Sequence[int]:
        replaced = {record.record_id for record in (self._told or {}).values()} | going
        staying = [r for r in self._draft.state.training_records.values() if r.record_id not in replaced]
        roles = {(row.participant_id, row.role) for row in rows if row.role is not None}
        roles |= {(record.participant_id, record.role) for record in staying}
        number_of_roles = Counter(participant_id for participant_id, _ in roles)
        return [row.line for row in rows if number_of_roles[row.participant_id] > 1]


def _partner_rows(listings: Mapping[ParticipantId, Derivation]) -> Sequence[ListedParticipant]:
    rows = (entry.listed for derivation in listings.values() for entry in derivation.rows.values())
    return [row for row in rows if row.delivery_partner_id is not None]


def _training(rows: Iterable[ListedParticipant]) -> AbstractSet[str]:
    """The partners that train one of these participants."""
    return {row.delivery_partner_id or "" for row in rows if row.status is not Status.NO_LONGER_BEING_TRAINED}


def _numbers(rows: Iterable[ListedParticipant]) -> Sequence[ListedNumber]:
    keys = ((row.delivery_partner_id or "", row.lead_provider_id or "", row.academic_year) for row in rows)
    return [
        ListedNumber(delivery_partner_id=partner, lead_provider_id=lead, academic_year=year, number=number)
        for (partner, lead, year), number in Counter(keys).items()
    ]


def _duplicate_line(rows: Iterable[RefusedRow]) -> int | None:
    seen = set()
    for row in rows:
        if row.record_id in seen:
            return row.line
        seen.add(row.record_id)
    return None


def _person_key(record: TeacherRecord) -> str:
    return person_key(record.full_name, record.date_of_birth)


def _holds(derivation: Derivation, today: date) -> bool:
    """Whether what was derived still holds on that day."""
    return derivation.derived_on <= today and (derivation.holds_until is None or today < derivation.holds_until)


def _before(derivation: Derivation | None) -> Mapping[Viewer, ListedBefore]:
    rows = derivation.rows if derivation is not None else {}
    return {
        viewer: ListedBefore(
            group=entry.listed.group,
            since=entry.listed.since,
            since_at_least=entry.listed.since_at_least,
            listed=entry.listed,
        )
        for viewer, entry in rows.items()
    }


def _differing(before: Mapping[Viewer, ListingEntry], after: Mapping[Viewer, ListingEntry]) -> int:
    """How many rows were added, changed or removed."""
    return sum(before.get(viewer) != after.get(viewer) for viewer in before.keys() | after.keys())


_conforms: type[ports.FeedStore] = MemoryFeedStore
