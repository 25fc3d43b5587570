"""The log: a line of JSON for each event, in UTC, with nothing personal in it (security.md 40, ASVS 16.2)."""

import json
import logging
import traceback
from datetime import UTC, datetime
from logging import LogRecord
from typing import Final

_QUIET: Final = {
    "uvicorn.access": logging.CRITICAL,  # addresses as they were asked for, links and searches among them
    "alembic": logging.WARNING,  # that it looked at the database
}


class JsonLines(logging.Formatter):
    """Formats a record as one line: time, level, who logs, what happened, and the record's ``details``.

    JSON escapes line ends, so that no name can forge a line. Of an error it tells the kind and where it came from; its
    text may hold what people typed.
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
                **({"details": details} if details else {}),
                **_error(record),
            }
        )


def log_as_json(level: int = logging.INFO) -> None:
    """Let everything from *level* up be written to standard error as `JsonLines`, and other handlers be silent."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, threshold in _QUIET.items():
        logging.getLogger(name).setLevel(threshold)


def _error(record: LogRecord) -> dict[str, object]:
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    kind, _, trace = record.exc_info
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    return {"error": kind.__name__, "where": where}
