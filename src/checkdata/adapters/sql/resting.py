"""Connections to PostgreSQL that rested in the pool: one that was lost meanwhile is replaced before anybody needs it.

Asking the server each time a connection is taken would cost a page as much as one of its questions.
"""

from select import POLLIN, poll
from time import monotonic
from typing import Final

from psycopg import Connection
from psycopg import Error as PsycopgError
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

LONG_REST_SECONDS: Final = 30.0
"""After how long a connection may have been lost without a word from the other side."""

_RESTED_SINCE: Final = "rested since"


def look_after_those_that_rest(engine: Engine) -> None:
    """Ask the server, before a connection of *engine* is used again, where it rested long or something came in."""
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _check_after_rest)


def _note_rest(_connection: Connection | None, entry: ConnectionPoolEntry) -> None:
    entry.info[_RESTED_SINCE] = monotonic()


def _check_after_rest(connection: Connection, entry: ConnectionPoolEntry, _taken: PoolProxiedConnection) -> None:
    rested = monotonic() - entry.info.get(_RESTED_SINCE, monotonic())
    if rested < LONG_REST_SECONDS and not _something_came_in(connection):
        return
    try:
        connection.execute("SELECT 1")
    except PsycopgError as error:
        raise DisconnectionError from error  # the pool tries another one, or connects anew


def _something_came_in(connection: Connection) -> bool:
    """Whether there is something to read: of a connection that nobody asked anything, its end."""
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    return bool(waiting.poll(0))
