"""Whatever a database can't do is one of the domain's errors with a cause for operators, by its code only."""

import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from select import select
from threading import Barrier
from typing import Final

import pytest
from psycopg import OperationalError
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from checkdata.adapters.sql.error_causes import CODES, cause_of
from checkdata.adapters.sql.errors import translated
from checkdata.domain.errors import (
    NotMigrated,
    StorageBusy,
    StorageConflict,
    StorageError,
    StorageReadOnly,
    StorageUnavailable,
)
from tests.integration.postgresql import Server, running_server
from tests.storages import opened

PATIENCE_SECONDS: Final = 60
PASSWORD: Final = "a-password-that-nobody-may-read"  # noqa: S105 - of a role that lives for one test


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server whose settings are this module's, with roles that are not let in."""
    with running_server() as server:
        with server.connection() as connection:
            connection.execute(f"CREATE ROLE known LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE ROLE full LOGIN CONNECTION LIMIT 0")
            connection.execute("CREATE ROLE no_login")
            connection.execute("CREATE ROLE weak LOGIN")
            rules = server.folder / "data" / "pg_hba.conf"
            rules.write_text(f"local all known scram-sha-256\nlocal all shut reject\n{rules.read_text()}")
            connection.execute("SELECT pg_reload_conf()")
        yield server


@pytest.fixture
def url(own_server: Server) -> Iterator[str]:
    with own_server.new_database() as url, opened(url) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE things (id int PRIMARY KEY, word text)")
            connection.exec_driver_sql("INSERT INTO things VALUES (1, 'a'), (2, 'b')")
        yield url


def run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def told(engine: Engine, *statements: str) -> StorageError:
    """How it ends when these are run one after the other in a transaction."""
    with pytest.raises(StorageError) as caught, engine.begin() as connection:
        run(connection, statements)
    assert caught.value.cause
    assert PASSWORD not in caught.value.cause + str(caught.value)
    return caught.value


def told_at(url: str, *statements: str) -> tuple[type[StorageError], str, str]:
    """The error of these statements, its code and its cause."""
    with opened(url) as engine:
        error = told(engine, *statements or ("SELECT 1",))
        return type(error), error.code, error.cause


def role(url: str, name: str, password: str | None = None) -> str:
    return make_url(url).set(username=name, password=password).render_as_string(hide_password=False)


@pytest.mark.parametrize("code", sorted(code for code in CODES if len(code) == 5 and code.isalnum()))
def test_each_code_of_the_table_is_told_as_the_table_says(url: str, code: str) -> None:
    kind, found, cause = told_at(url, f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$")
    expected = cause_of(code)
    assert expected is not None
    assert (kind, found, cause) == (expected.error, code, expected.sentence)


@pytest.mark.parametrize(
    ("name", "password", "code", "word"),
    [
        ("known", "wrong", "28P01", "password"),
        ("known", None, "28P01", "password"),
        ("nobody", None, "28000", "role"),
        ("no_login", None, "28000", "role"),
        ("shut", None, "28000", "role"),
        ("full", None, "53300", "connection"),
    ],
)
def test_a_user_who_is_not_let_in_is_told_why(url: str, name: str, password: str | None, code: str, word: str) -> None:
    kind, found, cause = told_at(role(url, name, password))
    assert (kind, found) == (StorageUnavailable, code)
    assert word in cause


@pytest.mark.parametrize(
    ("address", "code", "word"),
    [
        ("postgresql://checkdata:{password}@127.0.0.1:1/none", "08001", "listens"),
        ("postgresql://checkdata:{password}@absent.invalid/none", "08001", "host"),
        ("postgresql://checkdata:{password}@/none?host=/absent", "08001", "listens"),
    ],
)
def test_an_address_at_which_there_is_nothing_is_told_apart(address: str, code: str, word: str) -> None:
    kind, found, cause = told_at(address.format(password=PASSWORD))
    assert (kind, found) == (StorageUnavailable, code)
    assert word in cause


def test_a_database_that_is_not_there_is_told_apart_from_a_server_that_is_not(own_server: Server) -> None:
    kind, code, cause = told_at(own_server.url("absent"))
    assert (kind, code) == (StorageUnavailable, "3D000")
    assert "name" in cause


def test_a_database_that_only_reads_is_one_that_only_reads(url: str, own_server: Server) -> None:
    with own_server.connection() as operator:
        name = Identifier(str(make_url(url).database))
        operator.execute(SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name))
    assert told_at(url, "UPDATE things SET word = 'c'")[:2] == (StorageReadOnly, "25006")


@pytest.mark.parametrize(
    ("said", "code", "word"),
    [
        ("consuming input failed: SSL connection has been closed unexpectedly", "08006", "lost"),
        ("consuming input failed: SSL SYSCALL error: EOF detected", "08006", "lost"),
        ("consuming input failed: SSL error: unexpected eof while reading", "08006", "lost"),
        ("consuming input failed: could not receive data from server: Connection reset by peer", "08006", "lost"),
        ("sending query failed: could not send data to server: Broken pipe", "08006", "lost"),
        ("connection failed: server does not support SSL, but SSL was required", "08001", "TLS"),
        ("connection failed: SSL error: certificate verify failed", "08001", "TLS"),
        ("connection failed: Network is unreachable", "08001", "no connection"),
        ("connection failed: No route to host", "08001", "no connection"),
    ],
)
def test_what_libpq_says_of_a_network_is_told_by_its_words(said: str, code: str, word: str) -> None:
    error = translated(OperationalError(said))
    assert error is not None
    assert error.code == code
    assert word in error.cause


