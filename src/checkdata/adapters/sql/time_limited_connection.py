"""A connection to PostgreSQL whose waits end even if the server is stopped or the network is dead.

The server's own limits need a server that acts. TCP does not notice a stopped one either, because its system answers.
"""

from collections.abc import Generator
from time import monotonic
from typing import Any, Final, TypeVar

from psycopg import Connection, OperationalError
from psycopg.errors import ConnectionTimeout
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from checkdata.adapters.sql.error_causes import SILENT
from checkdata.adapters.sql.silent_server import ServerSilence
from checkdata.adapters.sql.waits import SILENCE_RETRY_SECONDS, Waits

T = TypeVar("T")
_LOOKS_EACH_SECONDS: Final = 0.2


class NoAnswer(OperationalError):
    """The server said nothing for too long; the connection is closed."""

    sqlstate = SILENT


class TimeLimitedConnection(Connection[Any]):
    """Waits for an answer as long as *waits* say, or shorter once the server was found silent."""

    waits: Waits
    silence: ServerSilence

    def wait(self, gen: Any, interval: float = _LOOKS_EACH_SECONDS, timeout: float | None = None) -> Any:  # noqa: ANN401 - psycopg's own generator
        """Wait as psycopg does, but raise `NoAnswer` in time."""
        return super().wait(self._in_time(gen), interval, timeout)

    def _in_time(self, waiting: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
        """The same, with a check at each step, because an answer that trickles in has to end in time too."""
        begun = monotonic()
        try:
            wanted = next(waiting)
            while True:
                ready = yield wanted
                if monotonic() - begun > (self.waits.answer if ready else self._patience):
                    self._give_up()
                wanted = waiting.send(ready)
        except StopIteration as end:
            done: T = end.value
            return done

    @property
    def _patience(self) -> float:
        return SILENCE_RETRY_SECONDS if self.silence.lasts else self.waits.answer

    def _give_up(self) -> None:
        self.silence.begin()
        self.pgconn.finish()
        raise NoAnswer("the server does not answer")


def limit_waits(engine: Engine, waits: Waits, silence: ServerSilence) -> None:
    """Make *engine* open such connections; while the server is silent, one at a time."""

    def connect(_dialect: Any, _record: Any, given: Any, named: Any) -> DBAPIConnection:  # noqa: ANN401 - SQLAlchemy's own
        silence.check()
        try:
            made = TimeLimitedConnection.connect(*given, **named)
        except ConnectionTimeout:
            silence.begin()
            raise
        made.waits, made.silence = waits, silence
        silence.end()
        return made  # type: ignore[return-value] # psycopg's own type says the same in other words

    event.listen(engine, "do_connect", connect)
