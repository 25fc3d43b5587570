"""Why a database did not do what it was asked, in one table: SQLSTATEs of PostgreSQL and result codes of SQLite alike.

A row is found by the whole code, else by its class: the first two characters of an SQLSTATE, ``SQLITE_BUSY`` of
``SQLITE_BUSY_SNAPSHOT``. An error that no row names is our own mistake. Sources: PostgreSQL, *Appendix A. Error Codes*;
SQLite,
*Result and Error Codes*. The text after a slash tells causes apart that share a code.
"""

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from checkdata.domain.errors import NotMigrated, StorageBusy, StorageConflict, StorageError, StorageReadOnly
from checkdata.domain.errors import StorageUnavailable as Unavailable


@frozen
class Cause:
    """What happened, for operators: the domain's error, what it means, and what to do about it."""

    error: type[StorageError]
    what: str
    what_to_do: str

    @property
    def sentence(self) -> str:
        """Both together."""
        return f"{self.what} {self.what_to_do}"


HOST: Final = "08001/host"
REFUSED: Final = "08001/refused"
CONNECT_TIMEOUT: Final = "08001/timeout"
TLS: Final = "08001/tls"
NO_WAY: Final = "08001"
SILENT: Final = "08006/silent"
LOST: Final = "08006/lost"
POOL: Final = "53300/pool"
OTHER_VERSION: Final = "/version"
NO_SUCH_TABLE: Final = "SQLITE_ERROR/table"

_LOOK_AT_ROOM: Final = "Make room on its disk."
_LOOK_AT_WHO: Final = (
    "Find out who holds the lock (pg_locks, pg_stat_activity); an import or a migration may be running."
)
_RESTORE: Final = "Stop the service, keep a copy of the files, and restore the last backup."

_ROWS: Final[Mapping[tuple[str, ...], Cause]] = {
    (HOST,): Cause(Unavailable, "The host in the database's address is not known.", "Correct it, or look at DNS."),
    (REFUSED,): Cause(
        Unavailable, "Nothing listens at the database's address.", "Start the database, or correct host and port."
    ),
    (CONNECT_TIMEOUT,): Cause(
        Unavailable,
        "The database took no connection in time.",
        "Look at the network, and whether it is stopped.",
    ),
    (TLS,): Cause(
        Unavailable,
        "TLS with the database failed.",
        "Look at sslmode and sslrootcert in its address, and at its certificate.",
    ),
    (SILENT,): Cause(
        Unavailable,
        "The database keeps the connection open but does not answer.",
        "Look whether it is stopped or overloaded.",
    ),
    (LOST,): Cause(
        Unavailable,
        "The connection to the database was lost.",
        "The service reconnects. If it happens again, look at the database's log.",
    ),
    ("08",): Cause(
        Unavailable, "There is no connection to the database.", "Look at its address, its log and the network."
    ),
    ("28P01",): Cause(Unavailable, "The database refused the password.", "Correct the password in its address."),
    ("28",): Cause(
        Unavailable,
        "The database does not let this role in.",
        "Correct the role in its address, make the role, or add it to pg_hba.conf.",
    ),
    ("3D",): Cause(
        Unavailable,
        "The server has no database of that name.",
        "Correct the address, or make the database.",
    ),
    (POOL,): Cause(
        StorageBusy,
        "All connections of this process are in use.",
        "If it goes on, look for slow statements, or add workers.",
    ),
    ("53300",): Cause(
        Unavailable,
        "The server has no connection left.",
        "Raise max_connections, or run fewer workers (docs/waits.md has the sum).",
    ),
    ("53100", "SQLITE_FULL"): Cause(Unavailable, "The database's disk is full.", _LOOK_AT_ROOM),
    ("53200", "SQLITE_NOMEM"): Cause(
        Unavailable, "The database is out of memory.", "Lower its work_mem or max_connections, or give it more."
    ),
    ("53",): Cause(Unavailable, "The database has run out of a resource.", "Look at its log."),
    ("57014", "SQLITE_INTERRUPT"): Cause(
        StorageBusy,
        "A statement took longer than it may, or was cancelled.",
        "If it goes on, look at the load of the database.",
    ),
    ("57P01",): Cause(
        Unavailable, "The database ended the connection.", "It is stopping, or an operator ended the connection."
    ),
    ("57P02",): Cause(Unavailable, "The database ended after a crash.", "It starts again by itself; look at its log."),
    ("57P03",): Cause(Unavailable, "The database is starting or stopping.", "Wait until it has started."),
    ("25P03", "25P04", "57P05"): Cause(
        Unavailable,
        "The database ended a transaction that had been left idle.",
        "If it goes on, the machine of the service is overloaded.",
    ),
    ("57",): Cause(Unavailable, "A database operator intervened.", "Look at its log."),
    ("58", "SQLITE_IOERR"): Cause(Unavailable, "The database can't read or write its files.", "Look at its disk."),
    ("55P03", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"): Cause(
        StorageBusy, "Another connection holds the lock for longer than a request may wait.", _LOOK_AT_WHO
    ),
    ("25006", "SQLITE_READONLY"): Cause(
        StorageReadOnly,
        "The database only reads.",
        "It may be a standby after a failover, or set to default_transaction_read_only; an SQLite file and its folder "
        "must be writable. Point the address to the one that writes.",
    ),
    ("42501", "SQLITE_PERM", "SQLITE_AUTH"): Cause(
        Unavailable,
        "The role in the database may not do this.",
        "Set CHECKDATA_OWNER_DATABASE_URL to the owner of the tables, and run checkdata migrate.",
    ),
    (OTHER_VERSION, NO_SUCH_TABLE, "42P01", "42703", "3F000"): Cause(
        NotMigrated, "The database does not have the tables of this version.", "Run checkdata migrate."
    ),
    ("40", "23", "SQLITE_CONSTRAINT"): Cause(
        StorageConflict, "Two changes of the same thing met; this one was undone.", "Try again."
    ),
    ("SQLITE_CANTOPEN",): Cause(
        Unavailable, "The file of the database can't be opened.", "Look at its path, and at who may write there."
    ),
    ("SQLITE_NOTADB",): Cause(
        Unavailable, "The file is not a database, or it is encrypted.", "Correct the path in the address."
    ),
    ("SQLITE_CORRUPT", "XX001", "XX002"): Cause(Unavailable, "The database's files are damaged.", _RESTORE),
}

_BY_CODE: Final = {code: cause for codes, cause in _ROWS.items() for code in codes}

UNKNOWN: Final = Cause(Unavailable, "The database does not answer, and does not say why.", "Look at its log.")
"""An error of the kind that only the database's state explains, of which it told no code."""


def cause_of(code: str) -> Cause | None:
    """What *code* means; None if it is not about the database's state."""
    whole = "_".join(code.split("_")[:2]) if code.startswith("SQLITE_") else code[:2]
    return _BY_CODE.get(code) or _BY_CODE.get(whole)


CODES: Final = frozenset(_BY_CODE)
"""Every code and class that has a row, for the test that meets each of them."""
