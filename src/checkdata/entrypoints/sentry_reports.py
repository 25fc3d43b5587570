"""Errors of the log as events of Sentry, without anything of a person; an extra of its own, ``sentry``.

Only what `json_log` writes is sent, and less: an error's kind and where it was raised, the request's id and the pattern
of its address. The client has none of the library's integrations, so it sees no request, no variable and no other log.
"""

import logging
from collections.abc import Mapping, Sequence
from logging import LogRecord
from typing import Any, Final

import sentry_sdk
from attrs import asdict

from checkdata.entrypoints.error_kinds import ErrorKind, kinds_of
from checkdata.entrypoints.json_log import is_new
from checkdata.entrypoints.request_ids import request_id

_OURS: Final = "checkdata"
_TAGS: Final = ("method", "route", "cause", "code", "database", "thread", "exit")
"""The details that an event has: words and numbers of our own. Others may be long, or of the world outside."""

_FLUSH_SECONDS: Final = 1.0


class SentryReports(logging.Handler):
    """Sends each record of an error, in a thread, so that it never delays who logs; what is too much is dropped."""

    def __init__(self, dsn: str, *, release: str, environment: str) -> None:
        super().__init__(logging.ERROR)
        self._client = sentry_sdk.Client(
            dsn=dsn,
            release=release,
            environment=environment,
            server_name=_OURS,  # else the name of the machine
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            propagate_traces=False,
        )
        self.addFilter(is_new)

    def emit(self, record: LogRecord) -> None:
        """Hand it to the client's queue."""
        self._client.capture_event(_event(record))  # type: ignore[arg-type]  # a dict, as its own

    def close(self) -> None:
        """Send what waits, for a second at most."""
        self._client.close(timeout=_FLUSH_SECONDS)
        super().close()


def report_errors(dsn: str, *, release: str, environment: str) -> SentryReports:
    """Report errors of this process from now on; at its end the log sends what waits."""
    reports = SentryReports(dsn, release=release, environment=environment)
    logging.getLogger().addHandler(reports)
    return reports


def _event(record: LogRecord) -> dict[str, Any]:
    ours = record.name.partition(".")[0] == _OURS
    details: Mapping[str, object] = getattr(record, "details", {}) if ours else {}
    message = (
        record.getMessage() if ours else f"an error that {record.name} tells"
    )  # theirs may quote what people typed
    return {
        "level": record.levelname.lower(),
        "logger": record.name,
        "logentry": {"message": message},
        "tags": {
            **{name: str(details[name]) for name in _TAGS if details.get(name)},
            **({"request": request_id()} if request_id() else {}),
        },
        **_exception(record),
    }


def _exception(record: LogRecord) -> dict[str, Any]:
    """The error and those that it came from: their kinds and places, and not their texts."""
    kinds: Sequence[ErrorKind] = getattr(record, "kinds", ())
    if record.exc_info and record.exc_info[1] is not None:
        kinds = kinds_of(record.exc_info[1])
    values = [
        {
            "type": kind.name,
            "module": kind.module,
            "value": "",
            "stacktrace": {"frames": list(map(asdict, kind.frames))},
        }
        for kind in reversed(kinds)
    ]
    return {"exception": {"values": values}} if values else {}
