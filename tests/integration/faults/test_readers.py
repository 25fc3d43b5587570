"""Faults 1, 2 and 19: readers that go away, stand still or are many hold nothing that others need."""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Event
from typing import Final

import httpx2
import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from checkdata.entrypoints.web.files.downloads_at_once import OF_A_SESSION
from tests.integration.cli.web_client import PATIENCE_SECONDS
from tests.integration.faults.raw_client import ask, connected, read, read_to_end
from tests.integration.faults.service import ANN, BEN, SAM, Served, Service
from tests.storages import SERVICE

TIMES: Final = 6
READERS: Final = 48
FILES: Final = (
    "/participants.csv",
    "/participants.xlsx",
    "/participants/contacts.csv",
    "/changes.csv?since=2020-01-01",
)

BUSY: Final = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND state <> 'idle'"
COPYING: Final = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND state = 'active' AND query LIKE 'COPY%%'"

SLOW: Final = """
    CREATE FUNCTION slow(pos integer) RETURNS boolean LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(0.01); RETURN true; END $$;
    CREATE POLICY slow ON partner_listing AS RESTRICTIVE USING (slow(pos))
"""
"""Has the database take ten minutes for a large list; it gives up after one."""

BEFORE_IT_GIVES_UP_SECONDS: Final = 30.0


@contextmanager
def owner(service: Service) -> Iterator[psycopg.Connection]:
    """The database as its owner sees it."""
    url = make_url(service.owner_database_url or "")
    host = str(url.query["host"])
    with psycopg.connect(host=host, user=url.username, dbname=url.database, autocommit=True) as connection:
        yield connection


def number_of(connection: psycopg.Connection, question: str) -> int:
    row = connection.execute(question, (SERVICE,)).fetchone()
    assert row is not None
    number: int = row[0]
    return number


