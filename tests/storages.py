"""Migrated databases for tests, opened and emptied."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, inspect

from checkdata.adapters.sql.engine import open_engine
from checkdata.adapters.sql.migrating import migrate

KEPT: Final = {"alembic_version", "meta"}
"""Tables that a migration fills."""


@contextmanager
def migrated(url: str) -> Iterator[Engine]:
    """An engine on the database, with the tables of this version."""
    with opened(url) as engine:
        migrate(engine)
        yield engine


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine whose connections are closed afterwards."""
    engine = open_engine(url)
    yield engine
    engine.dispose()


@contextmanager
def copied(template: Path, path: Path) -> Iterator[Engine]:
    """An engine on a copy of an SQLite file that nobody has open."""
    with opened(f"sqlite:///{shutil.copy(template, path)}") as engine:
        yield engine


def empty(engine: Engine) -> None:
    """Take all rows out of a PostgreSQL database: to make another one, or to truncate its tables, takes longer."""
    found = inspect(engine)
    deleted = "; ".join(f"DELETE FROM {table}" for table in found.get_table_names() if table not in KEPT)  # noqa: S608
    begun_again = ", ".join(f"setval('{sequence}', 1, false)" for sequence in found.get_sequence_names())
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # else triggers keep the log
        connection.exec_driver_sql(f"{deleted}; SELECT {begun_again}")
