"""A connection to PostgreSQL whose waits end even if the server is stopped or the network is dead.

The server's own limits need a server that acts. TCP does not notice a stopped one either, because its system answers.
psycopg waits in C and is told until when: a clock of our own around each answer cost a page a tenth of its questions.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from psycopg import Connection, OperationalError
from psycopg.errors import (
    ConnectionTimeout,
    _WaitTimeout,  # psycopg raises it to those who say how long to wait, and to no others
)
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from checkdata.adapters.sql.error_causes import SILENT
from checkdata.adapters.sql.silent_server import ServerSilence
from checkdata.adapters.sql.waits import SILENCE_RETRY_SECONDS, Waits

_LOOKS_EACH_SECONDS: Final = 0.2


class NoAnswer(OperationalError):
    """The server said nothing for too long; the connection is closed."""

    sqlstate = SILENT


class TimeLimitedConnection(Connection[Any]):
    """Waits for an answer as long as *waits* say, or shorter where the server was found silent before."""

    waits: Waits
    silence: ServerSilence
    patience: float
    """How many seconds an answer may take."""

    def wait(self, gen: Any, interval: float = _LOOKS_EACH_SECONDS, timeout: float | None = None) -> Any:  # noqa: ANN401 - psycopg's own generator
        """Wait as psycopg does, but raise `NoAnswer` in time."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, SILENCE_RETRY_SECONDS if self.silence.lasts else self.patience)
        except _WaitTimeout:
            self.silence.begin()
            self.pgconn.finish()
            raise NoAnswer("the server does not answer") from None

    @contextmanager
    def copying(self) -> Iterator[None]:
        """Wait for each part of a COPY as long as PostgreSQL lets the whole of it take."""
        self.patience = self.waits.answer_of_copy
        try:
            yield
        finally:
            self.patience = self.waits.answer


def limit_waits(engine: Engine, waits: Waits, silence: ServerSilence) -> None:
    """Make *engine* open such connections; while the server is silent, one at a time."""

    def connect(_dialect: Any, _record: Any, given: Any, named: Any) -> DBAPIConnection:  # noqa: ANN401 - SQLAlchemy's own
        silence.check()
        try:
            made = TimeLimitedConnection.connect(*given, **named)
        except ConnectionTimeout:
            silence.begin()
            raise
        made.waits, made.silence, made.patience = waits, silence, waits.answer
        silence.end()
        return made  # type: ignore[return-value] # psycopg's own type says the same in other words

    event.listen(engine, "do_connect", connect)
