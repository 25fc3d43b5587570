"""Bringing a database to the tables of this version and back, in one transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import Connection, Engine, text

from checkdata.adapters.sql.empty_generation import drop_generations, make_empty_generation

if TYPE_CHECKING:
    from alembic.config import Config

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


def revisions_of(engine: Engine) -> tuple[str | None, str | None]:
    """The revision of the tables, None where there are none, and that of this version."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - as below
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), newest


@contextmanager
def _exclusive(engine: Engine) -> Iterator[Connection]:
    """A transaction that only one process runs at a time."""
    with engine.connect().execution_options(sqlite_begin="BEGIN IMMEDIATE") as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK)
        yield connection


def _alembic(step: Literal["upgrade", "downgrade"], connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - a server or an export need not hold it in memory

    getattr(command, step)(_config(connection), revision)


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "checkdata.adapters.sql:migrations")
    config.set_main_option("path_separator", "os")
    return config
