"""Bringing a database to the tables of this version and back, in one transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from sqlalchemy import Connection, Engine, text

from checkdata.adapters.sql.empty_generation import drop_generations, make_empty_generation

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('checkdata migrate'))")


def migrate(engine: Engine) -> None:
    """Make the tables of this version, unless they are there. If several processes do it at once, only one makes them.

    Raises `StorageUnavailable`.
    """
    with _exclusive(engine) as connection:
        _alembic("upgrade", connection, "head")
        make_empty_generation(connection)


def migrate_down(engine: Engine, revision: str) -> None:
    """Undo the migrations after *revision*, data included; ``base`` undoes all."""
    with _exclusive(engine) as connection:
        _alembic("downgrade", connection, revision)
        if revision == "base":
            drop_generations(connection)


@contextmanager
def _exclusive(engine: Engine) -> Iterator[Connection]:
    """A transaction that only one process runs at a time."""
    with engine.connect().execution_options(sqlite_begin="BEGIN IMMEDIATE") as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK)
        yield connection


def _alembic(step: Literal["upgrade", "downgrade"], connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - a server or an export need not hold it in memory
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "checkdata.adapters.sql:migrations")
    config.set_main_option("path_separator", "os")
    getattr(command, step)(config, revision)
