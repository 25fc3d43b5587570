"""What a database says, in the domain's errors: translated once, at the edge of the engine."""

from typing import Final

from sqlalchemy import Engine, ExceptionContext, event

from checkdata.domain.errors import NotMigrated, StorageConflict, StorageError, StorageUnavailable

NOT_MIGRATED: Final = "The database is not ready: run checkdata migrate."
_UNAVAILABLE: Final = "The database does not answer. Try again later."
_BUSY: Final = "The database is busy. Try again in a moment."
_CONFLICT: Final = "Nothing was changed: somebody else changed the same thing meanwhile. Look again."

_NOT_ALLOWED: Final = (
    "The role in the database may not do this. Set CHECKDATA_OWNER_DATABASE_URL to the owner of the tables."
)

_MISSING_IN_POSTGRESQL: Final = frozenset({"42P01", "42703"})  # undefined table, undefined column
_FORBIDDEN_IN_POSTGRESQL: Final = "42501"  # insufficient privilege
_COLLISIONS_IN_POSTGRESQL: Final = frozenset({"40001", "40P01"})  # serialization failure, deadlock


def translate_errors(engine: Engine) -> None:
    """Let everything that *engine* raises about the database's state be a `StorageError`.

    What is our own mistake, like wrong SQL, stays SQLAlchemy's error.
    """
    event.listen(engine, "handle_error", _translate)


def translated(original: BaseException) -> StorageError | None:
    """The domain's error for a driver's one, or None where it has no such meaning."""
    _take_values_out(original)
    code, text = getattr(original, "sqlstate", None), str(original)
    if code in _MISSING_IN_POSTGRESQL or text.startswith(("no such table", "no such column")):
        return NotMigrated(NOT_MIGRATED)
    if code == _FORBIDDEN_IN_POSTGRESQL and "only ever added to" not in text:  # what our own triggers say
        return StorageUnavailable(_NOT_ALLOWED)
    kinds = {kind.__name__ for kind in type(original).__mro__}
    if "IntegrityError" in kinds or code in _COLLISIONS_IN_POSTGRESQL:
        return StorageConflict(_CONFLICT)
    if "locked" in text and "OperationalError" in kinds:
        return StorageUnavailable(_BUSY)
    if kinds & {"OperationalError", "InterfaceError"} or text == "file is not a database":
        return StorageUnavailable(_UNAVAILABLE)
    return None


def _take_values_out(error: BaseException) -> None:
    """Leave of what PostgreSQL says the sentence alone: its details are the values at fault."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    if primary is not None:
        error.args = (primary,)


def _translate(context: ExceptionContext) -> StorageError | None:
    return translated(context.original_exception)
