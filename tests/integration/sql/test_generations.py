"""Who began to read goes on with what it began, whatever is imported meanwhile, and nobody waits for an import."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from attrs import evolve
from sqlalchemy import Connection, Engine, update

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql import generations as generations_module
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.generations import KEPT_SECONDS, Generations, file_of, schema_of
from checkdata.adapters.sql.service_role import grant_service_rights
from checkdata.domain.access.scope import Scope
from checkdata.domain.errors import StorageUnavailable
from checkdata.domain.jobs import Job
from checkdata.domain.listing.columns import listing_csv
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.testing._suites.people import ADA, a_grant, add_grants, add_users
from tests.contracts.examples import REFERENCES, put
from tests.contracts.listings import a_record, an_entry, an_import, keep, list_all, load, records_of
from tests.contracts.operators import EVERY_LEAD_PROVIDER, NORTH
from tests.contracts.units_of_work import read, write
from tests.integration.sql.generations import generations, shown
from tests.storages import SERVICE, opened, opened_by_service
from tests.strategies import NOON

WHOLE = ParticipantQuery(scope=Scope(organisation=NORTH, rules=EVERY_LEAD_PROVIDER))
MANY = 3000


def names(work: UnitOfWork) -> set[str]:
    return {row.full_name for row in work.participants.rows(WHOLE)}


def import_named(storage: Storage, name: str, made_at: datetime | None = None, number: int = 1) -> None:
    """Import so many participants who are all called that."""
    records = [a_record(n, full_name=name) for n in range(number)]
    with storage.writing() as work:
        keep(work.feed_store, *records)
        done = an_import()
        list_all(work.feed_store, map(an_entry, records), evolve(done, made_at=made_at or done.made_at))
        work.commit()


@pytest.fixture
def storage(storage: SqlStorage) -> SqlStorage:
    put(storage, REFERENCES)
    return storage


# What was begun


def test_a_reader_goes_on_with_what_it_began_across_two_imports(storage: SqlStorage) -> None:
    import_named(storage, "First")
    with storage.reading() as asked, storage.reading() as begun:
        assert names(asked) == {"First"}
        assert begun.participants.as_of() is not None
        for name in ("Second", "Third"):
            import_named(storage, name, made_at=datetime.now(UTC))
            assert names(asked) == {"First"}
            assert asked.participants.count(WHOLE) == 1
        assert names(begun) == {"First"}
    assert read(storage, names) == {"Third"}


def test_a_download_goes_on_with_what_it_began_across_two_imports(storage: SqlStorage) -> None:
    import_named(storage, "First", number=MANY)
    with storage.reading() as work:
        rows = list(work.participants.rows(WHOLE))
    with storage.reading() as work:
        pieces = work.participants.csv(WHOLE)
        begun = next(pieces) + next(pieces)
        for name in ("Second", "Third"):
            import_named(storage, name, made_at=datetime.now(UTC), number=MANY)
        whole = begun + b"".join(pieces)
    assert whole == b"".join(listing_csv(rows, Role.DELIVERY_PARTNER))
    assert len(begun) < len(whole)
    assert read(storage, names) == {"Third"}


def test_rows_that_are_streamed_are_of_one_generation_across_two_imports(storage: SqlStorage) -> None:
    import_named(storage, "First", number=MANY)
    with storage.reading() as work:
        rows = work.participants.rows(WHOLE)
        found = {next(rows).full_name}
        for name in ("Second", "Third"):
            import_named(storage, name, made_at=datetime.now(UTC), number=MANY)
        found |= {row.full_name for row in rows}
    assert found == {"First"}


def test_what_was_begun_before_the_first_import_stays_empty(storage: SqlStorage) -> None:
    with storage.reading() as work:
        assert names(work) == set()
        import_named(storage, "First")
        assert names(work) == set()
        assert work.participants.as_of() is None
    assert read(storage, names) == {"First"}


def test_a_writer_sees_what_is_shown_now(storage: SqlStorage) -> None:
    """As of each of its statements: what it writes of somebody must not rest on what is past."""
    import_named(storage, "First")
    with storage.writing() as work:
        assert names(work) == {"First"}
        import_named(storage, "Second")
        assert names(work) == {"Second"}


def test_a_writer_sees_what_was_shown_when_it_began_to_write(storage: SqlStorage) -> None:
    import_named(storage, "First")
    with storage.writing() as work:
        assert names(work) == {"First"}
        import_named(storage, "Second")
        work.job_runs.note(Job.IMPORT, NOON)
        assert names(work) == {"Second"}


def test_an_import_that_comes_as_a_reader_begins_is_seen_whole_or_not_at_all(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_named(storage, "First")
    look, meanwhile = Generations.look, ["Second"]

    def look_and_then_import(self: Generations, connection: Connection) -> None:
        look(self, connection)
        if meanwhile:
            import_named(storage, meanwhile.pop())

    monkeypatch.setattr(Generations, "look", look_and_then_import)
    with storage.reading() as work:
        as_of = work.participants.as_of()
        found = names(work)
    assert meanwhile == []
    assert found == {"Second"}
    assert as_of == read(storage, lambda work: work.participants.as_of())


# Other processes


def test_a_process_that_knows_an_older_generation_reads_the_newest(storage: SqlStorage, engine: Engine) -> None:
    with opened(engine.url.render_as_string(hide_password=False)) as other:
        stale = SqlStorage(other)
        assert read(stale, names) == set()
        for name in ("First", "Second", "Third"):
            import_named(storage, name)
            assert read(stale, names) == {name}
            assert write(stale, names) == {name}


def test_a_connection_is_known_by_what_it_was_told_whatever_another_finds_out_meanwhile(
    postgresql_storage: SqlStorage, migrated_postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(postgresql_storage, REFERENCES)
    import_named(postgresql_storage, "First")
    see = generations_module._see  # noqa: SLF001 - what another thread may do between two steps
    with opened(migrated_postgresql_url) as engine:
        storage = SqlStorage(engine)
        found = storage._generations  # noqa: SLF001 - what another thread may do between two steps
        found._note(0)  # noqa: SLF001 - what another thread may do between two steps

        def another_finds_out(connection: Connection, number: int, *, here_only: bool) -> None:
            see(connection, number, here_only=here_only)
            found._note(1)  # noqa: SLF001 - what another thread may do between two steps

        monkeypatch.setattr(generations_module, "_see", another_finds_out)
        assert read(storage, names) == {"First"}


def test_a_page_of_a_process_that_knows_an_older_generation_is_the_newest(storage: SqlStorage, engine: Engine) -> None:
    with opened(engine.url.render_as_string(hide_password=False)) as other:
        stale = SqlStorage(other)
        for name in ("First", "Second"):
            import_named(storage, name)
            for _ in range(2):  # the second one asks one question
                found = read(stale, lambda work: work.participants.find(WHOLE, 0, 10))
                assert [row.full_name for row in found.rows] == [name]


def test_a_decision_of_a_process_that_knows_an_older_generation_is_of_the_newest(
    storage: SqlStorage, engine: Engine
) -> None:
    add_users(storage, ADA)
    add_grants(storage, a_grant(organisation=NORTH))
    later = a_record(1).participant_id
    with opened(engine.url.render_as_string(hide_password=False)) as other:
        stale = SqlStorage(other)
        for number in (1, 2):
            import_named(storage, "Same", number=number)
            rows = [read(stale, lambda work: work.users.facts_and_rows(ADA.id, later).rows) for _ in range(2)]
            assert [len(each) for each in rows] == [number - 1] * 2


# Nobody waits


def test_an_import_waits_for_no_reader(storage: SqlStorage) -> None:
    """Though the reader holds a lock on what it reads, and the import takes another's place."""
    import_named(storage, "First")
    with storage.reading() as reading, ThreadPoolExecutor(1) as thread:
        rows = reading.participants.rows(WHOLE)
        assert next(rows).full_name == "First"
        for name in ("Second", "Third"):
            thread.submit(import_named, storage, name).result(60)
            assert read(storage, names) == {name}
        assert names(reading) == {"First"}


