"""A new password of the role in PostgreSQL, or another role in its place, while users work (docs/operations.md)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psycopg
import pytest
from attrs import evolve
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from tests.integration.faults.service import ANN, Served, Service
from tests.integration.faults.test_new_keys import goes_on_at
from tests.integration.postgresql import Server
from tests.storages import SERVICE

PATIENCE_SECONDS: Final = 30.0
OLD: Final = "the password of before"
NEW: Final = "the password that followed"


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def connects(server: Server, password: str) -> bool:
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(host=str(server.folder), user=SERVICE, password=password, dbname="postgres"),
    ):
        return True
    return False


def set_password(server: Server, password: str) -> None:
    with server.connection() as connection:
        connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(SERVICE), password))


@contextmanager
def asked_for_passwords(server: Server) -> Iterator[None]:
    """Only the service's role is; nobody else is, as before."""

    def load(rules: str) -> None:
        file.write_text(rules)
        with server.connection() as connection:
            connection.execute("SELECT pg_reload_conf()")

    file = server.folder / "data" / "pg_hba.conf"
    before = file.read_text()
    load(f"local all {SERVICE} scram-sha-256\n{before}")
    until(lambda: not connects(server, "a wrong one"))
    try:
        yield
    finally:
        load(before)
        until(lambda: connects(server, "a wrong one"))


def with_login(service: Service, **login: str) -> Service:
    url = make_url(service.database_url).set(**login)  # type: ignore[arg-type]
    return evolve(service, database_url=url.render_as_string(hide_password=False))


def test_a_new_password_ends_no_session_and_is_needed_from_the_next_start(
    postgresql: Service, server_of_faults: Server
) -> None:
    set_password(server_of_faults, OLD)
    old, new = with_login(postgresql, password=OLD), with_login(postgresql, password=NEW)
    with asked_for_passwords(server_of_faults):
        with old.served() as before, before.signed_in(ANN) as ann:
            set_password(server_of_faults, NEW)
            assert not connects(server_of_faults, OLD)
            until(lambda: ann.get("/participants").status_code == 200)  # a connection that was open is free
        assert "The database refused the password." in old.run("doctor", code=3).stdout
        with new.served() as after, goes_on_at(after, ann) as ann:
            assert ann.get("/participants").status_code == 200


@contextmanager
def new_role(owner: psycopg.Connection, name: str) -> Iterator[Callable[[], None]]:
    """Make a role that may sign in; it is dropped by what is given, or at the end."""

    def drop() -> None:
        owner.execute(SQL("DROP OWNED BY {role}; DROP ROLE {role}").format(role=Identifier(name)))

    owner.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(name)))
    try:
        yield drop
    finally:
        with suppress(psycopg.errors.UndefinedObject):
            drop()


@pytest.fixture
def owner(postgresql: Service, server_of_faults: Server) -> Iterator[psycopg.Connection]:
    """Who may drop roles, in the service's database."""
    name = make_url(postgresql.database_url).database
    with psycopg.connect(
        host=str(server_of_faults.folder), user="postgres", dbname=name, autocommit=True
    ) as connection:
        yield connection


def test_another_role_takes_the_place_of_the_first_and_no_request_fails(
    postgresql: Service, owner: psycopg.Connection, tmp_path: Path
) -> None:
    def answers(served: Served) -> bool:
        with goes_on_at(served, ann) as browser:
            return browser.get("/participants").status_code == 200

    with new_role(owner, "checkdata_first") as drop_first, new_role(owner, "checkdata_second"):
        first, second = (with_login(postgresql, username=f"checkdata_{name}") for name in ("first", "second"))
        second = evolve(second, folder=tmp_path / "second")
        second.folder.mkdir()
        first.run("migrate")
        with first.served() as before, before.signed_in(ANN) as ann:
            second.run("migrate")
            assert answers(before)
            with second.served() as after:
                assert answers(before)
                assert answers(after)
                before.process.terminate()
                before.process.wait()
                drop_first()
                assert answers(after)
                assert "broken" not in second.run("doctor", code=1).stdout
