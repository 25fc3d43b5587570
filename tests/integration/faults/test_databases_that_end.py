"""PostgreSQL loses connections, restarts, fails over, fills its disk or changes a password while people work."""

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Final

import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests.integration.faults.all_is_well import all_is_well, nothing_is_left_open
from tests.integration.faults.bad_network import Network, network
from tests.integration.faults.conftest import LOADED, on_postgresql
from tests.integration.faults.people import at_work, signed_in
from tests.integration.faults.processes import wait_until, workers_of
from tests.integration.faults.service import Service
from tests.integration.faults.test_bad_networks import WAY
from tests.integration.faults.test_databases import codes_logged, end_connections, until
from tests.integration.faults.test_readers import owner
from tests.integration.postgresql import Server, program, server_user, started
from tests.storages import SERVICE

SOCKET: Final = ".s.PGSQL.5432"
WAIT_SECONDS: Final = 1.0


@contextmanager
def copied(server: Server, name: str, *options: str) -> Iterator[Server]:
    """A server of its own with the data of another one, in a folder of this name."""
    folder, user = server.folder / name, server_user()
    folder.mkdir()
    if user:
        shutil.chown(folder, user, user)
    copy = [program("pg_basebackup"), f"--host={server.folder}", "--username=postgres", f"--pgdata={folder / 'data'}"]
    subprocess.run([*copy, "--checkpoint=fast", *options], check=True, user=user, group=user, cwd=folder)  # noqa: S603
    try:
        with started(folder, folder / "data", user, make=False):
            yield Server(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def own_server(server_of_faults: Server) -> Iterator[Server]:
    """A server that no other test uses, with the database `LOADED` in it."""
    with copied(server_of_faults, "own") as server, server.connection() as operator:
        operator.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = on").format(sql.Identifier(LOADED)))
        operator.close()
        yield server


def control(server: Server, *command: str) -> None:
    """Have the server do something, as its own user."""
    user = server_user()
    subprocess.run(  # noqa: S603
        [program("pg_ctl"), *command, f"--pgdata={server.folder / 'data'}", f"--log={server.folder / 'log'}", "--wait"],
        check=True, stdout=subprocess.DEVNULL, user=user, group=user, cwd=server.folder,
    )  # fmt: skip


def end_some(server: Server, name: str) -> None:
    """End about half of the connections to a database."""
    with server.connection() as operator:
        found = operator.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [name]).fetchall()
        for (pid,) in found:
            if random.random() < 0.5:  # noqa: S311 - chance is what this is about
                operator.execute("SELECT pg_terminate_backend(%s)", [pid])


def turn(server: Server, name: str, switch: str) -> None:
    """Let a database only read, or write again."""
    with server.connection() as operator:
        setting = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
        operator.execute(setting.format(sql.Identifier(name), sql.SQL(switch)))
    end_connections(server, name)


FAULTS: Final[dict[str, Callable[[Server, str], None]]] = {
    "connections end": end_some,
    "it restarts in order": lambda server, _: control(server, "restart", "--mode=fast"),
    "it crashes": lambda server, _: control(server, "restart", "--mode=immediate"),
    "it only reads": lambda server, name: turn(server, name, "on"),
}
TIMES: Final = {"connections end": 5, "it restarts in order": 2, "it crashes": 2, "it only reads": 3}


@pytest.mark.parametrize("fault", FAULTS)
def test_people_go_on_after_a_database_that_did_not(own_server: Server, tmp_path: Path, fault: str) -> None:
    service = on_postgresql(tmp_path, own_server.url(LOADED))
    with service.served("--workers", "2") as served, signed_in(served) as people:
        workers = workers_of(served.process.pid)
        with at_work(people):
            for _ in range(TIMES[fault]):
                sleep(WAIT_SECONDS)
                FAULTS[fault](own_server, LOADED)
                sleep(WAIT_SECONDS)
                if fault == "it only reads":
                    turn(own_server, LOADED, "off")
        all_is_well(service, served, people, workers)
        with owner(service) as database:
            wait_until(lambda: nothing_is_left_open(database))


