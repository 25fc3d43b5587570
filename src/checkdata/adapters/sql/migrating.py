"""Bringing a database to the tables of this version and back, in one transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('checkdata migrate'))")


def migrate(engine: Engine) -> None:
    """Make the tables of this version; nothing where they are there. Of several at once, one does it.

    Raises `StorageUnavailable`.
    """
    with _alone(engine) as connection:
        command.upgrade(_config(connection), "head")


def migrate_down(engine: Engine, revision: str) -> None:
    """Undo the migrations after *revision*, data included; ``base`` undoes all."""
    with _alone(engine) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction of which there is one at a time."""
    with engine.connect().execution_options(sqlite_begin="BEGIN IMMEDIATE") as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK)
        yield connection


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "checkdata.adapters.sql:migrations")
    config.set_main_option("path_separator", "os")
    return config