def test_others_read_and_write_while_an_import_of_many_rows_is_made(storage: SqlStorage) -> None:
    import_named(storage, "First")
    records = [a_record(number, full_name="Second") for number in range(MANY)]
    numbers = count()

    def others() -> None:
        write(storage, lambda work: work.job_runs.note(Job.IMPORT, NOON + timedelta(minutes=next(numbers))))
        assert read(storage, names) == {"First"}

    with ThreadPoolExecutor(1) as thread, storage.writing() as work:
        store = work.feed_store
        for step in (lambda: keep(store, *records), lambda: records_of(store)):
            step()
            thread.submit(others).result(60)


# What goes


def test_a_generation_that_was_replaced_is_kept_for_a_while_and_goes_then(
    postgresql_storage: SqlStorage,
) -> None:
    engine = postgresql_storage.engine
    put(postgresql_storage, REFERENCES)
    now = datetime.now(UTC)
    for number in range(1, 4):
        import_named(postgresql_storage, f"Name {number}", made_at=now)
    assert generations(engine) == {0, 1, 2, 3}
    made(engine, 2, now - timedelta(seconds=KEPT_SECONDS + 60))
    import_named(postgresql_storage, "Name 4", made_at=now)
    assert generations(engine) == {0, 2, 3, 4}, "the second was shown until the third came, just now"