@pytest.mark.parametrize(
    ("statements", "kind", "code"),
    [
        (("SET statement_timeout = 50", "SELECT pg_sleep(60)"), StorageBusy, "57014"),
        (("SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"), StorageUnavailable, "57P01"),
        (("SELECT * FROM absent",), NotMigrated, "42P01"),
        (("SELECT absent FROM things",), NotMigrated, "42703"),
        (("INSERT INTO things VALUES (1, 'b')",), StorageConflict, "23505"),
    ],
)
def test_what_a_statement_meets_is_told(
    url: str, statements: tuple[str, ...], kind: type[StorageError], code: str
) -> None:
    assert told_at(url, *statements)[:2] == (kind, code)


def test_a_transaction_that_was_left_idle_is_told(url: str) -> None:
    with opened(url) as engine, engine.connect() as connection:
        connection.exec_driver_sql("SET idle_in_transaction_session_timeout = 1")
        driver = connection.connection.driver_connection
        assert driver is not None
        select([driver], [], [], PATIENCE_SECONDS)  # until the server said its last
        with pytest.raises(StorageUnavailable) as caught:
            connection.exec_driver_sql("SELECT 1")
    assert caught.value.code == "25P03"


def test_a_role_without_the_right_is_told_which_setting_names_the_owner(url: str) -> None:
    kind, code, cause = told_at(role(url, "weak"), "SELECT * FROM things")
    assert (kind, code) == (StorageUnavailable, "42501")
    assert "CHECKDATA_OWNER_DATABASE_URL" in cause


def test_waiting_for_a_locked_table_ends_in_a_busy_error(url: str) -> None:
    with opened(url) as engine, engine.begin() as holder:
        holder.exec_driver_sql("LOCK TABLE things")
        assert told_at(url, "SET lock_timeout = 50", "SELECT * FROM things")[:2] == (StorageBusy, "55P03")


@pytest.mark.parametrize(("level", "code"), [("READ COMMITTED", "40P01"), ("SERIALIZABLE", "40001")])
def test_of_two_changes_that_meet_one_is_a_conflict(url: str, level: str, code: str) -> None:
    both, ends = Barrier(2), list[str]()

    def change(first: int, second: int) -> None:
        with opened(url) as engine, engine.connect() as connection:
            connection.exec_driver_sql(f"SET TRANSACTION ISOLATION LEVEL {level}")
            connection.exec_driver_sql("SELECT word FROM things WHERE id = %s", (second,))
            connection.exec_driver_sql("UPDATE things SET word = 'c' WHERE id = %s", (first,))
            both.wait()
            try:
                if code == "40P01":
                    connection.exec_driver_sql("UPDATE things SET word = 'd' WHERE id = %s", (second,))
                connection.commit()
            except StorageConflict as error:
                ends.append(error.code)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(change, (1, 2), (2, 1)))
    assert ends == [code]


def test_a_wrong_statement_of_our_own_is_no_state_of_the_database(url: str, tmp_path: Path) -> None:
    for address, statement in ((url, "SELECT 1/0"), (url, "SELEC 1"), (f"sqlite:///{tmp_path}/a", "SELEC 1")):
        with opened(address) as engine, pytest.raises(SQLAlchemyError), engine.begin() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "things.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE things (id int PRIMARY KEY, word text)")
        connection.executemany("INSERT INTO things VALUES (?, ?)", [(number, "a" * 1000) for number in range(99)])
        connection.commit()
    return path


@pytest.mark.parametrize(
    ("statements", "kind", "code"),
    [
        (("PRAGMA query_only = on", "DELETE FROM things"), StorageReadOnly, "SQLITE_READONLY"),
        (
            ("PRAGMA max_page_count = 1", "INSERT INTO things SELECT id + 99, word FROM things"),
            StorageUnavailable,
            "SQLITE_FULL",
        ),
        (("INSERT INTO things VALUES (1, '')",), StorageConflict, "SQLITE_CONSTRAINT_PRIMARYKEY"),
        (("SELECT * FROM absent",), NotMigrated, "SQLITE_ERROR"),
        (("SELECT absent FROM things",), NotMigrated, "SQLITE_ERROR"),
    ],
)
def test_what_a_statement_meets_on_sqlite_is_told(
    file: Path, statements: tuple[str, ...], kind: type[StorageError], code: str
) -> None:
    assert told_at(f"sqlite:///{file}", *statements)[:2] == (kind, code)


def test_a_locked_sqlite_file_is_busy(file: Path) -> None:
    with closing(sqlite3.connect(file)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        found = told_at(f"sqlite:///{file}", "PRAGMA busy_timeout = 1", "DELETE FROM things")
        assert found[:2] == (StorageBusy, "SQLITE_BUSY")


def test_an_sqlite_file_that_is_damaged_or_none_or_can_not_be_opened_is_told_apart(file: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("This is a letter, and no database. " * 100)
    pages = bytearray(file.read_bytes())
    pages[4096:] = b"\x05" * len(pages[4096:])
    file.write_bytes(pages)
    assert told_at(f"sqlite:///{letter}")[:2] == (StorageUnavailable, "SQLITE_NOTADB")
    assert told_at(f"sqlite:///{file}", "SELECT * FROM things")[:2] == (StorageUnavailable, "SQLITE_CORRUPT")
    assert told_at(f"sqlite:///{tmp_path}/absent/file")[:2] == (StorageUnavailable, "SQLITE_CANTOPEN")
