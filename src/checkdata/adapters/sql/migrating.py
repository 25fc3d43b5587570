"""Bringing a database to the tables of this version and back, in one transaction each."""

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('checkdata migrate'))")


def migrate(engine: Engine) -> None:
    """Make the tables of this version; nothing where they are there. Of several at once, one does it.

    Raises `StorageUnavailable`.
    """
    with engine.begin() as connection:
        _take_turn(connection)
        command.upgrade(_config(connection), "head")


def migrate_down(engine: Engine, revision: str) -> None:
    """Undo the migrations after *revision*, data included; ``base`` undoes all."""
    with engine.begin() as connection:
        _take_turn(connection)
        command.downgrade(_config(connection), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has the tables of this version."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_heads() == (_newest(),)


def _newest() -> str | None:
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def _config(connection: Connection | None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "checkdata.adapters.sql:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _take_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
