"""The drill: back up, lose everything, restore to another place, and serve. `make drill` tells how long it took."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import httpx2
from psycopg.sql import SQL, Identifier

from tests.integration.faults.conftest import on_postgresql
from tests.integration.faults.service import ANN, Served, Service
from tests.integration.postgresql import running_server
from tests.storages import SERVICE


@contextmanager
def told(what: str) -> Iterator[None]:
    """Tell how long it took."""
    began = monotonic()
    yield
    print(f"{what:<40} {monotonic() - began:6.1f} s")  # noqa: T201 - what `make drill` is for


def downloaded(server: Served) -> bytes:
    """The file that a user of the large partner takes."""
    with server.signed_in(ANN) as client:
        answer = client.get("/participants.csv")
    assert answer.status_code == 200
    return answer.content


def test_what_was_backed_up_is_served_again_from_another_place(postgresql: Service, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    with postgresql.served() as server:
        before = downloaded(server)
        with told("back up, while it serves"):
            postgresql.run("backup", backup)
        os.killpg(server.process.pid, signal.SIGKILL)
    began = monotonic()
    with running_server() as elsewhere, elsewhere.connection() as connection:
        with told("a new PostgreSQL, its role and database"):
            connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(SERVICE)))
            connection.execute("CREATE DATABASE restored")
        (tmp_path / "new").mkdir()
        restored = on_postgresql(tmp_path / "new", elsewhere.url("restored"))
        with told("restore"):
            restored.run("restore", backup)
        with told("migrate"):
            restored.run("migrate")
        with told("doctor"):
            assert "broken" not in restored.run("doctor", code=1).stdout
        with told("verify the audit log"):
            restored.run("audit", "verify")
        with restored.served() as server:
            assert httpx2.get(f"{server.address}/readiness").status_code == 200
            print(f"{'RTO: from the loss until it serves':<40} {monotonic() - began:6.1f} s")  # noqa: T201 - as above
            assert downloaded(server) == before
    size = sum(file.stat().st_size for file in backup.iterdir())
    print(f"{'size of the backup':<40} {size / 1024**2:6.1f} MiB; RPO: the moment at which it began")  # noqa: T201 - so
