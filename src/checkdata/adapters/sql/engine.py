"""Engines: how SQLite and PostgreSQL are opened so that both behave as `Transaction` says."""

from sqlite3 import Connection as SqliteConnection
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from checkdata.adapters.sql.errors import translate_errors
from checkdata.domain.errors import InvalidValue

BUSY_SECONDS: Final = 60
"""How long a writer waits for another one on SQLite: a page whose view goes on record waits for a large import."""

_KEPT_KIB: Final = 8 * 1024
"""How much of the file a connection to SQLite keeps."""

_KEPT_BYTES: Final = 12 * 1024 * 1024
"""How much all of them keep in a process; past it, each makes room of its own for what it reads next."""

_POOL: Final[dict[str, Any]] = {
    "pool_size": 10,  # and up to as many connections as Starlette has threads
    "max_overflow": 30,
    "pool_use_lifo": True,  # those that rest longest hold least, and most of them are rarely needed
    "hide_parameters": True,  # an error's text holds no personal data
}

_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def open_engine(url: str) -> Engine:
    """Open ``sqlite:///FILE`` or ``postgresql://…``; connects when first asked.

    Raises `InvalidValue` for another kind of address. Errors of the database are the domain's from here on.
    """
    address = _address(url)
    engine = _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)
    translate_errors(engine)
    return engine


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


def _postgresql(address: URL) -> Engine:
    from checkdata.adapters.sql.resting import (  # noqa: PLC0415 - loads a driver of 9 MiB, which SQLite needs not
        look_after_those_that_rest,
    )

    engine = create_engine(address, **_POOL, connect_args={"autocommit": True})
    event.listen(engine, "begin", _begin)
    look_after_those_that_rest(engine)
    return engine


def _sqlite(address: URL) -> Engine:
    engine = create_engine(
        address,
        **_POOL,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},  # one thread at a time, not always the same
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    """Let readers go on while somebody writes, hold foreign keys, and leave BEGIN to us."""
    connection.isolation_level = None
    kept = (f"cache_size = -{_KEPT_KIB}", f"soft_heap_limit = {_KEPT_BYTES}")
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", *kept):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Begin as `Transaction` asks for; both drivers are told to leave it to us."""
    statement = connection.get_execution_options().get(f"{connection.dialect.name}_begin", "BEGIN")
    if statement is not None:
        connection.exec_driver_sql(statement)
