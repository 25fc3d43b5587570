"""Replaces connections to PostgreSQL that were lost while they rested in the pool, before they are used.

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

from checkdata.adapters.sql.error_causes import LOST, SILENT
from checkdata.adapters.sql.errors import storage_error
from checkdata.adapters.sql.silent_server import ServerSilence
from checkdata.adapters.sql.time_limited_connection import NoAnswer

LONG_REST_SECONDS: Final = 30.0
"""After how long a connection may have been lost without a word from the other side."""

_RESTED_SINCE: Final = "rested since"


def replace_lost_connections(engine: Engine, silence: ServerSilence) -> None:
    """Ask the server before a connection of *engine* that rested long, or got data meanwhile, is used again.

    While the server is silent, one connection at a time asks it too; the others raise `StorageUnavailable`.
    """

    def check(connection: Connection, entry: ConnectionPoolEntry, _taken: PoolProxiedConnection) -> None:
        silence.check()
        rested = monotonic() - entry.info.get(_RESTED_SINCE, monotonic())
        if silence.lasts or rested >= LONG_REST_SECONDS or _something_came_in(connection):
            _ask(connection, silence, new=_RESTED_SINCE not in entry.info)

    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", check)


def _note_rest(_connection: Connection | None, entry: ConnectionPoolEntry) -> None:
    entry.info[_RESTED_SINCE] = monotonic()


def _ask(connection: Connection, silence: ServerSilence, *, new: bool) -> None:
    try:
        connection.execute("SELECT 1")
    except NoAnswer as error:
        raise storage_error(SILENT) from error
    except PsycopgError as error:
        silence.end()  # the system said that the server is not there
        if new:  # the pool would try only once more, and say that the caller has made a mistake
            raise storage_error(LOST) from error
        raise DisconnectionError from error  # the pool tries another one, or connects again
    silence.end()


def _something_came_in(connection: Connection) -> bool:
    """Whether there is something to read: on an idle connection that is its end."""
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    return bool(waiting.poll(0))
