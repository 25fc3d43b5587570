"""Bringing a database to the tables of this version and back, in one transaction each.

A migration says in ``loses`` what its way back loses, "" for nothing. Where the code of earlier versions can serve on
its tables, it says in ``serves_from`` which revision the earliest of them has.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import Connection, Engine, delete, insert, text

from checkdata.adapters.sql.empty_generation import drop_generations, make_empty_generation
from checkdata.adapters.sql.schema import REVISION, SERVES_FROM, meta
from checkdata.domain.errors import InvalidValue, StorageBusy

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

BASE: Final = "base"
"""The revision before the first migration."""

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('checkdata migrate'))")
_GIVE_WAY: Final = text("SET LOCAL lock_timeout = '2s'")
"""Pages queue behind a migration that waits for a lock, and wait three seconds: so it gives way sooner."""

_TRIES: Final = 30
_PAUSE_SECONDS: Final = 2.0
"""How often, and after which pauses, a migration that gave way tries again."""


def migrate(engine: Engine) -> None:
    """Make the tables of this version, unless they are there. If several processes do it at once, only one makes them.

    Raises `InvalidValue` where the tables are of a later version, and `StorageUnavailable`.
    """
    there, _ = revisions_of(engine)
    if there is not None and there > REVISION:
        raise InvalidValue(f"The tables are of revision {there}, and this version knows up to {REVISION}.")
    for remaining in reversed(range(_TRIES)):
        try:
            with _exclusive(engine) as connection:
                _alembic("upgrade", connection, "head")
                _note_who_can_serve(connection, REVISION)
                make_empty_generation(connection)
        except StorageBusy:
            if not remaining:
                raise
            sleep(_PAUSE_SECONDS)
        else:
            return


def migrate_down(engine: Engine, revision: str) -> None:
    """Undo the migrations after *revision*, data included; ``base`` undoes all."""
    with _exclusive(engine) as connection:
        _alembic("downgrade", connection, revision)
        if revision == BASE:
            drop_generations(connection)
        else:
            _note_who_can_serve(connection, revision)


def way_back(engine: Engine, revision: str) -> Mapping[str, str]:
    """The migrations that a way back to *revision* undoes, the last first, and what each loses.

    Raises `InvalidValue` where there is no such revision, or the tables are of an earlier one or of a later version.
    """
    there, known = revisions_of(engine)[0] or BASE, [BASE, *_migrations()]
    if there not in known:
        raise InvalidValue(
            f"The tables are of revision {there}, and this version knows up to {REVISION}. "
            "Only the later version knows the way back."
        )
    if revision not in known:
        raise InvalidValue(f"There is no revision {revision}: this version has {known[1]} to {known[-1]}, and {BASE}.")
    if known.index(revision) > known.index(there):
        raise InvalidValue(
            f"The tables are of revision {there}, before {revision}. Run checkdata migrate without --to."
        )
    undone = [name for name in reversed(known) if known.index(revision) < known.index(name) <= known.index(there)]
    return {name: _migrations()[name].loses for name in undone}


def revisions_of(engine: Engine) -> tuple[str | None, str | None]:
    """The revision of the tables, None where there are none, and that of this version."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - as below

    newest = _scripts().get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), newest


@contextmanager
def _exclusive(engine: Engine) -> Iterator[Connection]:
    """A transaction that only one process runs at a time."""
    with engine.connect().execution_options(sqlite_begin="BEGIN IMMEDIATE") as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK)
            connection.execute(_GIVE_WAY)
        yield connection


def _note_who_can_serve(connection: Connection, revision: str) -> None:
    """Note the earliest revision whose code can serve on the tables of *revision*."""
    reached = [name for name in _migrations() if name <= revision]
    earliest = max(getattr(_migrations()[name], "serves_from", name) for name in reached)
    connection.execute(delete(meta).where(meta.c.name == SERVES_FROM))
    connection.execute(insert(meta), {"name": SERVES_FROM, "value": earliest})


def _migrations() -> Mapping[str, Any]:
    """The module of each migration by its revision, the first first."""
    found: Sequence[Any] = list(_scripts().walk_revisions())
    return {script.revision: script.module for script in reversed(found)}


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as below

    return ScriptDirectory.from_config(_config())


def _alembic(step: Literal["upgrade", "downgrade"], connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - a server or an export need not hold it in memory

    getattr(command, step)(_config(connection), revision)


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "checkdata.adapters.sql:migrations")
    config.set_main_option("path_separator", "os")
    return config
