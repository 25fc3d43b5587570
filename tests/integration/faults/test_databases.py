"""A database that is locked, stopped, made read-only, or ends its connections, while people work (fault 7 and 9)."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from time import monotonic, sleep
from typing import Final

import httpx2
import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from tests.integration.faults.service import ANN, Served, Service
from tests.integration.postgresql import Server, stopped

PATIENCE_SECONDS: Final = 120.0
AT_ONCE: Final = 60
"""More than a process has threads and connections."""
LIST: Final = "/participants?query=a"


@pytest.fixture
def name(postgresql: Service) -> str:
    """The database of this test."""
    return str(make_url(postgresql.database_url).database)


@contextmanager
def as_operator(server: Server, database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(host=str(server.folder), user="postgres", dbname=database) as connection:
        yield connection


def end_connections(server: Server, database: str) -> None:
    with server.connection() as operator:
        operator.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [database])


def status(client: httpx2.Client, path: str = LIST) -> int:
    return client.get(path, timeout=PATIENCE_SECONDS).status_code


def until(client: httpx2.Client, wanted: int, path: str = LIST) -> None:
    """Ask until this is the answer."""
    deadline = monotonic() + PATIENCE_SECONDS
    while (found := status(client, path)) != wanted:
        assert monotonic() < deadline, found
        sleep(0.2)


def database_of(served: Served) -> str:
    """What the probe for liveness tells, which answers at once and always."""
    answer = httpx2.get(f"{served.address}/healthcheck", headers={"Host": "probe.internal"}, timeout=PATIENCE_SECONDS)
    assert answer.status_code == 200
    found: str = answer.json()["database"]
    return found


def codes_logged(served: Served) -> set[str]:
    """The codes of the failures in the log, each of which tells its cause."""
    told = [json.loads(line).get("details", {}) for line in served.log.splitlines() if line.startswith("{")]
    assert all(details["cause"] for details in told if "code" in details)
    return {details["code"] for details in told if "code" in details}


def test_pages_do_not_wait_for_a_locked_table_and_go_on_once_it_is_free(
    postgresql: Service, server_of_faults: Server, name: str
) -> None:
    with postgresql.served() as served, served.signed_in(ANN) as ann:
        with as_operator(server_of_faults, name) as operator:
            operator.execute("LOCK TABLE audit_events, sessions")
            with ThreadPoolExecutor(AT_ONCE) as people:
                assert set(people.map(lambda _: status(ann), range(AT_ONCE))) == {503}
            assert database_of(served) == "ok"
            until(ann, 503, "/readiness")
            operator.rollback()
        until(ann, 200)
        until(ann, 200, "/readiness")
        assert "55P03" in codes_logged(served)


@pytest.mark.parametrize("table", ["sessions", "users", "grants", "agreements", "outbox", "imports", "partner_listing"])
def test_it_is_not_ready_as_long_as_a_table_that_pages_need_is_locked(
    postgresql: Service, server_of_faults: Server, name: str, table: str
) -> None:
    with postgresql.served() as served, served.client() as probe:
        with as_operator(server_of_faults, name) as operator:
            operator.execute(SQL("LOCK TABLE {}").format(Identifier(table)))
            until(probe, 503, "/readiness")
            assert probe.get("/readiness").json()["reasons"] == ["The database is busy."]
            assert database_of(served) == "ok"
            operator.rollback()
        until(probe, 200, "/readiness")


def test_a_stopped_server_is_503_for_every_user_and_all_is_well_once_it_goes_on(
    postgresql: Service, server_of_faults: Server
) -> None:
    with postgresql.served() as served, served.signed_in(ANN) as ann:
        assert status(ann) == 200
        with stopped(server_of_faults):
            with ThreadPoolExecutor(AT_ONCE) as people:
                assert set(people.map(lambda _: status(ann), range(AT_ONCE))) == {503}
            assert database_of(served) == "unavailable"
            assert status(ann, "/readiness") == 503
        until(ann, 200)
        until(ann, 200, "/readiness")
        assert codes_logged(served) <= {"08001", "08006", "57014"}


def test_a_database_that_only_reads_is_503_and_says_why(
    postgresql: Service, server_of_faults: Server, name: str
) -> None:
    def only_reads(switch: str) -> None:
        with server_of_faults.connection() as operator:
            setting = SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
            operator.execute(setting.format(Identifier(name), SQL(switch)))
        end_connections(server_of_faults, name)

    with postgresql.served() as served, served.signed_in(ANN) as ann:
        only_reads("on")
        until(ann, 503)
        page = ann.get(LIST)
        assert "Sorry, the service is unavailable" in page.text
        assert f"Reference: {page.headers['x-request-id']}" in page.text
        assert database_of(served) == "read-only"
        assert status(ann, "/readiness") == 503
        assert "25006" in codes_logged(served)
        only_reads("off")
        until(ann, 200)
        until(ann, 200, "/readiness")


def test_a_user_who_works_while_connections_are_ended_goes_on_with_the_next_page(
    postgresql: Service, server_of_faults: Server, name: str
) -> None:
    with postgresql.served() as served, served.signed_in(ANN) as ann:
        for _ in range(5):
            end_connections(server_of_faults, name)
            with ThreadPoolExecutor(8) as people:
                assert set(people.map(lambda _: status(ann), range(8))) <= {200, 503}
            until(ann, 200)
        assert database_of(served) == "ok"


def test_a_file_that_is_locked_on_sqlite_is_503_in_time(sqlite: Service) -> None:
    with sqlite.served() as served, served.signed_in(ANN) as ann:
        path = sqlite.database_url.removeprefix("sqlite:///")
        with _locked(path):
            assert status(ann) == 503
            assert database_of(served) == "ok"
        until(ann, 200)
        assert "SQLITE_BUSY" in codes_logged(served)


@contextmanager
def _locked(path: str) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")
