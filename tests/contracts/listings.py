"""Listings to ask: rows with hard names in several organisations, written through the port that imports use."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import uuid4

from attrs import evolve

from checkdata.domain.feed.contents import Changes, DueParticipant
from checkdata.domain.feed.pieces import RefusedRow, RowPiece
from checkdata.domain.feed.record_words import CheckedRow, words_of_record
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.rows import ListedParticipant, ListingEntry, list_participant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.ports import FeedStore, Storage, UnitOfWork
from checkdata.domain.training.facts import ParticipantRole, Programme
from checkdata.domain.training.records import Partnership, TrainingRecord, Viewer
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.teacher_records import TeacherRecord
from checkdata.domain.values import ImportId, LeadProviderId, ParticipantId, RecordId
from tests.contracts.examples import REFERENCES, put
from tests.contracts.units_of_work import write
from tests.strategies import (
    APPROPRIATE_BODIES,
    DELIVERY_PARTNERS,
    HARD_NAMES,
    LEAD_PROVIDERS,
    NAMES,
    NOON,
    SCHOOLS,
    TODAY,
    TRNS,
    YEARS,
    day,
)

BORN: Final = date(1990, 1, 1)
EMAILS: Final = ("", "o'neill@school.example", "A-B_C@École.example", "100%@x.y")


def a_record(number: int = 0, **changes: Any) -> TrainingRecord:  # noqa: ANN401 - any field
    """A record of participant ``p0`` at North, in their first year there, or of another number."""
    record = TrainingRecord(
        record_id=RecordId(f"r{number}"),
        participant_id=ParticipantId(f"p{number}"),
        role=ParticipantRole.ECT,
        full_name="Zoë O'Neill",
        email="zoe@school.example",
        trn="1234567",
        trn_validated=True,
        school_urn="100001",
        academic_year=2022,
        lead_provider_id=LeadProviderId("ambition"),
        delivery_partner_id="north",
        partnership=Partnership.CONFIRMED,
        starts_on=day(-10),
        updated_at=datetime(2024, 9, 1, 8, 30, 15, 123456, UTC),
    )
    return evolve(record, **changes)


def a_teacher(trn: str = "1234567", **changes: Any) -> TeacherRecord:  # noqa: ANN401 - any field
    """The teacher record of Zoë O'Neill, or of another TRN."""
    return evolve(TeacherRecord(trn=trn, full_name="Zoë O'Neill", date_of_birth=BORN), **changes)


def an_entry(
    record: TrainingRecord,
    viewer: Viewer = DELIVERY_PARTNERS[0],
    state: TrainingState = TrainingState.ACTIVE_FIP_TRAINING,
) -> ListingEntry:
    """The row that *viewer* gets of the record, in the state."""
    return list_participant(record, viewer, state, NAMES, shows_trn=True, before=None, today=TODAY)


def staged(*records: TrainingRecord, refused: Sequence[int] = ()) -> list[RowPiece]:
    """The rows of a feed with these records on the lines from 2 on, those on *refused* lines refused."""
    rows = list(enumerate(records, start=2))
    good = [CheckedRow(line, *words_of_record(record)) for line, record in rows if line not in refused]
    others = [RefusedRow(line, r.record_id, r.participant_id, r.role) for line, r in rows if line in refused]
    return [RowPiece(good[:3], others), RowPiece(good[3:])]


def keep(store: FeedStore, *records: TrainingRecord) -> Changes:
    """Take training records in beside those that are stored."""
    store.take_in(staged(*records))
    store.compare(complete=False)
    return store.merge(())


def list_all(store: FeedStore, entries: Iterable[ListingEntry], done: Import | None = None) -> int:
    """Give every participant these of the entries that are theirs, for good, and show them as an import."""
    found = list(entries)

    def derived(due: DueParticipant) -> tuple[DueParticipant, list[ListingEntry], None]:
        return due, [entry for entry in found if entry.listed.participant_id == due.participant_id], None

    differing = store.list_participants(derived, NAMES, TODAY, one_by_one=True)
    store.show(done or an_import())
    return differing


