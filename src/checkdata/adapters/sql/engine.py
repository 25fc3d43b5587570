"""Engines: how SQLite and PostgreSQL are opened so that both behave as `Transaction` says."""

from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from checkdata.adapters.sql.errors import translate_errors
from checkdata.adapters.sql.silent_server import ServerSilence
from checkdata.adapters.sql.waits import (
    JOBS,
    KEEPALIVE,
    KEPT_CONNECTIONS,
    MORE_CONNECTIONS,
    UNACKNOWLEDGED_SECONDS,
    Waits,
    session_settings,
)
from checkdata.domain.errors import InvalidValue

_KEPT_KIB: Final = 8 * 1024
"""How much of the file a connection to SQLite caches."""

_KEPT_BYTES: Final = 12 * 1024 * 1024
"""How much all of them cache in a process; beyond that, each drops some of its own cache for what it reads next."""

_MAKING_KIB: Final = 64 * 1024
"""The same for a connection that makes a generation of listings."""

_MAPPED_BYTES: Final = 256 * 1024 * 1024
"""How much of the file of such a connection is memory: the records, a million of them, which listings pick from."""

_PAGE_OF_A_GENERATION: Final = 16 * 1024
"""In bytes, four times SQLite's own: rows of listings are wide, and are written and read in their order."""

_POOL: Final[dict[str, Any]] = {
    "pool_size": KEPT_CONNECTIONS,
    "max_overflow": MORE_CONNECTIONS,
    "pool_use_lifo": True,  # connections that rest longest cache least, and most of them are rarely needed
}

_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def open_engine(url: str, waits: Waits = JOBS) -> Engine:
    """Open ``sqlite:///FILE`` or ``postgresql://…``; connects when first asked, and waits as long as *waits* say.

    Raises `InvalidValue` for another kind of address. Its errors are translated into the domain's.
    """
    address = _address(url)
    engine = (_sqlite if address.get_backend_name() == "sqlite" else _postgresql)(address, waits)
    translate_errors(engine)
    return engine


def time_of(engine: Engine) -> datetime:
    """What the clock of the database shows: on SQLite that of this machine."""
    if engine.dialect.name != "postgresql":
        return datetime.now(UTC)
    with engine.connect() as connection:
        at: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        return at


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        driver = _DRIVERS[address.drivername]
    except (ArgumentError, KeyError):
        msg = "a database address starts with sqlite:/// or postgresql://"
        raise InvalidValue(msg) from None
    if driver.startswith("sqlite") and address.database in (None, "", ":memory:"):
        msg = "an SQLite address names a file, like sqlite:////var/lib/checkdata/checkdata.sqlite"
        raise InvalidValue(msg)
    return address.set(drivername=driver)


def _postgresql(address: URL, waits: Waits) -> Engine:
    # They load a driver of 9 MiB, which SQLite needs not.
    from checkdata.adapters.sql.idle_connections import replace_lost_connections  # noqa: PLC0415
    from checkdata.adapters.sql.time_limited_connection import limit_waits  # noqa: PLC0415

    engine = create_engine(address, **_common(waits), connect_args=_connect_arguments(address, waits))
    silence = ServerSilence()
    event.listen(engine, "begin", _begin)
    limit_waits(engine, waits, silence)
    replace_lost_connections(engine, silence)
    return engine


def _common(waits: Waits) -> dict[str, Any]:
    """Whether and how connections are kept; hides parameters, so that an error's text holds no personal data."""
    kept = {**_POOL, "pool_timeout": waits.pool} if waits.pool else {"poolclass": NullPool}
    return {**kept, "hide_parameters": True}


def _connect_arguments(address: URL, waits: Waits) -> dict[str, Any]:
    """How psycopg connects; what the address itself says of it comes first."""
    ours: dict[str, Any] = {
        "connect_timeout": waits.connect,
        "fallback_application_name": "checkdata",
        "tcp_user_timeout": UNACKNOWLEDGED_SECONDS * 1000,
        **{f"keepalives_{name}": value for name, value in KEEPALIVE.items()},
    }
    theirs = address.query.get("options", "")
    options = " ".join([session_settings(waits), *([theirs] if isinstance(theirs, str) else theirs)])
    kept = {name: value for name, value in ours.items() if name not in address.query}
    return {**kept, "options": options, "autocommit": True}


def _sqlite(address: URL, waits: Waits) -> Engine:
    engine = create_engine(
        address,
        **_common(waits),
        connect_args={
            "timeout": waits.write_lock,
            "check_same_thread": False,  # one thread at a time, not always the same
            "uri": True,  # so that generations are attached to be read only
        },
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def open_generation(path: Path) -> Engine:
    """Open the file of a generation of listings that is made, which no other connection opens."""
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "uri": True},
    )
    event.listen(engine, "connect", _prepare_generation)
    event.listen(engine, "begin", _begin)
    translate_errors(engine)
    return engine


def _prepare_generation(connection: SqliteConnection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    connection.isolation_level = None
    kept = (f"cache_size = -{_MAKING_KIB}", "locking_mode = EXCLUSIVE", "threads = 2", f"mmap_size = {_MAPPED_BYTES}")
    for pragma in (f"page_size = {_PAGE_OF_A_GENERATION}", "journal_mode = MEMORY", "synchronous = OFF", *kept):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    """Let readers continue during a write, check foreign keys, and leave BEGIN to us."""
    connection.isolation_level = None
    kept = (f"cache_size = -{_KEPT_KIB}", f"soft_heap_limit = {_KEPT_BYTES}")
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", *kept):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Begin as `Transaction` asks for; both drivers are told to leave it to us."""
    statement = connection.get_execution_options().get(f"{connection.dialect.name}_begin", "BEGIN")
    if statement is not None:
        connection.exec_driver_sql(statement)
