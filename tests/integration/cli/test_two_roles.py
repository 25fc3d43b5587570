"""On PostgreSQL the service runs as a role of its own, which may add to the audit log and never change it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy import make_url

from tests.integration.cli.command import Command
from tests.integration.postgresql import Server

NUMBERS: Final = count()
LOG: Final = {
    "audit_events": "UPDATE {} SET actor = 'x'",
    "audit_seals": "UPDATE {} SET digest = 'x'",
    "receipts": "UPDATE {} SET actor = 'x'",
    "audit_anchors": "UPDATE {} SET digest = 'x'",
}
CHANGES: Final = (
    "DELETE FROM {}",
    "TRUNCATE {}",
    "DROP TABLE {}",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "CREATE RULE none AS ON DELETE TO {} DO INSTEAD NOTHING",
)


def on(table: str, statement: str) -> Composed:
    return SQL(statement).format(Identifier(table))


@pytest.fixture
def role(postgresql_server: Server) -> Iterator[str]:
    """A new role that may sign in and nothing else."""
    name = f"checkdata_app_{next(NUMBERS)}"
    with postgresql_server.connection() as connection:
        connection.execute(on(name, "CREATE ROLE {} LOGIN"))
        yield name


@pytest.fixture
def service(command: Command, role: str, postgresql_url: str) -> Command:
    """Commands as the service's role, on an empty database that the owner migrated."""
    command.variables["CHECKDATA_OWNER_DATABASE_URL"] = postgresql_url
    url = make_url(postgresql_url).set(username=role)
    command.variables["CHECKDATA_DATABASE_URL"] = url.render_as_string(hide_password=False)
    command.done("migrate")
    return command


def connected(command: Command) -> Connection:
    url = make_url(command.variables["CHECKDATA_DATABASE_URL"])
    return psycopg.connect(host=str(url.query["host"]), user=url.username, dbname=url.database)


@pytest.fixture
def at_work(service: Command, feed: Path, tmp_path: Path) -> Command:
    """The service did everything that writes, as its own role."""
    service.done("import", feed)
    service.done("users", "add", "--email", "jo@dfe.example", "--name", "Jo", "--role", "support", "--reason", "T 1")
    service.done("refresh")
    service.done("send")
    service.done("export", "--out", tmp_path / "out", "--all", "--search", "a")
    service.done("import", feed, "--complete")
    service.done("audit", "seal")
    service.done("users", "remove", "--email", "jo@dfe.example", "--reason", "Left")
    return service


def test_everything_else_works_as_the_services_role(at_work: Command) -> None:
    at_work.done("audit", "verify")
    with connected(at_work) as connection:
        for table in ("audit_events", "audit_seals", "receipts"):
            assert connection.execute(on(table, "SELECT count(*) > 0 FROM {}")).fetchone() == (True,)


@pytest.mark.parametrize("table", LOG)
def test_the_database_itself_refuses_to_change_the_log(at_work: Command, table: str) -> None:
    for statement in (LOG[table], *CHANGES):
        with connected(at_work) as connection, pytest.raises(InsufficientPrivilege, match=r"permission denied|must be"):
            connection.execute(on(table, statement))


def test_the_service_can_let_nothing_go_nor_migrate(at_work: Command) -> None:
    with connected(at_work) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("INSERT INTO audit_anchors VALUES (9, 9, 'x', now(), 'x')")
    with connected(at_work) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    with connected(at_work) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (x int)")
    with connected(at_work) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("SET session_replication_role = replica")


def test_migrating_again_gives_no_more(at_work: Command) -> None:
    at_work.done("migrate")
    with connected(at_work) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("DELETE FROM audit_events")


@pytest.mark.parametrize(
    ("app", "told"),
    [
        ("sqlite:////nowhere/x.sqlite", "CHECKDATA_OWNER_DATABASE_URL is for PostgreSQL, and must name another role"),
        ("postgresql://nobody@/x", "CHECKDATA_DATABASE_URL names a role that cannot be used: the database has no role"),
        ("same", "CHECKDATA_OWNER_DATABASE_URL is for PostgreSQL, and must name another role"),
    ],
)
def test_an_owner_that_makes_no_sense_is_refused_in_a_sentence(
    service: Command, app: str, told: str, tmp_path: Path
) -> None:
    owner = service.variables["CHECKDATA_OWNER_DATABASE_URL"]
    service.variables["CHECKDATA_DATABASE_URL"] = owner if app == "same" else app
    ended = service.done("migrate", code=2)
    assert told in ended.err
    assert str(tmp_path) not in ended.err


def test_purging_is_the_owners_and_the_log_verifies_from_its_anchor(service: Command) -> None:
    with connected(service) as connection:
        connection.execute("INSERT INTO audit_events (kind, at, details) VALUES ('signed_in', '2001-01-01', '{}')")
    service.done("audit", "seal")
    service.done("users", "add", "--email", "jo@dfe.example", "--name", "Jo", "--role", "support", "--reason", "T 1")
    owner = service.variables.pop("CHECKDATA_OWNER_DATABASE_URL")
    assert "CHECKDATA_OWNER_DATABASE_URL" in service.done("purge", code=3).err
    service.variables["CHECKDATA_OWNER_DATABASE_URL"] = owner
    assert "1 events of the audit log\nDeleted.\n" in service.done("purge").out
    service.done("audit", "seal")
    assert service.done("audit", "verify").out.startswith("2 events are sealed")
