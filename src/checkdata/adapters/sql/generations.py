"""Generations of listings: where each is kept, and how a connection comes to read the one that is shown.

On PostgreSQL a generation is a schema beside that of the service, found by the search path; on SQLite it is a file
beside that of the database, attached to each connection. The last row of ``imports`` says which one is shown. On
PostgreSQL, one that was replaced stays for `KEPT_SECONDS` at least, so that a reader that began with it can go on; on
SQLite a reader goes on with the file that it has open.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any, Final

from sqlalchemy import Boolean, Connection, Engine, MetaData, Text, bindparam, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from checkdata.adapters.sql.error_causes import NO_GENERATION
from checkdata.adapters.sql.errors import storage_error
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.generation_schema import generation
from checkdata.adapters.sql.prepared_statement import prepared

KEPT_SECONDS: Final = 600
"""For how long a generation stays that was replaced: longer than any page or download reads."""

_LOOK_AGAIN_SECONDS: Final = 30
"""How old the knowledge may be of which generation is shown, where a question finds out by itself if it was wrong."""

SHOWN: Final = select(imports.c.generation).order_by(imports.c.number.desc()).limit(1)
"""The number of the generation that is shown; no row before the first import, when it is 0."""

_PATH: Final = select(func.current_schema(), func.current_setting("search_path"))
_LET_SEE: Final = select(
    func.set_config("search_path", bindparam("path", type_=Text), bindparam("here_only", type_=Boolean))
)
_ATTACHED_AS: Final = "generation"
_MISSING: Final = "generation is missing"
_TRIES: Final = 20


def schema_of(schema: str, number: int) -> str:
    """The name of a generation's schema on PostgreSQL, beside the service's own *schema*."""
    return f"{schema}_generation_{number}"


def file_of(engine: Engine, number: int) -> Path:
    """The file of a generation on SQLite."""
    return Path(f"{engine.url.database}-generation-{number}")


def number_in(rows: Sequence[Sequence[Any]]) -> int:
    """The number in the answer to ``SHOWN``."""
    return int(rows[0][0]) if rows else 0


class Generations:
    """The generations of one database, and which of them its connections see."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._on_postgresql = engine.dialect.name == "postgresql"
        self._known = 0
        self._looked_at = -float(_LOOK_AGAIN_SECONDS)

    def look(self, connection: Connection) -> None:
        """Let a connection that is in no transaction see the generation that is shown, as far as this process knows."""
        if not self._on_postgresql:
            self._attach_shown(connection)
            return
        if monotonic() - self._looked_at >= _LOOK_AGAIN_SECONDS:
            self._note(number_in(prepared(SHOWN, connection.dialect).rows(connection, {})))
        known = self._known  # once, because other threads find out what is shown as well
        if connection.info.get("generation") != known:
            _see(connection, known, here_only=False)
            connection.info["generation"] = known

    def look_in_transaction(self, connection: Connection, seen: int) -> int:
        """Let a transaction on PostgreSQL, which sees *seen*, see what is shown by what it reads itself; which one."""
        number = number_in(prepared(SHOWN, connection.dialect).rows(connection, {}))
        self._note(number)
        if number != seen:
            _see(connection, number, here_only=True)
        return number

    def check(self, connection: Connection) -> None:
        """Raise `StorageUnavailable` where the file of what is shown is missing on SQLite."""
        if _MISSING in connection.info:
            raise storage_error(NO_GENERATION)

    def is_shown(self, connection: Connection) -> bool:
        """Whether what is attached to a connection to SQLite is what its transaction reads as shown."""
        seen: int = connection.info["generation"]
        return number_in(prepared(SHOWN, connection.dialect).rows(connection, {})) == seen

    def _note(self, number: int) -> None:
        self._known, self._looked_at = number, monotonic()

    def _attach_shown(self, connection: Connection) -> None:
        """Attach the file of the generation that is shown; where it went meanwhile, that of the next one."""
        for remaining in reversed(range(_TRIES)):
            number = number_in(prepared(SHOWN, connection.dialect).rows(connection, {}))
            if connection.info.get("generation") == number and _MISSING not in connection.info:
                return
            try:
                self._attach(connection, number)
            except self._engine.dialect.loaded_dbapi.OperationalError:
                if remaining:
                    continue
                if file_of(self._engine, number).exists():
                    raise
                connection.info[_MISSING] = True
            connection.info["generation"] = number
            return

    def _attach(self, connection: Connection, number: int) -> None:
        cursor = connection.connection.cursor()
        if connection.info.pop("generation", None) is not None and not connection.info.pop(_MISSING, False):
            cursor.execute(f"DETACH {_ATTACHED_AS}")
        attach_generation(cursor, self._engine, number, _ATTACHED_AS)
        cursor.close()


@cache
def _made_empty() -> Sequence[str]:
    """The statements that make the tables of an empty generation."""
    tables = (table.to_metadata(MetaData(), schema=_ATTACHED_AS) for table in generation.sorted_tables)
    return [str(CreateTable(table).compile(dialect=sqlite.dialect())) for table in tables]


def attach_generation(cursor: Any, engine: Engine, number: int, name: str) -> None:  # noqa: ANN401 - the driver's
    """Attach a generation to a connection to SQLite under a name; an empty one before the first import."""
    if number == 0:
        cursor.execute(f"ATTACH ':memory:' AS {name}")
        for statement in _made_empty():
            cursor.execute(statement.replace(f"{_ATTACHED_AS}.", f"{name}."))
    else:
        cursor.execute(f"ATTACH ? AS {name}", (f"{file_of(engine, number).absolute().as_uri()}?mode=ro&immutable=1",))


def _see(connection: Connection, number: int, *, here_only: bool) -> None:
    """Add a generation's schema to the search path, behind the service's own; *here_only* until a transaction's end."""
    if "path" not in connection.info:
        ((connection.info["schema"], connection.info["path"]),) = prepared(_PATH, connection.dialect).rows(
            connection, {}
        )
    path = f'{connection.info["path"]}, "{schema_of(connection.info["schema"], number)}"'
    prepared(_LET_SEE, connection.dialect).rows(connection, {"path": path, "here_only": here_only})