def made(engine: Engine, number: int, at: datetime) -> None:
    """Say that an import, and those before it, were made then."""
    with engine.begin() as connection:
        connection.execute(update(imports).where(imports.c.number <= number).values(made_at=at))


def test_on_sqlite_the_file_of_a_generation_goes_with_the_import_after_the_next(sqlite_storage: SqlStorage) -> None:
    """Who has it open goes on: the file is there until its last reader closes it."""
    engine = sqlite_storage.engine
    put(sqlite_storage, REFERENCES)
    for number in range(1, 4):
        import_named(sqlite_storage, f"Name {number}", made_at=datetime.now(UTC))
        assert generations(engine) == {number, max(number - 1, 1)}


def test_what_is_read_is_not_dropped_and_goes_with_a_later_import(postgresql_storage: SqlStorage) -> None:
    engine = postgresql_storage.engine
    put(postgresql_storage, REFERENCES)
    import_named(postgresql_storage, "First")
    with postgresql_storage.reading() as reading:
        assert names(reading) == {"First"}
        for name in ("Second", "Third"):
            import_named(postgresql_storage, name)
        assert names(reading) == {"First"}
        assert generations(engine) == {0, 1, 2, 3}
    import_named(postgresql_storage, "Fourth")
    assert generations(engine) == {0, 3, 4}


def test_an_import_that_is_not_shown_leaves_no_generation(storage: SqlStorage, engine: Engine) -> None:
    import_named(storage, "First")
    before = generations(engine)
    with storage.writing() as work:
        keep(work.feed_store, a_record(full_name="Second"))
        list_all(work.feed_store, [])
    with storage.writing() as work:
        keep(work.feed_store, a_record(full_name="Second"))
        work.commit()
    left = generations(engine)
    import_named(storage, "Third")
    assert left - before <= {2}, "what was finished but not committed"
    assert generations(engine) == before | {2}
    assert read(storage, names) == {"Third"}


# What is missing


@pytest.fixture
def without_file(sqlite_storage: SqlStorage) -> Iterator[SqlStorage]:
    """A database that was copied without the file of its listings."""
    load(sqlite_storage, a_record())
    engine = sqlite_storage.engine
    file_of(engine, shown(engine)).unlink()
    with opened(engine.url.render_as_string()) as copy:
        yield SqlStorage(copy)


def test_listings_whose_file_is_missing_say_so(without_file: SqlStorage) -> None:
    for ask in (names, lambda work: work.participants.find(WHOLE, 0, 1)):
        with pytest.raises(StorageUnavailable) as caught:
            read(without_file, ask)
        assert "The file with the listings" in caught.value.cause
        assert "is missing" in caught.value.cause


def test_an_import_after_a_file_that_is_missing_says_so(without_file: SqlStorage) -> None:
    with pytest.raises(StorageUnavailable) as caught:
        import_named(without_file, "Second")
    assert "is missing" in caught.value.cause


def test_what_shows_no_listing_goes_on_without_the_file(without_file: SqlStorage) -> None:
    write(without_file, lambda work: work.feed_store.put_references(REFERENCES))
    assert read(without_file, lambda work: work.participants.as_of()) is not None


def test_listings_are_read_again_once_their_file_is_back(sqlite_storage: SqlStorage) -> None:
    load(sqlite_storage, a_record(full_name="First"))
    engine = sqlite_storage.engine
    file = file_of(engine, shown(engine))
    away = file.rename(file.with_name("away"))
    with opened(engine.url.render_as_string()) as copy:
        storage = SqlStorage(copy)
        with pytest.raises(StorageUnavailable):
            read(storage, names)
        away.rename(file)
        assert read(storage, names) == {"First"}


# Rights


def test_rights_are_given_while_a_generation_is_made_which_gets_them_in_the_end(
    migrated_postgresql_url: str,
) -> None:
    with opened(migrated_postgresql_url) as engine, opened_by_service(engine) as service:
        storage = SqlStorage(engine)
        put(storage, REFERENCES)
        with storage.writing() as work:
            keep(work.feed_store, a_record())
            made = max(generations(engine))
            with engine.begin() as other:
                other.exec_driver_sql(f"DROP TABLE {schema_of('public', made)}.refused_lines")
                grant_service_rights(engine, SERVICE)
                other.rollback()
            list_all(work.feed_store, [an_entry(a_record())])
            work.commit()
        assert shown(engine) == made
        assert read(SqlStorage(service), names) == {a_record().full_name}