def load(storage: Storage, *records: TrainingRecord, state: TrainingState = TrainingState.JOINING) -> None:
    """Import records with all reference data; each participant is listed at the partner that its last one names."""
    put(storage, REFERENCES)
    last = {record.participant_id: record for record in records}
    entries = [an_entry(r, DeliveryPartner(r.delivery_partner_id or "nowhere"), state) for r in last.values()]
    with storage.writing() as work:
        keep(work.feed_store, *records)
        list_all(work.feed_store, entries)
        work.commit()


def tell_teachers(storage: Storage, *teachers: TeacherRecord) -> Changes:
    """Import teacher records."""

    def tell(work: UnitOfWork) -> Changes:
        changes = work.feed_store.take_in_teacher_records(iter(teachers))
        work.feed_store.show(an_import())
        return changes

    return write(storage, tell)


def records_of(store: FeedStore) -> list[TrainingRecord]:
    """Every record as it is stored, or will be with the import that runs, by id."""
    found: list[TrainingRecord] = []

    def derived(due: DueParticipant) -> tuple[DueParticipant, list[ListingEntry], None]:
        found.extend(due.records)
        return due, [], None

    store.list_participants(derived, NAMES, day(-1), one_by_one=True)
    return sorted(found, key=lambda record: record.record_id)


def a_hard_record(number: int, name: str) -> TrainingRecord:
    lead = (*LEAD_PROVIDERS, None)[number % 4]
    return a_record(
        number,
        full_name=name,
        role=ParticipantRole.MENTOR if number % 3 == 0 else ParticipantRole.ECT,
        email=EMAILS[number % len(EMAILS)],
        trn=(*TRNS, None)[number % 6],
        school_urn=SCHOOLS[number % 5].urn,
        academic_year=YEARS[number % 3],
        lead_provider_id=None if lead is None else lead.id,
        delivery_partner_id=DELIVERY_PARTNERS[number % 2].id,
        appropriate_body_id=APPROPRIATE_BODIES[number // 2 % 2].id,
        programme=list(Programme)[number % 4],
        induction_completed_on=day(-5) if number % 2 else None,
        induction_tutor_email=EMAILS[number // 4 % 4],
    )


RECORDS: Final = [a_hard_record(number, name) for number, name in enumerate((*HARD_NAMES, *HARD_NAMES[:6]))]


def kind_of(row: ListedParticipant) -> tuple[object, ...]:
    """What rows are counted by: the value of each filter, in their order."""
    return (row.role, row.academic_year, row.status, row.next, row.induction_type, row.lead_provider_id)


def _entries(record: TrainingRecord, number: int) -> Iterable[ListingEntry]:
    state = list(TrainingState)[number * 7 % 35]
    yield an_entry(record, DeliveryPartner(record.delivery_partner_id or ""), state)
    if record.role is ParticipantRole.ECT:
        yield an_entry(record, AppropriateBody(record.appropriate_body_id or ""), state)


def _since(entry: ListingEntry, number: int) -> ListingEntry:
    return evolve(entry, listed=evolve(entry.listed, since=day(-(number * 5 % 4))))


ENTRIES: Final = [_since(entry, number) for number, record in enumerate(RECORDS) for entry in _entries(record, number)]
ROWS: Final[list[ListedParticipant]] = [entry.listed for entry in ENTRIES]


IMPORT: Final = Import(id=ImportId("listed"), at=NOON, today=TODAY)


def an_import() -> Import:
    """An import that no other is taken for."""
    return evolve(IMPORT, id=ImportId(uuid4().hex))


def with_listings(storage: Storage) -> None:
    """List all participants with hard names, by an import."""
    put(storage, REFERENCES)
    with storage.writing() as work:
        keep(work.feed_store, *RECORDS)
        list_all(work.feed_store, ENTRIES, IMPORT)
        work.commit()
