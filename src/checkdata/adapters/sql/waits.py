"""How long a process waits for its database at each point: every number in one place (docs/waits.md lists them all).

Pages wait some seconds, because a user waits for them; an operator's jobs may take long, but end too.
"""

from typing import Final

from attrs import frozen


@frozen(kw_only=True)
class Waits:
    """All in seconds. *answer* is how long a server may be silent after it should have ended a statement."""

    connect: int
    """For a connection; psycopg takes two at least, and the look-up of a host's name is the system's own."""
    pool: float
    """For one of this process's connections; 0 if each is made when needed and none is kept."""
    lock: float
    """For a lock of a row or a table, on PostgreSQL."""
    statement: float
    """For a statement on PostgreSQL, which ends it."""
    copy: float
    """For a COPY, of a download or an export."""
    idle: float
    """For the next statement of a transaction; then PostgreSQL ends it and gives its locks back."""
    write_lock: float
    """For the one write lock of SQLite: a page whose view goes on record waits for an import that writes."""

    @property
    def answer(self) -> float:
        """For any answer of the server, because a stopped server ends no statement."""
        return self.statement + 2

    @property
    def answer_of_copy(self) -> float:
        """The same for any part of a COPY: its first row may come only when all are sorted."""
        return self.copy + 2


PAGES: Final = Waits(connect=3, pool=3, lock=3, statement=8, copy=60, idle=60, write_lock=10)
"""For processes that serve pages."""

JOBS: Final = Waits(connect=10, pool=30, lock=60, statement=3600, copy=3600, idle=900, write_lock=60)
"""For commands: imports, exports, migrations."""

PROBES: Final = Waits(connect=2, pool=0, lock=0.5, statement=1, copy=1, idle=5, write_lock=0.5)
"""For checks whether the database serves."""

KEPT_CONNECTIONS: Final = 5
MORE_CONNECTIONS: Final = 13
"""The most connections of a process, so that four workers, a sender and an import fit into PostgreSQL's usual
hundred."""

GONE_CLIENT_SECONDS: Final = 1
"""How often PostgreSQL looks, in the middle of a statement, whether its client is still there."""

KEEPALIVE: Final = {"idle": 30, "interval": 10, "count": 3}
"""After how long each side asks the other's system, how often and how many times, before it counts as lost."""

UNACKNOWLEDGED_SECONDS: Final = 60
"""How long sent bytes may wait for the other's system; then the connection is lost."""

SILENCE_RETRY_SECONDS: Final = 2.0
"""How often a silent server is asked again, and how long a request waits for it meanwhile."""


def session_settings(waits: Waits) -> str:
    """The settings for PostgreSQL when a connection begins, as ``options`` of its address.

    Moments come in UTC by that name, because psycopg takes another name of it, as Debian's Etc/UTC, for a time zone
    whose rules it asks for each moment.
    """
    settings = {
        "TimeZone": "UTC",
        "statement_timeout": _ms(waits.statement),
        "lock_timeout": _ms(waits.lock),
        "idle_in_transaction_session_timeout": _ms(waits.idle),
        "client_connection_check_interval": _ms(GONE_CLIENT_SECONDS),
        "tcp_user_timeout": _ms(UNACKNOWLEDGED_SECONDS),
        **{f"tcp_keepalives_{name}": value for name, value in KEEPALIVE.items()},
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _ms(seconds: float) -> int:
    return round(1000 * seconds)
