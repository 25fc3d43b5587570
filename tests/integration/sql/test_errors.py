"""A database's errors become the domain's, without any person's data."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from traceback import format_exception

import pytest
from attrs import evolve
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from checkdata.adapters.sql import SqlStorage, migrate, open_engine
from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.schema import delivery_partners
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import InvalidValue, NotMigrated, StorageConflict, StorageError, StorageUnavailable
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.values import UserId
from checkdata.testing._suites.people import ADA, BEA, add_users
from tests.contracts.examples import a_link
from tests.integration.postgresql import Server
from tests.recent_events import recent
from tests.storages import opened
from tests.strategies import NOON

END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture(params=["no server", "no database", "no folder", "no database file", "a folder"])
def unreachable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(address_of(request.param, request, tmp_path))
    yield engine
    engine.dispose()


def address_of(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    match kind:
        case "no server":
            return NOWHERE
        case "no database":
            server: Server = request.getfixturevalue("postgresql_server")
            return server.url("absent")
        case "no folder":
            return f"sqlite:///{tmp_path}/absent/checkdata.sqlite"
        case "no database file":
            (tmp_path / "file").write_text("This is a letter, and no database. " * 100)
            return f"sqlite:///{tmp_path}/file"
        case _:
            return f"sqlite:///{tmp_path}"


def test_a_database_that_can_not_be_reached_is_unavailable(unreachable: Engine) -> None:
    storage = SqlStorage(unreachable)
    for kind in (storage.reading, storage.writing):
        with pytest.raises(StorageUnavailable, match="Try again later"):
            kind()
    with pytest.raises(StorageUnavailable):
        migrate(unreachable)


@pytest.mark.parametrize("ask", [lambda work: work.users.get(ADA.id), lambda work: work.sign_ins.visitor("none")])
def test_a_server_that_goes_away_makes_one_request_fail_and_no_more(
    migrated_postgresql_url: str, postgresql_server: Server, ask: Callable[[UnitOfWork], object]
) -> None:
    engine = open_engine(migrated_postgresql_url)
    storage = SqlStorage(engine)
    with storage.reading() as work:
        assert ask(work) is None
        with postgresql_server.connection() as operator:
            operator.execute(END_CONNECTIONS, [engine.url.database])
        with pytest.raises(StorageUnavailable):
            ask(work)
    for _ in range(2):
        with storage.at_once() as work:
            assert ask(work) is None
    engine.dispose()


def test_tables_that_vanish_are_not_migrated(storage: SqlStorage, engine: Engine) -> None:
    with storage.reading() as work:
        assert work.users.get(ADA.id) is None
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE audit_events"))
    with storage.reading() as work, pytest.raises(NotMigrated, match="run checkdata migrate"):
        recent(work, 1)
    with storage.at_once() as work, pytest.raises(NotMigrated, match="run checkdata migrate"):
        work.audit.record(AuditEvent(kind=AuditKind.SIGNED_OUT, at=NOON, actor=ADA.id))


def test_waiting_too_long_for_a_writer_on_sqlite_ends_in_a_busy_error(
    sqlite_storage: SqlStorage, sqlite_url: str
) -> None:
    impatient = open_engine(sqlite_url)
    with impatient.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    with sqlite_storage.writing() as first:
        first.users.add(ADA)
        with SqlStorage(impatient).writing() as second, pytest.raises(StorageUnavailable, match="busy"):
            second.users.add(BEA)
        first.commit()
    impatient.dispose()


def test_an_error_tells_no_address(storage: SqlStorage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    add_users(storage, ADA)
    with storage.writing() as work, pytest.raises(StorageConflict) as caught:
        work.users.add(evolve(ADA, id=UserId("other")))
    told = "".join(format_exception(caught.value)) + caplog.text
    assert ADA.email.value not in told
    assert ADA.name not in told


@pytest.mark.parametrize(
    "wrong", ["SELECT nothing_like_it(:address)", "SELECT address FROM users WHERE no = :address ("]
)
def test_an_error_of_our_own_holds_no_value_that_was_asked_with(engine: Engine, wrong: str) -> None:
    with engine.connect() as connection, pytest.raises((SQLAlchemyError, StorageError)) as caught:
        connection.execute(text(wrong), {"address": ADA.email.value})
    assert ADA.email.value not in "".join(format_exception(caught.value))


def test_a_log_of_statements_holds_no_value_that_was_asked_with(
    migrated_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sqlalchemy.engine")
    with opened(migrated_url) as engine, engine.connect() as connection:
        connection.execute(text("SELECT id FROM users WHERE email = :address"), {"address": ADA.email.value})
    assert "SELECT id FROM users" in caplog.text
    assert ADA.email.value not in caplog.text


def test_rows_that_collide_in_bulk_are_a_conflict(engine: Engine) -> None:
    twice = [(ADA.email.value, "North")] * 2
    with engine.begin() as connection, pytest.raises(StorageConflict) as caught:
        fill(connection, delivery_partners, twice)
    assert ADA.email.value not in "".join(format_exception(caught.value))


@pytest.mark.parametrize("url", ["", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "checkdata.sqlite", "http://["])
def test_an_address_of_another_kind_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(InvalidValue, match="sqlite:///"):
        open_engine(url)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_way_to_write_a_postgresql_address_is_taken(scheme: str) -> None:
    assert open_engine(f"{scheme}://checkdata@db/checkdata").dialect.driver == "psycopg"


def test_an_sqlite_file_is_in_write_ahead_mode_with_foreign_keys(sqlite_storage: SqlStorage, sqlite_url: str) -> None:
    add_users(sqlite_storage, ADA)
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with sqlite_storage.writing() as work, pytest.raises(StorageConflict):
        work.sign_ins.add_link(a_link(user_id=UserId("nobody")))
