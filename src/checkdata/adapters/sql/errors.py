"""Translates a database's errors into the domain's, once, at the edge of the engine."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Engine, ExceptionContext, event

from checkdata.adapters.sql.error_causes import (
    CONNECT_TIMEOUT,
    HOST,
    LOST,
    NO_SUCH_TABLE,
    NO_WAY,
    REFUSED,
    TLS,
    UNKNOWN,
    Cause,
    cause_of,
)
from checkdata.domain.errors import (
    NotMigrated,
    StorageBusy,
    StorageConflict,
    StorageError,
    StorageReadOnly,
    StorageUnavailable,
)

TO_USERS: Final[Mapping[type[StorageError], str]] = {
    StorageUnavailable: "The database does not answer. Try again later.",
    StorageBusy: "The database is busy. Try again in a moment.",
    StorageReadOnly: "Nothing can be changed at the moment. Try again later.",
    NotMigrated: "The database is not ready: run checkdata migrate.",
    StorageConflict: "Nothing was changed, because another user changed it at the same time. Check it again.",
}
"""The text of each kind of error, safe to show to anyone; the cause is for operators."""

_NEVER_CHANGED: Final = "only ever added to"
"""What our own triggers say; it does not mean a missing right."""

_SAID: Final[tuple[tuple[str, str], ...]] = (
    ("no such table", NO_SUCH_TABLE),
    ("no such column", NO_SUCH_TABLE),
    ("file is not a database", "SQLITE_NOTADB"),
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("pg_hba.conf", "28000"),
    ("authentication failed", "28000"),
    ("is not permitted to log in", "28000"),
    ("too many clients", "53300"),
    ("too many connections", "53300"),
    ("connection slots", "53300"),
    ('role "', "28000"),
    ("the database system is", "57P03"),
    ("could not translate host name", HOST),
    ("failed to resolve host", HOST),
    ("name or service not known", HOST),
    ("connection refused", REFUSED),
    ("no such file or directory", REFUSED),
    ("network is unreachable", NO_WAY),
    ("no route to host", NO_WAY),
    ("timeout expired", CONNECT_TIMEOUT),
    ("timed out", CONNECT_TIMEOUT),
    ("closed unexpectedly", LOST),  # before the words about TLS, because a lost connection with TLS has those too
    ("eof detected", LOST),
    ("unexpected eof", LOST),
    ("reset by peer", LOST),
    ("broken pipe", LOST),
    ("ssl", TLS),
    ("certificate", TLS),
    ("does not exist", "3D000"),
    ("closed", LOST),
    ("lost", LOST),
    ("bad", LOST),
)
"""Words that identify a driver's error without a code: libpq gives none if a connection could not be made.

A server that speaks another language is not understood, and then the cause is not named.
"""


def translate_errors(engine: Engine) -> None:
    """Make everything that *engine* raises about the database's state a `StorageError`.

    What is our own mistake, like wrong SQL, stays SQLAlchemy's error. A connection to a database that can only be read
    is not used again, because it would stay so after the database can write again.
    """
    event.listen(engine, "handle_error", _translate)


def translated(original: BaseException) -> StorageError | None:
    """The domain's error for a driver's one, or None where it has no such meaning."""
    _take_values_out(original)
    if _NEVER_CHANGED in str(original) and "IntegrityError" not in _kinds(original):
        return None
    code = _code_of(original)
    without_a_word = not code and _kinds(original) & {"OperationalError", "InterfaceError"}
    cause = cause_of(code) or (UNKNOWN if without_a_word else None)
    return None if cause is None else _told(cause, code)


def storage_error(code: str) -> StorageError:
    """The domain's error for a code of the table."""
    return _told(cause_of(code) or UNKNOWN, code)


def _told(cause: Cause, code: str) -> StorageError:
    return cause.error(TO_USERS[cause.error], cause=cause.sentence, code=code.partition("/")[0])


def _code_of(error: BaseException) -> str:
    """The code of a driver's error; if it has none, or a vague one, the code that its words imply."""
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or ""
    if code not in {"", "SQLITE_ERROR"} or not _kinds(error) & {"DatabaseError", "InterfaceError"}:
        return code
    said = str(error).lower()
    told = (known for words, known in _SAID if words in said)
    return next(told, code)


def _kinds(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _take_values_out(error: BaseException) -> None:
    """Keep only the sentence of PostgreSQL's error, because its details hold the values at fault."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    if primary is not None:
        error.args = (primary,)


def _translate(context: ExceptionContext) -> StorageError | None:
    error = translated(context.original_exception)
    if isinstance(error, StorageReadOnly):
        context.is_disconnect, context.invalidate_pool_on_disconnect = True, False
    return error