def wait_for(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(served: Served, browser: httpx2.Client) -> None:
    """Health, pages and sign-in answer."""
    assert httpx2.get(f"{served.address}/healthcheck", timeout=PATIENCE_SECONDS).status_code == 200
    assert browser.get("/participants").status_code == 200
    with served.signed_in(SAM) as another:
        assert another.get("/support/users").status_code == 200


def begun(stack: ExitStack, served: Served, cookies: str, path: str = FILES[0]) -> tuple[socket.socket, bytes]:
    """A reader who has had the beginning of an answer."""
    connection = stack.enter_context(connected(served.port))
    ask(connection, path, cookies)
    return connection, read(connection, 1024)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("path", FILES)
def test_a_reader_who_goes_away_after_a_kilobyte_hangs_nothing(service: Service, path: str) -> None:
    with service.served() as served, served.signed_in(ANN) as browser:
        for _ in range(TIMES):
            with ExitStack() as readers:
                _, answer = begun(readers, served, served.cookies(browser), path)
                assert status_of(answer) == 200
        answers(served, browser)
        wait_for(lambda: browser.get(path).status_code == 200)
        served.process.terminate()
        served.process.wait(PATIENCE_SECONDS)


def read_on_slowly(connections: Sequence[socket.socket], ended: Event) -> None:
    """Read a kilobyte a second of each, so that none stands still, until it is ended."""
    while not ended.wait(0.25):
        for connection in tuple(connections):
            assert connection.recv(256)


@contextmanager
def slow_readers(served: Served, number: int) -> Iterator[None]:
    """So many readers of large files, at a kilobyte a second; as few sessions as that takes."""
    found: list[socket.socket] = []
    ended = Event()
    with ExitStack() as stack, ThreadPoolExecutor(1) as reading:
        reads = reading.submit(read_on_slowly, found, ended)
        try:
            while len(found) < number:
                browser = stack.enter_context(served.signed_in((ANN, BEN)[len(found) % 2]))
                for _ in range(OF_A_SESSION):
                    connection, answer = begun(stack, served, served.cookies(browser))
                    assert status_of(answer) == 200
                    found.append(connection)
            yield
        finally:
            ended.set()
            reads.result()


def test_48_readers_of_one_person_leave_others_everything(service: Service) -> None:
    with service.served() as served, served.signed_in(ANN) as browser, ExitStack() as readers:
        begun_ones = [begun(readers, served, served.cookies(browser)) for _ in range(READERS)]
        assert sorted({status_of(answer) for _, answer in begun_ones}) == [200, 429]
        assert sum(status_of(answer) == 200 for _, answer in begun_ones) == OF_A_SESSION
        answers(served, browser)
        with served.signed_in(BEN) as another:
            assert another.get("/participants.csv").status_code == 200


def test_48_readers_of_many_sessions_leave_others_everything(service: Service) -> None:
    with service.served() as served, served.signed_in(BEN) as browser:
        with slow_readers(served, READERS):
            answers(served, browser)
            refused = browser.get("/participants.csv")
            assert refused.status_code == 503
            assert refused.headers["retry-after"]
        wait_for(lambda: browser.get("/participants.csv").status_code == 200)


def test_no_connection_of_the_database_is_in_use_while_readers_read(postgresql: Service) -> None:
    with (
        postgresql.served() as served,
        served.signed_in(ANN) as browser,
        owner(postgresql) as database,
        ExitStack() as readers,
    ):
        for path in FILES[:OF_A_SESSION]:
            _, answer = begun(readers, served, served.cookies(browser), path)
            assert status_of(answer) == 200
        wait_for(lambda: number_of(database, BUSY) == 0)


def test_a_reader_who_goes_away_ends_the_statement(postgresql: Service) -> None:
    with postgresql.served() as served, served.signed_in(ANN) as browser, owner(postgresql) as database:
        database.execute(SLOW)
        with connected(served.port) as connection:
            ask(connection, "/participants.csv", served.cookies(browser))
            wait_for(lambda: number_of(database, COPYING) == 1)
        wait_for(lambda: number_of(database, COPYING) == 0, BEFORE_IT_GIVES_UP_SECONDS)
        database.execute("DROP POLICY slow ON partner_listing")
        assert browser.get("/participants.csv").status_code == 200


@pytest.mark.parametrize("slow", [False, True], ids=["a reader who stands still", "a statement that goes on"])
def test_the_service_ends_when_told_though_a_download_hangs(postgresql: Service, slow: bool) -> None:  # noqa: FBT001
    with postgresql.served() as served, served.signed_in(ANN) as browser, owner(postgresql) as database:
        if slow:
            database.execute(SLOW)
        with connected(served.port) as connection:
            ask(connection, "/participants.csv", served.cookies(browser))
            wait_for(lambda: number_of(database, COPYING) == 1 if slow else bool(read(connection, 1)))
            served.process.terminate()
            served.process.wait(PATIENCE_SECONDS)


def test_a_file_that_storage_refuses_gets_a_page_and_not_an_empty_file(postgresql: Service) -> None:
    with postgresql.served() as served, served.signed_in(ANN) as browser, owner(postgresql) as database:
        refuse = SQL("REVOKE SELECT ON partner_listing FROM {}").format(Identifier(SERVICE))
        database.execute(refuse)
        refused = browser.get("/participants.csv")
        assert refused.status_code == 503
        assert "text/html" in refused.headers["content-type"]
        assert '"error"' in served.log


BREAK: Final = """
    CREATE FUNCTION unbroken(pos integer) RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
            IF pos > 2560000 THEN RAISE 'Ada Bold' USING ERRCODE = '57P01'; END IF;
            RETURN true;
        END
    $$;
    ALTER ROLE {} SET enable_sort = off;
    CREATE POLICY broken ON partner_listing AS RESTRICTIVE USING (unbroken(pos))
"""
"""Has the database, which reads a list in its order, give up at row 40,000, as when its administrator ends it."""


def test_a_file_that_breaks_midway_is_cut_off_and_the_log_says_so(postgresql: Service) -> None:
    with owner(postgresql) as database:
        database.execute(SQL(BREAK).format(Identifier(SERVICE)))
    with postgresql.served() as served, served.signed_in(ANN) as browser, connected(served.port) as connection:
        ask(connection, "/participants.csv", served.cookies(browser))
        answer = read_to_end(connection)
        assert status_of(answer) == 200
        assert len(answer) > 1024 * 1024
        assert not answer.endswith(b"0\r\n\r\n")
        assert '"failure"' in served.log
        assert "Ada Bold" not in served.log
        answers(served, browser)
