"""What the SQL adapter's feed store does beyond its contract."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from attrs import evolve
from sqlalchemy import Engine, inspect, select, update

from checkdata.adapters.memory import MemoryFeed, MemoryRejections
from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql.feed_schema import partner_history, teacher_records
from checkdata.adapters.sql.feed_store import folding, record_kinds, single_derivations, store, teachers
from checkdata.adapters.sql.generation_schema import partner_listing, partner_words, training_records
from checkdata.domain.feed.contents import Changes, DueParticipant
from checkdata.domain.feed.pieces import RowPiece
from checkdata.domain.listing.rows import ListingEntry
from checkdata.domain.ports import FeedStore
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.values import FOLDING_VERSION
from tests.access_world import RECORDS as FEED_RECORDS
from tests.access_world import REFERENCES as FEED_REFERENCES
from tests.contracts.examples import REFERENCES, put
from tests.contracts.listings import (
    BORN,
    ENTRIES,
    RECORDS,
    a_record,
    a_teacher,
    an_entry,
    an_import,
    keep,
    list_all,
    records_of,
    staged,
    tell_teachers,
    with_listings,
)
from tests.contracts.units_of_work import write
from tests.integration.sql.generations import changed_in_generation
from tests.storages import looking_at_listings
from tests.strategies import NAMES, NOON, TODAY

TEACHER = a_teacher()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_derivations, "BATCH", 3)
    monkeypatch.setattr(record_kinds, "_MOST", 2)
    for module in (folding, teachers):
        monkeypatch.setattr(module, "_BATCH", 2)


@pytest.mark.usefixtures("small_batches")
def test_the_size_of_batches_changes_nothing(storage: SqlStorage) -> None:
    with_listings(storage)
    with storage.writing() as work:
        work.feed_store.take_in(staged(*RECORDS, a_record(99)))
        work.feed_store.compare(complete=True)
        assert work.feed_store.merge(()) == Changes(added=1, unchanged=len(RECORDS))
        told = [a_teacher(f"{number:07}") for number in range(5)]
        assert work.feed_store.take_in_teacher_records(told) == Changes(added=5)
        assert list_all(work.feed_store, [*ENTRIES, an_entry(a_record(99))]) == 1
        work.commit()
    with storage.writing() as work:
        assert records_of(work.feed_store) == sorted([*RECORDS, a_record(99)], key=lambda record: record.record_id)
        assert [work.feed_store.teacher_record(teacher.trn) for teacher in told] == told


def test_a_change_of_the_folding_builds_every_key_again(
    storage: SqlStorage, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(storage, REFERENCES)
    record = a_record(trn_validated=None, date_of_birth=BORN)
    with storage.writing() as work:
        work.feed_store.take_in_teacher_records([TEACHER])
        keep(work.feed_store, record)
        list_all(work.feed_store, [an_entry(record)])
        work.commit()
    before = evolve(record, school_urn="100002")
    assert write(storage, lambda work: relisted(work.feed_store, before)) == 1
    assert write(storage, lambda work: relisted(work.feed_store, record)) == 1
    assert keys(engine) == KEYS
    spoil_keys(engine)
    assert write(storage, lambda work: list_all(work.feed_store, [an_entry(record)])) == 0
    monkeypatch.setattr(folding, "FOLDING_VERSION", FOLDING_VERSION + 1)
    assert write(storage, lambda work: list_all(work.feed_store, [an_entry(record)])) == 1
    assert keys(engine) == KEYS
    assert searched_words(engine) == "zoe oneill\nst marys\n1234567"

    def asked(_: DueParticipant) -> tuple[DueParticipant, list[ListingEntry], None]:
        pytest.fail("a participant is derived again")

    assert write(storage, lambda work: work.feed_store.list_participants(asked, NAMES, TODAY)) == 0


@pytest.mark.usefixtures("small_batches")
def test_teacher_records_are_found_by_keys_of_a_new_folding_before_they_are_stored_and_after(
    storage: SqlStorage, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(storage, REFERENCES)
    stored = [a_teacher(f"{number:07}") for number in range(5)]
    tell_teachers(storage, *stored)
    write(storage, lambda work: relisted(work.feed_store, a_record()))
    with engine.begin() as connection:
        connection.execute(update(teacher_records).values(person_key="as it was folded before"))
    monkeypatch.setattr(folding, "FOLDING_VERSION", FOLDING_VERSION + 1)
    told = [stored[0], a_teacher(stored[1].trn, qts_awarded_on=TODAY)]
    known = [stored[0], told[1], *stored[2:]]
    with storage.writing() as work:
        assert work.feed_store.take_in_teacher_records(told) == Changes(changed=1, unchanged=1)
        list_all(work.feed_store, [an_entry(a_record())])
        assert list(work.feed_store.teacher_records_of(KEYS[0])) == known
        work.commit()
    with storage.reading() as work:
        assert list(work.feed_store.teacher_records_of(KEYS[0])) == known


def test_while_keys_are_built_again_and_all_is_listed_others_can_write(
    sqlite_storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, record = sqlite_storage.engine, a_record(trn_validated=None, date_of_birth=BORN)
    put(sqlite_storage, REFERENCES)
    tell_teachers(sqlite_storage, TEACHER)
    write(sqlite_storage, lambda work: relisted(work.feed_store, evolve(record, school_urn="100002")))
    write(sqlite_storage, lambda work: relisted(work.feed_store, record))
    with engine.begin() as connection:
        connection.execute(update(partner_history).values(sort_key="as it was folded before"))
        connection.execute(update(teacher_records).values(person_key="as it was folded before"))
    monkeypatch.setattr(folding, "FOLDING_VERSION", FOLDING_VERSION + 1)
    written = []

    def derived(due: DueParticipant) -> tuple[DueParticipant, list[ListingEntry], None]:
        with closing(sqlite3.connect(str(engine.url.database), timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            written.append(due.participant_id)
        return due, [an_entry(record)], None

    with sqlite_storage.writing() as work:
        work.feed_store.list_participants(derived, NAMES, TODAY, one_by_one=True)
        work.feed_store.show(an_import())
        work.commit()
    assert written == [record.participant_id]
    assert keys(engine) == KEYS


KEYS = ["oneill zoe 1990-01-01", "oneill zoe 1990-01-01", "zoe oneill", "zoe oneill"]


def relisted(store: FeedStore, record: TrainingRecord) -> int:
    keep(store, record)
    return list_all(store, [an_entry(record)])


def spoil_keys(engine: Engine) -> None:
    old = "as it was folded before"
    with engine.begin() as connection:
        connection.execute(update(teacher_records).values(person_key=old))
        connection.execute(update(partner_history).values(sort_key=old))
    changed_in_generation(
        engine, update(training_records).values(person_key=old), update(partner_listing).values(sort_key=old)
    )
    changed_in_generation(engine, update(partner_words).values(search=old))


def searched_words(engine: Engine) -> str:
    with looking_at_listings(engine) as connection:
        found: str = connection.execute(select(partner_words.c.search)).scalar_one()
    return found


def keys(engine: Engine) -> list[str]:
    columns = (
        *(teacher_records.c.person_key, training_records.c.person_key),
        *(partner_listing.c.sort_key, partner_history.c.sort_key),
    )
    with looking_at_listings(engine) as connection:
        return [connection.execute(select(column).distinct()).scalar_one() for column in columns]


@pytest.mark.parametrize("committed", [True, False])
def test_nothing_that_an_import_worked_with_stays_behind(
    storage: SqlStorage, engine: Engine, *, committed: bool
) -> None:
    with storage.writing() as work:
        work.feed_store.take_in_teacher_records([TEACHER])
        keep(work.feed_store, *RECORDS)
        list_all(work.feed_store, ENTRIES)
        if committed:
            work.commit()
    with engine.connect() as connection:
        assert inspect(connection).get_temp_table_names() == []


def test_an_error_while_rows_are_taken_in_leaves_the_connection_fit_for_the_next(storage: SqlStorage) -> None:
    def broken() -> Iterator[RowPiece]:
        yield from staged(*RECORDS)
        raise ZeroDivisionError

    for _ in range(20):
        with pytest.raises(ZeroDivisionError), storage.writing() as work:
            work.feed_store.take_in(broken())
    with_listings(storage)
    assert len(write(storage, lambda work: records_of(work.feed_store))) == len(RECORDS)


@pytest.mark.parametrize("version", ["folding", "lines"])
def test_what_another_version_made_is_replaced_once_even_if_no_listed_row_differs(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    importing = ImportFeed(storage=storage, clock=lambda: NOON)
    feed = MemoryFeed.of(FEED_RECORDS, references=FEED_REFERENCES)
    importing.load(feed, MemoryRejections(), today=TODAY, allow_wider_access=True)
    if version == "folding":
        monkeypatch.setattr(folding, "FOLDING_VERSION", FOLDING_VERSION + 1)
    else:
        monkeypatch.setattr(store, "form_of_lines", lambda: "another form")
    renewed = importing.refresh(today=TODAY)
    assert (renewed.relisted, renewed.done is not None) == (0, True)
    assert importing.refresh(today=TODAY).done is None
