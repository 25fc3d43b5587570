"""Lines of the log with the names that the department's Rails services give theirs, so that one search finds all.

Those write JSON by Semantic Logger with ``log_tags = [:request_id]`` to standard output, and Logit takes it from there.
"""

import json
from datetime import UTC, datetime
from logging import LogRecord

from checkdata.entrypoints.json_log import JsonLines, error_of
from checkdata.entrypoints.request_ids import request_id


class SemanticLines(JsonLines):
    """The same facts as `JsonLines`: ``timestamp``, ``name``, ``tags``, ``duration_ms``, ``payload``, ``exception``."""

    def __init__(self, environment: str) -> None:
        super().__init__()
        self._environment = environment

    def format(self, record: LogRecord) -> str:
        """The record as JSON, without a line end."""
        payload = dict(getattr(record, "details", {}))
        duration, found, error = payload.pop("ms", None), request_id(), error_of(record)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")
        line: dict[str, object] = {
            "application": "checkdata",
            "environment": self._environment,
            "timestamp": at.replace("+00:00", "Z"),
            "level": record.levelname.lower().replace("warning", "warn"),
            "pid": record.process,
            "thread": record.threadName,
            "name": record.name,
            "message": record.getMessage(),
        }
        if found:
            line["tags"] = [found]
        if duration is not None:
            line["duration_ms"] = duration
        if error:
            line["exception"] = {"name": error.pop("error"), "stack_trace": error.pop("where")}
        if payload | error:
            line["payload"] = payload | error
        return json.dumps(line)
