"""The tables of `own_storage.py` in SQLite: columns to look for, and documents of `checkdata.json`."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import Final, Self

from checkdata import AccessFacts, Agreement, Grant, User
from checkdata.json import facts_from_json, facts_to_json
from checkdata.ports import StorageConflict

TABLES: Final = """
PRAGMA journal_mode = WAL; -- so that readers and writers do not wait for each other
CREATE TABLE IF NOT EXISTS organisations (role, id, name, PRIMARY KEY (role, id));
CREATE TABLE IF NOT EXISTS agreements (id PRIMARY KEY, partner, facts);
CREATE TABLE IF NOT EXISTS users (id PRIMARY KEY, email UNIQUE, facts);
CREATE TABLE IF NOT EXISTS grants (id PRIMARY KEY, holder REFERENCES users, role, organisation, day, open, facts);
CREATE UNIQUE INDEX IF NOT EXISTS one_open_grant ON grants (holder, role, organisation) WHERE open;
CREATE VIEW IF NOT EXISTS named_grants AS -- with what their organisations are called now
SELECT grants.id, holder, day,
       iif(name IS NULL, facts, json_set(facts, '$.grants[0].organisation.name', name)) AS facts
FROM grants LEFT JOIN organisations ON (organisations.role, organisations.id) = (grants.role, grants.organisation);
"""


def make_tables(path: str) -> None:
    """Make the tables in a new file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(TABLES)


class Transaction:
    """A transaction on a connection of its own, which this statement begins."""

    def __init__(self, path: str, begin: str) -> None:
        self._path, self._begin = path, begin

    def __enter__(self) -> Self:
        self._connection = sqlite3.connect(self._path, isolation_level=None, timeout=60)
        self._connection.executescript(f"PRAGMA foreign_keys = ON; {self._begin}")
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()  # undoes what was not committed

    def commit(self) -> None:
        """Make what was written lasting."""
        self._connection.commit()

    def rows(self, statement: str, *values: str) -> list[tuple[str, ...]]:
        """What a query finds."""
        return self._connection.execute(statement, values).fetchall()

    def read(self, found: str, value: str) -> AccessFacts:
        """What the documents of these rows say."""
        each = [facts_from_json(json.loads(text)) for (text,) in self.rows(f"SELECT facts FROM {found}", value)]
        return AccessFacts(
            user=next((facts.user for facts in each), None),
            grants=[grant for facts in each for grant in facts.grants],
            agreements=[agreement for facts in each for agreement in facts.agreements],
        )

    def write(self, statement: str, *cells: str | bool) -> None:
        """Change one row."""
        try:
            changed = self._connection.execute(statement, cells).rowcount
        except sqlite3.IntegrityError:
            raise StorageConflict("It is taken, or its user is not there.") from None
        except sqlite3.OperationalError as error:
            raise RuntimeError("A unit of work that reads can't write.") from error
        if changed != 1:
            raise StorageConflict("There is none to be replaced.")


def document(user: User | None = None, grants: Iterable[Grant] = (), agreements: Iterable[Agreement] = ()) -> str:
    """One thing as JSON."""
    return json.dumps(facts_to_json(AccessFacts(user=user, grants=grants, agreements=agreements)))
