"""The log: a line of JSON for each event, in UTC, without personal data (security.md 40, ASVS 16.2)."""

import json
import logging
import traceback
from datetime import UTC, datetime
from logging import LogRecord
from pathlib import Path
from types import TracebackType
from typing import Final

from checkdata.domain.errors import StorageError
from checkdata.entrypoints.request_ids import request_id

_HOUSE: Final = Path(__file__).parent.parent
_FRAMES: Final = 6
"""How many places in our code a failure names, the innermost ones, so that a line of the log stays short."""

_QUIET: Final = {
    "uvicorn.access": logging.CRITICAL,  # addresses as they were requested, with links and searches
    "alembic": logging.WARNING,  # that it looked at the database
    "psycopg": logging.CRITICAL,  # what else failed while it broke off, in the server's words
    "sqlalchemy.pool": logging.CRITICAL,  # that a failed connection could not be reset either
}


class ToldAlready(Exception):
    """Ends an answer because of an error that is already in the log; raised to a server, which would log it again."""


class JsonLines(logging.Formatter):
    """Formats a record as one line: time, level, who logs, what happened, and the record's ``details``.

    JSON escapes line ends, so that no name can forge a line. Of an error it tells what `told_of` tells. A line about a
    request has the request's id.
    """

    def format(self, record: LogRecord) -> str:
        """The record as JSON, without a line end."""
        details: dict[str, object] = getattr(record, "details", {})
        return json.dumps(
            {
                "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": record.getMessage(),
                **_request(),
                **({"details": details} if details else {}),
                **error_of(record),
            }
        )


def log_as_json(level: int = logging.INFO, lines: JsonLines | None = None) -> None:
    """Write everything from *level* up to standard error as *lines*, and silence other handlers."""
    handler = logging.StreamHandler()
    handler.setFormatter(lines or JsonLines())
    handler.addFilter(is_new)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    keep_quiet()


def keep_quiet() -> None:
    """Keep loggers of libraries from telling what is secret, or nothing."""
    for name, threshold in _QUIET.items():
        logging.getLogger(name).setLevel(threshold)


def is_new(record: LogRecord) -> bool:
    """Whether it was not logged before: an error that broke off an answer is in the log when the server hears of it."""
    return record.exc_info is None or not isinstance(record.exc_info[1], ToldAlready)


def told_of(error: BaseException) -> dict[str, object]:
    """An error's kind, where it came from and a storage's cause; not its text, which may hold what people typed."""
    told: dict[str, object] = {"error": type(error).__name__, "where": _where(error.__traceback__)}
    if isinstance(error, StorageError) and error.cause:
        told |= {"cause": error.cause, "code": error.code}
    return told


def _where(trace: TracebackType | None) -> list[str]:
    """The innermost places in our code and, if it was raised in other code, that place."""
    frames = [(Path(frame.filename), f"{frame.lineno} {frame.name}") for frame in traceback.extract_tb(trace)]
    ours = [f"{path.relative_to(_HOUSE)}:{at}" for path, at in frames if path.is_relative_to(_HOUSE)]
    others = [f"{'/'.join(path.parts[-2:])}:{at}" for path, at in frames[-1:] if not path.is_relative_to(_HOUSE)]
    return [*ours[-_FRAMES:], *others]


def _request() -> dict[str, str]:
    found = request_id()
    return {"request": found} if found else {}


def error_of(record: LogRecord) -> dict[str, object]:
    """What is told of a record's error; nothing where it has none."""
    error = record.exc_info[1] if record.exc_info else None
    return {} if error is None else told_of(error)
