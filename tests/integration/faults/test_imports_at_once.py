"""Two imports at once, and one that was killed (fault 25, and 20)."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import psycopg
import pytest
from sqlalchemy import make_url

from tests.integration.cli.command import PROGRAM
from tests.integration.faults.service import Service
from tests.integration.postgresql import Server
from tests.storages import SEE_LISTINGS

PATIENCE_SECONDS: Final = 120.0
HELD: Final = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = %s::oid"


@contextmanager
def importing(service: Service, feed: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """An import in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHECKDATA_")}
    command = [*PROGRAM, "import", str(feed), *options]
    with subprocess.Popen(  # noqa: S603
        command, env={**environment, **service.variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def database(postgresql: Service, server_of_faults: Server) -> Iterator[psycopg.Connection]:
    """A connection of an operator to the database of this test, which looks at each moment as it is."""
    name = str(make_url(postgresql.database_url).database)
    with psycopg.connect(host=str(server_of_faults.folder), user="postgres", dbname=name, autocommit=True) as made:
        made.execute(SEE_LISTINGS)
        yield made


def advisory_locks(database: psycopg.Connection) -> int:
    (oid,) = database.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone() or (0,)
    (number,) = database.execute(HELD, [oid]).fetchone() or (0,)
    return int(number)


def wait_for_locks(database: psycopg.Connection, number: int) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while advisory_locks(database) != number:
        assert monotonic() < deadline
        sleep(0.05)


def wait_until_it_waits(database: psycopg.Connection) -> None:
    """Until the import stands in a statement: between two, PostgreSQL would hear of its end at once."""
    waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'schools'::regclass"
    deadline = monotonic() + PATIENCE_SECONDS
    while database.execute(waiting).fetchone() is None:
        assert monotonic() < deadline
        sleep(0.05)


def lock_schools(database: psycopg.Connection) -> None:
    """Lock the schools, so that an import stands in the middle of a statement."""
    database.execute("BEGIN")
    database.execute("LOCK TABLE schools")


def test_of_two_imports_of_one_folder_one_is_refused_and_the_other_ends_as_it_should(
    postgresql: Service, database: psycopg.Connection, large_feed: Path
) -> None:
    lock_schools(database)
    with importing(postgresql, large_feed) as first:
        wait_for_locks(database, 1)
        refused = postgresql.run("import", large_feed, code=2)
        assert "Another import is running" in refused.stderr
        elsewhere = postgresql.run("import", large_feed, "--report", postgresql.folder / "elsewhere", code=2)
        assert "Another import is running since" in elsewhere.stderr
        database.execute("COMMIT")
        _, told = first.communicate(timeout=PATIENCE_SECONDS)
        assert first.returncode == 0, told
    report = large_feed.with_name(f"{large_feed.name}-report")
    assert [path.name for path in report.iterdir()] == ["rejected.csv"]


def test_the_lock_of_an_import_that_was_killed_ends_though_its_statement_goes_on(
    postgresql: Service, database: psycopg.Connection, large_feed: Path
) -> None:
    lock_schools(database)
    with importing(postgresql, large_feed) as first:
        wait_for_locks(database, 1)
        wait_until_it_waits(database)
        first.send_signal(signal.SIGKILL)
        wait_for_locks(database, 0)
    database.execute("COMMIT")
    postgresql.run("import", large_feed)
