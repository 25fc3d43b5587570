"""Every wait for a database has an end, also where the server can't act (docs/waits.md)."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event, Thread
from time import monotonic, sleep
from typing import Final

import pytest
from attrs import evolve
from psycopg import Connection
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, Integer, column, event, insert, make_url, table

from checkdata.adapters.sql.copy_out import copied_out
from checkdata.adapters.sql.engine import open_engine
from checkdata.adapters.sql.prepared_statement import PreparedStatement
from checkdata.adapters.sql.time_limited_connection import NoAnswer
from checkdata.adapters.sql.waits import JOBS, PAGES, PROBES, Waits
from checkdata.domain.errors import StorageBusy, StorageError, StorageUnavailable
from tests.integration.postgresql import Server, running_server, stopped
from tests.storages import opened

SHORT: Final = evolve(PAGES, connect=2, pool=0.2, lock=0.2, statement=0.5, idle=0.2, write_lock=0.2)
NO_ANSWER: Final = {"08001", "08006"}
FULL: Final = 18
"""How many connections a process has at most."""
PATIENCE_SECONDS: Final = 60.0


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
def engine(own_server: Server) -> Iterator[Engine]:
    with own_server.new_database() as url:
        engine = open_engine(url, SHORT)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE things (id int)")
        yield engine
        engine.dispose()


def ask(engine: Engine, statement: str = "SELECT 1") -> str:
    """What becomes of a statement: "" where it is answered, else the code."""
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    except StorageError as error:
        return error.code
    return ""


def until_answered(engine: Engine) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while ask(engine):
        assert monotonic() < deadline
        sleep(0.1)


def test_a_statement_ends(engine: Engine) -> None:
    assert ask(engine, "SELECT pg_sleep(600)") == "57014"


def test_waiting_for_a_locked_table_ends(engine: Engine) -> None:
    with engine.begin() as holder:
        holder.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        holder.exec_driver_sql("LOCK TABLE things")
        assert ask(engine, "SELECT * FROM things") == "55P03"
    assert not ask(engine, "SELECT * FROM things")


def test_a_transaction_left_idle_gives_its_locks_back(engine: Engine) -> None:
    with engine.connect() as holder:
        holder.exec_driver_sql("LOCK TABLE things")
        deadline = monotonic() + PATIENCE_SECONDS
        while ask(engine, "SELECT * FROM things"):
            assert monotonic() < deadline
        with pytest.raises(StorageUnavailable):
            holder.exec_driver_sql("SELECT 1")


def test_waiting_for_a_connection_of_this_process_ends(engine: Engine) -> None:
    held = [engine.connect() for _ in range(FULL)]
    with pytest.raises(Exception, match="QueuePool limit"):
        engine.connect()
    for connection in held:
        connection.close()


def test_a_stopped_server_is_given_up_by_all_who_wait_and_asked_again_by_one(
    engine: Engine, own_server: Server
) -> None:
    with ThreadPoolExecutor(FULL) as threads:
        list(threads.map(lambda _: ask(engine, "SELECT pg_sleep(0.2)"), range(FULL)))  # warm connections
        with stopped(own_server):
            assert set(threads.map(lambda _: ask(engine), range(FULL))) <= NO_ANSWER
            begun = monotonic()
            assert {ask(engine) for _ in range(200)} <= NO_ANSWER
            assert monotonic() - begun < 200 * SHORT.answer / 10  # each by itself would have waited its whole time
        until_answered(engine)
        assert set(threads.map(lambda _: ask(engine), range(2 * FULL))) == {""}


def test_connecting_to_a_stopped_server_ends(own_server: Server) -> None:
    with own_server.new_database() as url:
        with stopped(own_server), opened_with(url, SHORT) as engine:
            assert ask(engine) == "08001"
            assert ask(engine) == "08006"
        with opened_with(url, SHORT) as engine:
            until_answered(engine)


@contextmanager
def opened_with(url: str, waits: Waits) -> Iterator[Engine]:
    engine = open_engine(url, waits)
    yield engine
    engine.dispose()


def test_a_server_that_started_again_is_found_by_the_next_who_ask(engine: Engine, own_server: Server) -> None:
    with ThreadPoolExecutor(FULL) as threads:
        list(threads.map(lambda _: ask(engine, "SELECT pg_sleep(0.2)"), range(FULL)))
        with own_server.connection() as operator:
            operator.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
                [engine.url.database],
            )
        assert set(threads.map(lambda _: ask(engine), range(FULL))) == {""}


def test_connections_that_end_as_soon_as_they_are_made_are_lost_and_no_mistake_of_ours(
    engine: Engine, own_server: Server
) -> None:
    def end(made: Connection, _entry: object) -> None:
        with own_server.connection() as operator:
            operator.execute("SELECT pg_terminate_backend(%s, 10000)", [made.info.backend_pid])

    with ends_of(engine, end):
        engine.dispose()
        assert ask(engine) == "08006"
    assert ask(engine) == ""


@contextmanager
def ends_of(engine: Engine, end: Callable[[Connection, object], None]) -> Iterator[None]:
    """Connections are ended right after they were made."""
    event.listen(engine, "connect", end)
    yield
    event.remove(engine, "connect", end)


def test_an_answer_that_trickles_in_ends_as_one_that_never_comes(own_server: Server) -> None:
    with (
        own_server.new_database() as url,
        trickling(own_server) as (port, begin),
        opened_with(
            f"postgresql://postgres@127.0.0.1:{port}/{make_url(url).database}?sslmode=disable&gssencmode=disable", SHORT
        ) as engine,
    ):
        assert ask(engine) == ""
        begin.set()
        assert ask(engine, "SELECT repeat('a', 1000000)") == "08006"


@contextmanager
def trickling(server: Server) -> Iterator[tuple[int, Event]]:
    """A way to the server at a port; once it is told to begin, a byte of each answer comes every hundredth second."""
    begin = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=_take_connections, args=(listening, server, begin), daemon=True).start()
        yield listening.getsockname()[1], begin


def _take_connections(listening: socket.socket, server: Server, begin: Event) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            there = socket.socket(socket.AF_UNIX)
            there.connect(str(server.folder / ".s.PGSQL.5432"))
            for one, other, slows in ((client, there, False), (there, client, True)):
                Thread(target=_pass_on, args=(one, other, begin if slows else Event()), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket, slow: Event) -> None:
    with suppress(OSError):
        while taken := one.recv(1 if slow.is_set() else 65536):
            other.sendall(taken)
            if slow.is_set():
                sleep(0.01)
    for each in (one, other):
        each.close()


def test_a_copy_of_which_nothing_came_yet_is_waited_for_longer_than_another_answer(engine: Engine) -> None:
    assert SHORT.answer < 4 < SHORT.copy
    assert copied(engine, "SELECT pg_sleep(4)") == b"\n"
    assert ask(engine, "SELECT pg_sleep(4)") == "57014"


def test_a_copy_from_a_stopped_server_ends(own_server: Server) -> None:
    with (
        own_server.new_database() as url,
        opened_with(url, evolve(SHORT, copy=1)) as engine,
        engine.connect() as connection,
    ):
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.copying(), stopped(own_server), pytest.raises(NoAnswer):
            driver.execute("SELECT 1")


def copied(engine: Engine, statement: str) -> bytes:
    """What a COPY gives."""
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        return b"".join(copied_out(driver, f"COPY ({statement}) TO STDOUT", {}))


def test_a_connection_that_only_reads_is_not_used_again(engine: Engine, own_server: Server) -> None:
    def only_reads(switch: str) -> None:
        with own_server.connection() as operator:
            name = SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
            operator.execute(name.format(Identifier(str(engine.url.database)), SQL(switch)))

    only_reads("on")
    engine.dispose()
    adding = PreparedStatement(insert(table("things", column("id", Integer))), engine.dialect, ("id",))
    ways: list[Callable[[], str]] = [
        lambda: ask(engine, "INSERT INTO things VALUES (1)"),
        lambda: _code(engine, adding),
    ]
    for add in ways:
        only_reads("on")
        assert add() == "25006"
        only_reads("off")
        assert add() == ""
        engine.dispose()


def _code(engine: Engine, adding: PreparedStatement) -> str:
    try:
        with engine.connect() as connection:
            adding.run(connection, {"id": 1})
    except StorageError as error:
        return error.code
    return ""


def test_what_the_address_says_of_its_connections_comes_first(own_server: Server) -> None:
    with own_server.new_database() as url:
        told = make_url(url).update_query_dict({"options": "-c statement_timeout=7777", "application_name": "theirs"})
        with opened(told.render_as_string(hide_password=False)) as engine, engine.connect() as connection:
            found = [
                connection.exec_driver_sql(f"SHOW {name}").scalar_one()
                for name in ("statement_timeout", "lock_timeout", "application_name")
            ]
    assert found == ["7777ms", "1min", "theirs"]


def test_a_writer_on_sqlite_waits_for_another_one_no_longer_than_its_process_may(sqlite_url: str) -> None:
    with opened_with(sqlite_url, SHORT) as opened_engine:
        writing = opened_engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        with writing.begin(), pytest.raises(StorageBusy), writing.begin():
            pass


@pytest.mark.parametrize("waits", [PAGES, JOBS, PROBES])
def test_a_server_that_acts_ends_a_statement_before_it_is_taken_for_silent(waits: Waits) -> None:
    assert 0 < waits.lock < waits.statement < waits.answer
    assert waits.statement <= waits.copy
    assert waits.idle > 0
