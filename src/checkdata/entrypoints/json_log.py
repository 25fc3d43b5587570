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
"""How many places of ours a failure names, the innermost; a line of the log is short then."""

_QUIET: Final = {
    "uvicorn.access": logging.CRITICAL,  # addresses as they were asked for, links and searches among them
    "alembic": logging.WARNING,  # that it looked at the database
    "psycopg": logging.CRITICAL,  # what failed besides while it broke off; in the server's words
    "sqlalchemy.pool": logging.CRITICAL,  # that a connection which failed could not be put in order either
}


class ToldAlready(Exception):
    """Ends an answer because of an error that the log has; raised to a server, which has one more line for it."""


class JsonLines(logging.Formatter):
    """Formats a record as one line: time, level, who logs, what happened, and the record's ``details``.

    JSON escapes line ends, so that no name can forge a line. Of an error it tells what `told_of` does. What is logged
    on behalf of a request has its id.
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
                **_error(record),
            }
        )


def log_as_json(level: int = logging.INFO) -> None:
    """Let everything from *level* up be written to standard error as `JsonLines`, and other handlers be silent."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    handler.addFilter(_is_not_told_already)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, threshold in _QUIET.items():
        logging.getLogger(name).setLevel(threshold)


def _is_not_told_already(record: LogRecord) -> bool:
    """Whether it was not logged before: an error that broke off an answer is in the log when the server hears of it."""
    return record.exc_info is None or not isinstance(record.exc_info[1], ToldAlready)


def told_of(error: BaseException) -> dict[str, object]:
    """Its kind, the places of ours that it came through, and a storage's cause; its text may hold what people typed."""
    told: dict[str, object] = {"error": type(error).__name__, "where": _where(error.__traceback__)}
    if isinstance(error, StorageError) and error.cause:
        told |= {"cause": error.cause, "code": error.code}
    return told


def _where(trace: TracebackType | None) -> list[str]:
    """The innermost places of ours, each below the house, and the one where it was raised where that is another's."""
    frames = [(Path(frame.filename), f"{frame.lineno} {frame.name}") for frame in traceback.extract_tb(trace)]
    ours = [f"{path.relative_to(_HOUSE)}:{at}" for path, at in frames if path.is_relative_to(_HOUSE)]
    others = [f"{'/'.join(path.parts[-2:])}:{at}" for path, at in frames[-1:] if not path.is_relative_to(_HOUSE)]
    return [*ours[-_FRAMES:], *others]


def _request() -> dict[str, str]:
    found = request_id()
    return {"request": found} if found else {}


def _error(record: LogRecord) -> dict[str, object]:
    error = record.exc_info[1] if record.exc_info else None
    return {} if error is None else told_of(error)
