"""What the SQL adapter's feed store does beyond its contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select, text, update

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql.feed_schema import partner_listing, teacher_records, training_records
from checkdata.adapters.sql.feed_store import folding, participants_to_derive, relisting, staging, teachers
from checkdata.domain.feed.contents import Changes, FeedRow
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.training.teacher_records import TeacherRecord
from checkdata.domain.values import ParticipantId, RecordId
from tests.contracts.examples import BOTH, REFERENCES, put
from tests.contracts.listings import ENTRIES, RECORDS, a_record, an_entry, keep, list_all, staged, with_listings
from tests.contracts.operators import Operator, row
from tests.contracts.units_of_work import read, write
from tests.feeds import REFERENCES as FEED_REFERENCES
from tests.feeds import write_feed
from tests.storages import opened
from tests.strategies import BIRTHDAYS, TODAY

TEACHER = TeacherRecord(trn="1234567", full_name="Zoë O'Neill", date_of_birth=BIRTHDAYS[0])


def everyone_due(work: UnitOfWork) -> list[str]:
    return [due.participant_id for due in work.feed_store.due(TODAY)]


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participants_to_derive, "BATCH", 3)
    for module in (folding, relisting, staging, teachers):
        monkeypatch.setattr(module, "_BATCH", 2)


@pytest.mark.usefixtures("small_batches")
def test_the_size_of_batches_changes_nothing(storage: SqlStorage) -> None:
    with_listings(storage)
    assert write(storage, everyone_due) == []
    with storage.writing() as work:
        work.feed_store.stage(staged(*RECORDS, a_record(99)))
        assert work.feed_store.merge(complete=True) == Changes(added=1, unchanged=len(RECORDS))
        assert everyone_due(work) == ["p99"]


@pytest.mark.usefixtures("small_batches")
def test_a_first_feed_of_many_batches_is_stored_row_by_row(storage: SqlStorage, engine: Engine) -> None:
    records = [a_record(number) for number in range(301)]
    with storage.writing() as work:
        work.feed_store.stage(staged(*records, refused=[100]))
        assert work.feed_store.duplicate_line() is None
        assert work.feed_store.merge(complete=True) == Changes(added=300)
        work.commit()
    assert stored_ids(engine) == {record.record_id for line, record in enumerate(records, start=2) if line != 100}


@pytest.mark.usefixtures("small_batches")
def test_a_row_of_a_first_feed_that_is_refused_after_all_is_not_stored(storage: SqlStorage, engine: Engine) -> None:
    with storage.writing() as work:
        work.feed_store.stage(staged(*map(a_record, range(5))))
        work.feed_store.unstage([3, 6])
        assert work.feed_store.merge(complete=True) == Changes(added=3)
        work.commit()
    assert stored_ids(engine) == {a_record(number).record_id for number in (0, 2, 3)}


@pytest.mark.usefixtures("small_batches")
def test_a_key_that_is_twice_in_a_first_feed_is_found_whatever_lies_between(storage: SqlStorage) -> None:
    with storage.writing() as work:
        work.feed_store.stage(staged(*map(a_record, range(5)), a_record(1)))
        assert work.feed_store.duplicate_line() == 7


def stored_ids(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(select(training_records.c.record_id)).scalars())


def test_a_change_of_the_folding_makes_every_participant_due_and_builds_every_key_again(
    storage: SqlStorage, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(storage, REFERENCES)
    record = a_record(trn_validated=None, date_of_birth=BIRTHDAYS[0])
    with storage.writing() as work:
        work.feed_store.put_teacher_records([TEACHER])
        keep(work.feed_store, record)
        list_all(work.feed_store, [an_entry(record)])
        work.commit()
    assert keys(engine) == KEYS
    spoil_keys(engine)
    assert write(storage, everyone_due) == []
    monkeypatch.setattr(folding, "FOLDING_VERSION", 2)
    assert write(storage, everyone_due) == ["p0"]
    spoil_keys(engine)
    with storage.writing() as work:
        assert list_all(work.feed_store, [an_entry(record)]) == 1
        work.commit()
    assert keys(engine) == KEYS
    assert write(storage, everyone_due) == []


def places(storage: SqlStorage) -> dict[str, list[str]]:
    """Where the rows of each organisation lie on the disk; a row that is written again lies elsewhere."""
    statement = text("SELECT delivery_partner_id, ctid::text FROM partner_listing ORDER BY pos")
    found: dict[str, list[str]] = {}
    with storage.reading() as work:
        for organisation, place in work._transaction.execute(statement):  # noqa: SLF001 - no port tells
            found.setdefault(organisation, []).append(place)
    return found


KEYS = ["oneill zoe 1990-01-01", "oneill zoe 1990-01-01", "zoe oneill"]


def spoil_keys(engine: Engine) -> None:
    with engine.begin() as connection:
        for column in (teacher_records.c.person_key, training_records.c.person_key, partner_listing.c.sort_key):
            connection.execute(update(column.table).values({column.name: "as it was folded before"}))


def keys(engine: Engine) -> list[str]:
    columns = (teacher_records.c.person_key, training_records.c.person_key, partner_listing.c.sort_key)
    with engine.connect() as connection:
        return [connection.execute(select(column)).scalar_one() for column in columns]


def test_an_organisation_none_of_whose_rows_differ_is_left_as_it_is(postgresql_storage: SqlStorage) -> None:
    with_listings(postgresql_storage)
    before = places(postgresql_storage)
    changed = a_record(99, delivery_partner_id="both")
    with postgresql_storage.writing() as work:
        keep(work.feed_store, changed)
        list_all(work.feed_store, [*ENTRIES, an_entry(changed, BOTH)])
        work.commit()
    after = places(postgresql_storage)
    assert before["north"] == after["north"]
    assert before["both"] != after["both"]


def test_refused_rows_may_have_keys_that_no_database_keeps(storage: SqlStorage) -> None:
    rows = [
        FeedRow(line=line, record_id=RecordId(key), participant_id=ParticipantId(key), role=None, record=None)
        for line, key in enumerate(("\0", "a\0b", "\ud800", "", "x" * 10_000), start=2)
    ]
    with storage.writing() as work:
        work.feed_store.stage(rows)
        assert work.feed_store.duplicate_line() is None
        assert work.feed_store.merge(complete=True) == Changes()


@pytest.mark.parametrize("committed", [True, False])
def test_nothing_that_was_staged_stays_behind_on_a_connection(
    storage: SqlStorage, engine: Engine, *, committed: bool
) -> None:
    with storage.writing() as work:
        keep(work.feed_store, *RECORDS)
        list_all(work.feed_store, ENTRIES)
        if committed:
            work.commit()
    with engine.connect() as connection:
        assert inspect(connection).get_temp_table_names() == []


def test_an_error_while_rows_are_taken_in_leaves_the_connection_fit_for_the_next(storage: SqlStorage) -> None:
    def broken() -> Iterator[FeedRow]:
        yield from staged(*RECORDS)
        raise ZeroDivisionError

    for _ in range(20):
        with pytest.raises(ZeroDivisionError), storage.writing() as work:
            work.feed_store.stage(broken())
    with_listings(storage)
    assert read(storage, lambda work: work.feed_store.stored()) == len(RECORDS)


def test_only_a_row_that_keeps_its_place_is_replaced(migrated_postgresql_url: str, tmp_path: Path) -> None:
    """The others of its organisation are not written, as a version of each row that PostgreSQL keeps tells."""
    with opened(migrated_postgresql_url) as engine:
        operator = Operator(SqlStorage(engine), write_feed(tmp_path / "feed", references=FEED_REFERENCES))
        names = {"r1": "Ann", "r2": "Bea", "r3": "Cas"}
        operator.write(*(row(record_id=key, full_name=name) for key, name in names.items()))
        operator.load()
        before = written(engine)
        changed = {"r2": {"training_status": "deferred"}}
        operator.write(*(row(record_id=key, full_name=name) | changed.get(key, {}) for key, name in names.items()))
        operator.load()
        after = written(engine)
    assert {key for key in before if before[key] != after[key]} == {"p-r2"}


def written(engine: Engine) -> dict[str, str]:
    """By which transaction each row of a listing was written."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT participant_id, xmin::text FROM partner_listing")
        return {row.participant_id: row.xmin for row in rows}
