"""The recipe of docs/operations.md for a moment of PostgreSQL: a copy of the cluster, and the log that it archived."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.integration.faults.conftest import on_postgresql
from tests.integration.postgresql import MEMORY, Server, program, server_user, started
from tests.storages import SERVICE


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of the user that PostgreSQL runs as."""
    folder = Path(tempfile.mkdtemp(prefix="checkdata-", dir=MEMORY if MEMORY.is_dir() else None))
    if user := server_user():
        shutil.chown(folder, user, user)
    yield folder
    shutil.rmtree(folder)


def add_user(connection: psycopg.Connection, number: int) -> None:
    connection.execute(
        "INSERT INTO users (id, email, name, suspended) VALUES (%s, %s, 'Jo', false)", [str(number), str(number)]
    )


def test_a_cluster_comes_back_to_a_moment_and_the_doctor_finds_it_well(place: Path, tmp_path: Path) -> None:
    server, user = Server(place), server_user()
    archive, copy = place / "archive", place / "copy"
    with started(place, place / "data", user), server.connection() as connection:
        connection.execute("ALTER SYSTEM SET archive_mode = on")
        kept = f"test ! -f {archive}/%f && cp %p {archive}/%f"
        connection.execute(SQL("ALTER SYSTEM SET archive_command = {}").format(kept))
        connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(SERVICE)))
        connection.execute("CREATE DATABASE checkdata")
        connection.execute("CHECKPOINT")
    archive.mkdir()
    if user:
        shutil.chown(archive, user, user)
    service = on_postgresql(tmp_path, server.url("checkdata"))
    with started(place, place / "data", user, make=False):
        service.run("migrate")
        based = [program("pg_basebackup"), "--pgdata", str(copy), "--host", str(place), "--username=postgres"]
        subprocess.run([*based, "--checkpoint=fast"], check=True, user=user, group=user, cwd=place)  # noqa: S603
        with psycopg.connect(host=str(place), user="postgres", dbname="checkdata", autocommit=True) as connection:
            add_user(connection, 1)
            (moment,) = connection.execute("SELECT clock_timestamp()::text").fetchone() or ("",)
            add_user(connection, 2)
            (last,) = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
            while not (archive / last).exists():
                connection.execute("SELECT pg_sleep(0.05)")
    (copy / "recovery.signal").touch()
    with (copy / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {archive}/%f %p'\nrecovery_target_time = '{moment}'\n")
        settings.write("recovery_target_action = 'promote'\n")
    if user:
        shutil.chown(copy / "recovery.signal", user, user)
    with started(place, copy, user, make=False):
        with psycopg.connect(host=str(place), user="postgres", dbname="checkdata", autocommit=True) as connection:
            while connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
                connection.execute("SELECT pg_sleep(0.05)")
            assert connection.execute("SELECT id FROM users").fetchall() == [("1",)]
        assert "broken" not in service.run("doctor", code=1).stdout
