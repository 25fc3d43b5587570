"""A plugin of pytest that notes what the service's role does on PostgreSQL, as the database itself sees it.

``pytest -p tests.integration.faults.used_privileges`` runs tests over PostgreSQL in two roles, worlds of pages too, and
writes to the file that the variable ``NOTES`` names what was needed of each table: PostgreSQL prints each statement as
it understood it (``debug_print_rewritten``), and with each table the privileges and columns that it will ask for.
"""

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Final

import psycopg
import pytest
from attrs import define, field
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from checkdata.domain.ports import Storage
from tests.integration import postgresql
from tests.integration.postgresql import Server
from tests.integration.web import world
from tests.storages import SERVICE, AsTheService, opened, storage_on

NOTES: Final = "WHAT_IS_DONE"

ANY: Final = "UPDATE (any)"
"""To lock rows, one has to be allowed to change some column of them."""

_RECORD: Final = re.compile(r"^(\w*):(\w*):(LOG|DETAIL|CONTEXT|STATEMENT|ERROR|HINT|FATAL|WARNING):  (.*)$")
_TABLE: Final = re.compile(
    r":relid (\d+) [^(){}]*?:requiredPerms (\d+) :checkAsUser \d+ "
    r":selectedCols \(b[ \d]*\) :insertedCols \(b[ \d]*\) :updatedCols \(b([ \d]*)\)"
)
_BITS: Final = {1: "INSERT", 2: "SELECT", 8: "DELETE"}  # of src/include/nodes/parsenodes.h
_UPDATE_BIT: Final = 4
_FIRST_COLUMN: Final = 7
"""Columns are counted from here, because the system's own come first (FirstLowInvalidHeapAttributeNumber)."""

_OWN_QUESTION: Final = 'SQL statement "SELECT 1 FROM ONLY '
"""How PostgreSQL asks whether a foreign key is there, which it does as the owner of the table."""

Need = tuple[int, str]
"""A privilege on a table by its number; of columns, by the number of each."""


@define
class Notes:
    """What was read of the server's log until now: by database, what was needed, and in the end by names."""

    place: int = 0
    needs: defaultdict[str, set[Need]] = field(factory=lambda: defaultdict(set))
    named: set[tuple[str, str]] = field(factory=set)

    def read_on(self, log: Path) -> None:
        """Read what was written since."""
        with log.open(encoding="utf-8", errors="replace") as file:
            file.seek(self.place)
            for database, tree in _trees(iter(file.readline, "")):
                self.needs[database].update(_needs(tree))
            self.place = file.tell()

    def name(self, url: str) -> None:
        """Give names to what was needed in a database, as long as it is there."""
        address = make_url(url)
        needs = self.needs.pop(str(address.database), set())
        with psycopg.connect(host=str(address.query["host"]), user="postgres", dbname=address.database) as connection:
            names = _names(connection)
        for number, privilege in needs:
            if (number, 0) in names:
                self.named.add((names[number, 0], _privilege(names, number, privilege)))


def _trees(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Each statement of the service's role as PostgreSQL understood it, with its database; without PostgreSQL's own."""
    database, tree = "", list[str]()
    kind = ""
    for line in chain(lines, ["::LOG:  end"]):
        found = _RECORD.match(line)
        if found is None:
            if kind == "DETAIL":
                tree.append(line)
            continue
        user, kind = found[1], found[3]
        if kind == "LOG":
            yield from [(database, " ".join(" ".join(tree).split()))] * bool(tree)
            tree = []
        elif kind == "DETAIL" and user == SERVICE:
            database, tree = found[2], [found[4]]
        elif kind == "CONTEXT" and found[4].startswith(_OWN_QUESTION):
            tree = []


def _needs(tree: str) -> Iterator[Need]:
    for relation, bits, columns in _TABLE.findall(tree):
        number, wanted = int(relation), int(bits)
        yield from ((number, privilege) for bit, privilege in _BITS.items() if wanted & bit)
        if wanted & _UPDATE_BIT:
            changed = [int(column) - _FIRST_COLUMN for column in columns.split()]
            yield from ((number, f"UPDATE {column}") for column in changed)
            yield from [(number, ANY)] * (not changed)


def _names(connection: psycopg.Connection) -> Mapping[tuple[int, int], str]:
    """The names of tables, and of their columns by number from 1; number 0 is the table's own."""
    found = connection.execute(
        """
        SELECT pg_class.oid::int, attnum::int, attname, relname
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace
        """
    ).fetchall()
    return {(row[0], row[1]): row[2] for row in found} | {(row[0], 0): row[3] for row in found}


def _privilege(names: Mapping[tuple[int, int], str], number: int, privilege: str) -> str:
    word, _, column = privilege.partition(" ")
    return f"{word} ({names[number, int(column)]})" if column.isdigit() else privilege


@contextmanager
def _noted(server: Server, notes: Notes) -> Iterator[None]:
    """Note what is done in each database of the server before it is dropped."""
    made = Server.new_database

    @contextmanager
    def new_database(self: Server, template: str = "template1") -> Iterator[str]:
        with made(self, template) as url:
            try:
                yield url
            finally:
                notes.read_on(self.folder / "log")
                notes.name(url)

    with pytest.MonkeyPatch.context() as patch, server.connection() as connection:
        patch.setattr(Server, "new_database", new_database)
        connection.execute(SQL("ALTER ROLE {} SET debug_print_rewritten = on").format(Identifier(SERVICE)))
        connection.execute(SQL("ALTER ROLE {} SET debug_pretty_print = off").format(Identifier(SERVICE)))
        yield


def pytest_configure() -> None:
    """Let the server's log say who asked, and of which database."""
    setattr(postgresql, "SETTINGS", (*postgresql.SETTINGS, "log_line_prefix=%u:%d:"))  # noqa: B010 - for mypy it is final


@pytest.fixture(scope="session", autouse=True)
def notes(postgresql_server: Server) -> Iterator[Notes]:
    """Note all of a run, and write it down in the end."""
    notes = Notes()
    with _noted(postgresql_server, notes):
        yield notes
    Path(os.environ[NOTES]).write_text(json.dumps(sorted(notes.named)), encoding="utf-8")


@pytest.fixture(autouse=True)
def over_postgresql(
    postgresql_server: Server, migrated_postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Build worlds over PostgreSQL, as the service's role, unless they are told over what."""
    with ExitStack() as stack:

        def new_storage() -> Storage:
            url = stack.enter_context(postgresql_server.new_database(migrated_postgresql))
            return stack.enter_context(storage_on(stack.enter_context(opened(url)), AsTheService))

        monkeypatch.setattr(world, "NEW_STORAGE", new_storage)
        yield