def has_caught_up(server: Server, standby: Server) -> bool:
    with server.connection() as first, standby.connection() as second:
        (here,) = first.execute("SELECT pg_current_wal_lsn()::text").fetchone() or ("",)
        (there,) = second.execute("SELECT pg_last_wal_replay_lsn()::text").fetchone() or ("",)
    return bool(here == there)


def through(behind: Network, service: Service) -> str:
    """The address of the service's database by way of a network."""
    address = make_url(service.database_url)
    return f"postgresql://{address.username}@127.0.0.1:{behind.port}/{address.database}?{WAY}"


def test_people_go_on_after_a_failover_to_a_standby(own_server: Server, tmp_path: Path) -> None:
    first = own_server
    with copied(first, "second", "--write-recovery-conf") as second, network(first.folder / SOCKET) as behind:
        service = on_postgresql(tmp_path, first.url(LOADED))
        service.database_url = through(behind, service)
        with service.served("--workers", "2") as served, signed_in(served) as people:
            workers = workers_of(served.process.pid)
            with at_work(people):
                sleep(WAIT_SECONDS)
            wait_until(lambda: has_caught_up(first, second))
            control(first, "stop", "--mode=immediate")
            with at_work(people):
                sleep(WAIT_SECONDS)
                behind.there = second.folder / SOCKET
                sleep(3 * WAIT_SECONDS)
                control(second, "promote")
            all_is_well(on_postgresql(tmp_path, second.url(LOADED)), served, people, workers)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of so much room."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False)  # noqa: S603,S607
    if mounted.returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S603,S607


def test_people_go_on_after_the_disk_of_the_database_was_full(server_of_faults: Server, tmp_path: Path) -> None:
    with small_disk(server_of_faults.folder / "disk", "600M") as disk:
        user = server_user()
        place = disk / "space"
        place.mkdir()
        if user:
            shutil.chown(place, user, user)
        with server_of_faults.connection() as operator:
            operator.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(place))))
            made = sql.SQL("CREATE DATABASE on_small TEMPLATE {} TABLESPACE small")
            operator.execute(made.format(sql.Identifier(LOADED)))
            try:
                _fill_and_empty(on_postgresql(tmp_path, server_of_faults.url("on_small")), disk)
            finally:
                operator.execute("DROP DATABASE on_small WITH (FORCE)")
                operator.execute("DROP TABLESPACE small")


def _fill_and_empty(service: Service, disk: Path) -> None:
    with service.served("--workers", "2") as served, signed_in(served) as people:
        workers = workers_of(served.process.pid)
        with at_work(people):
            with (disk / "filling").open("wb") as filling:
                _fill(filling.fileno())
                wait_until(lambda: "53100" in codes_logged(served))
                sleep(WAIT_SECONDS)
            (disk / "filling").unlink()
        all_is_well(service, served, people, workers)


def _fill(file: int) -> None:
    try:
        while os.write(file, bytes(1024 * 1024)):
            pass
    except OSError:
        return


def with_password(service: Service, password: str) -> str:
    return make_url(service.database_url).set(password=password).render_as_string(hide_password=False)


def test_people_go_on_after_the_password_of_the_role_was_changed_and_put_back(
    postgresql: Service, server_of_faults: Server
) -> None:
    name = str(make_url(postgresql.database_url).database)
    with asked_for_passwords(server_of_faults, name), server_of_faults.connection() as operator:

        def change(password: str) -> None:
            setting = sql.SQL("ALTER ROLE {} PASSWORD {}")
            operator.execute(setting.format(sql.Identifier(SERVICE), sql.Literal(password)))

        change("first")
        postgresql.database_url = with_password(postgresql, "first")
        with postgresql.served("--workers", "2") as served, signed_in(served) as people:
            workers = workers_of(served.process.pid)
            with at_work(people):
                change("second")
                end_connections(server_of_faults, name)
                wait_until(lambda: "28P01" in codes_logged(served))
                with served.client() as client:
                    until(client, 503, "/readiness")
                change("first")
            all_is_well(postgresql, served, people, workers)


@contextmanager
def asked_for_passwords(server: Server, name: str) -> Iterator[None]:
    """The role of the service has to know a password where it asks for this database."""
    rules = server.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local {name} {SERVICE} scram-sha-256\n{before}")
    control(server, "reload")
    try:
        yield
    finally:
        rules.write_text(before)
        control(server, "reload")
