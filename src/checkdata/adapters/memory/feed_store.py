"""Training records, reference data and the making of listings in memory."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from attrs import evolve

from checkdata.adapters.memory.listing_history import past_rows, shown_from
from checkdata.adapters.memory.reference_data import delete_missing, put, put_references, renamed
from checkdata.adapters.memory.state import Derivation, Draft
from checkdata.domain import ports
from checkdata.domain.feed.contents import Changes, DueParticipant, FeedBlock, FeedRow, KnownIds, NamedIds, References
from checkdata.domain.feed.last_verdict import Reading
from checkdata.domain.feed.record_words import CheckedRow, words_of_record
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.rows import ListedBefore, ListingEntry, Names
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.training.teacher_records import TeacherRecord, person_key
from checkdata.domain.values import ParticipantId


class MemoryFeedStore:
    """What an import writes into a draft; staged rows and touched participants last as long as its unit of work."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._staged: list[FeedRow] = []
        self._touched: set[ParticipantId] = set()

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

    def put_references(self, references: References, /) -> Changes:
        """Add and change reference data; who is listed under a name that changed is due."""
        before = self._draft.state
        after, changes = put_references(before, references)
        self._touch(renamed(before, after))
        self._draft.state = after
        return changes

    def put_teacher_records(self, records: Iterable[TeacherRecord], /) -> Changes:
        """Add and change teacher records; participants they may be about are due."""
        state = self._draft.state
        told = {record.trn: record for record in records}
        stored, changes = put(state.teacher_records, told)
        self._draft.state = evolve(state, teacher_records=stored)
        differing = [record for record in told.values() if record != state.teacher_records.get(record.trn)]
        before = [state.teacher_records[record.trn] for record in differing if record.trn in state.teacher_records]
        self._touch(self._about([*differing, *before]))
        return changes

    def teacher_record(self, trn: str, /) -> TeacherRecord | None:
        """The teacher record with this TRN."""
        return self._draft.state.teacher_records.get(trn)

    def teacher_records_of(self, person_key: str, /) -> Sequence[TeacherRecord]:
        """The teacher records of this person, by TRN."""
        records = sorted(self._draft.state.teacher_records.items())
        return [record for _, record in records if _person_key(record) == person_key]

    def recognise(self, blocks: Iterable[FeedBlock], /) -> Sequence[int] | None:
        """Stage the records that were stored by these lines; the lines of all others, None where nothing is stored."""
        state, others = self._draft.state, list[int]()
        if not state.training_records:
            return None
        stored = {digest: record_id for record_id, digest in state.line_digests.items() if digest is not None}
        for line, digest in chain.from_iterable(block.unread() for block in blocks):
            record_id = None if digest is None else stored.pop(digest, None)
            if record_id is None:
                others.append(line)
            else:
                record = state.training_records[record_id]
                self._staged.append(CheckedRow(line, *words_of_record(record), digest).whole())
        return others

    def stage(self, rows: Iterable[FeedRow | CheckedRow], /) -> None:
        """Take the rows of a feed in."""
        self._staged += (row.whole() if isinstance(row, CheckedRow) else row for row in rows)

    def duplicate_line(self) -> int | None:
        """The first line of a staged row whose record id stands on an earlier line too."""
        seen = set()
        for row in sorted(self._staged, key=lambda row: row.line):
            if row.record_id in seen:
                return row.line
            seen.add(row.record_id)
        return None

    def role_conflicts(self, *, complete: bool) -> Sequence[int]:
        """Lines of staged rows whose participant is in two roles."""
        stored = self._draft.state.training_records
        going = {row.record_id for row in self._staged if row.record is not None}
        if complete:
            going |= {record.record_id for record in self._missing()}
        staying = [record for record in stored.values() if record.record_id not in going]
        roles = {(row.participant_id, row.role) for row in self._staged if row.role is not None}
        roles |= {(record.participant_id, record.role) for record in staying}
        number_of_roles = Counter(participant_id for participant_id, _ in roles)
        return sorted(row.line for row in self._staged if number_of_roles[row.participant_id] > 1)

    def unstage(self, lines: Iterable[int], /) -> None:
        """Refuse staged rows after all."""
        refused = set(lines)
        self._staged = [evolve(row, record=None) if row.line in refused else row for row in self._staged]

    def missing(self) -> int:
        """How many stored training records the staged feed does not name."""
        return len(self._missing())

    def stored(self) -> int:
        """How many training records are stored."""
        return len(self._draft.state.training_records)

    def merge(self, *, complete: bool) -> Changes:
        """Write the staged records; with *complete*, delete stored ones that are missing."""
        state = self._draft.state
        gone = self._missing() if complete else []
        told = {row.record_id: row.record for row in self._staged if row.record is not None}
        differing = [record for record in told.values() if record != state.training_records.get(record.record_id)]
        before = [state.training_records[r.record_id] for r in differing if r.record_id in state.training_records]
        self._touch([*gone, *differing, *before])
        stored, changes = put(state.training_records, told)
        for record in gone:
            del stored[record.record_id]
        digests = dict(state.line_digests) | {r.record_id: r.digest for r in self._staged if r.record is not None}
        self._draft.state = evolve(
            state, training_records=stored, line_digests={record_id: digests.get(record_id) for record_id in stored}
        )
        return evolve(changes, removed=len(gone))

    def reading(self) -> Reading | None:
        """The validation result of the training records merged last."""
        return self._draft.state.reading

    def record_reading(self, reading: Reading | None, /) -> None:
        """Keep the validation result of the training records merged now."""
        self._draft.state = evolve(self._draft.state, reading=reading)

    def record_blocks(self, *, known: bool) -> None:
        """None are kept: every line is looked at."""

    def delete_missing_references(self, named: NamedIds, /) -> tuple[Changes, Sequence[str]]:
        """Delete reference data that is not named and that nothing uses."""
        self._draft.state, changes, warnings = delete_missing(self._draft.state, named)
        return changes, warnings

    def derive_alike(self, derive: ports.Derive, /) -> None:
        """None of them are."""

    def due(self, today: date, /) -> Iterator[DueParticipant]:
        """Participants whose listings may differ from what is stored, by id."""
        state = self._draft.state
        records: dict[ParticipantId, list[TrainingRecord]] = {}
        for _, record in sorted(state.training_records.items()):
            records.setdefault(record.participant_id, []).append(record)
        for participant_id in sorted(records.keys() | state.listings.keys()):
            derivation = state.listings.get(participant_id)
            if participant_id in self._touched or not _holds(derivation, today):
                yield DueParticipant(
                    participant_id=participant_id,
                    records=tuple(records.get(participant_id, ())),
                    before=_before(derivation),
                )

    def relist(self, listed: Iterable[ports.Relisted], today: date, /) -> int:
        """Replace the listings of due participants; how many rows were added, changed or removed."""
        state = self._draft.state
        listings, past, differing, number = dict(state.listings), list(state.past_rows), 0, len(state.imports) + 1
        for due, entries, holds_until in list(listed):
            rows = {entry.viewer: entry for entry in entries}
            old = listings.pop(due.participant_id, None)
            differing += _differing(old.rows if old is not None else {}, rows)
            past += past_rows(old, rows, number)
            if due.records:
                listings[due.participant_id] = Derivation(
                    rows=rows, shown_from=shown_from(old, rows, number), derived_on=today, holds_until=holds_until
                )
            self._touched.discard(due.participant_id)
        self._draft.state = evolve(state, listings=listings, past_rows=tuple(past))
        return differing

    def record_import(self, done: Import, /) -> None:
        """Make this the import that the listings show."""
        self._draft.state = evolve(self._draft.state, imports=(*self._draft.state.imports, done))

    def _missing(self) -> list[TrainingRecord]:
        named = {row.record_id for row in self._staged}
        return [r for r in self._draft.state.training_records.values() if r.record_id not in named]

    def _touch(self, records: Iterable[TrainingRecord]) -> None:
        self._touched |= {record.participant_id for record in records}

    def _about(self, teachers: Sequence[TeacherRecord]) -> Iterator[TrainingRecord]:
        """Training records that are checked against one of these teachers: by TRN, or by name and date of birth."""
        trns = {teacher.trn for teacher in teachers}
        persons = {_person_key(teacher) for teacher in teachers}
        for record in self._draft.state.training_records.values():
            if record.trn_validated is None and (record.trn in trns or _person_key(record) in persons):
                yield record


def _person_key(record: TeacherRecord | TrainingRecord) -> str | None:
    return None if record.date_of_birth is None else person_key(record.full_name, record.date_of_birth)


def _holds(derivation: Derivation | None, today: date) -> bool:
    """Whether what was derived still holds on that day."""
    return (
        derivation is not None
        and derivation.derived_on <= today
        and (derivation.holds_until is None or today < derivation.holds_until)
    )


def _before(derivation: Derivation | None) -> Mapping[Viewer, ListedBefore]:
    rows = derivation.rows if derivation is not None else {}
    return {
        viewer: ListedBefore(
            group=entry.listed.group, since=entry.listed.since, since_at_least=entry.listed.since_at_least
        )
        for viewer, entry in rows.items()
    }


def _differing(before: Mapping[Viewer, ListingEntry], after: Mapping[Viewer, ListingEntry]) -> int:
    """How many rows were added, changed or removed."""
    return sum(before.get(viewer) != after.get(viewer) for viewer in before.keys() | after.keys())


_conforms: type[ports.FeedStore] = MemoryFeedStore
