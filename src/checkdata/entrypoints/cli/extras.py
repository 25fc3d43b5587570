"""Which extra has what a command needs, for installations that have only the rules; needs no extra itself."""

from collections.abc import Mapping
from typing import Final

_BROUGHT_BY: Final[Mapping[str, frozenset[str]]] = {
    "analytics": frozenset({"google"}),
    "cli": frozenset({"alembic", "psycopg", "rich", "sqlalchemy", "typer"}),
    "metrics": frozenset({"prometheus_client"}),
    "otel": frozenset({"opentelemetry"}),
    "sentry": frozenset({"sentry_sdk"}),
    "trs": frozenset({"http_message_signatures", "urllib3"}),
    "web": frozenset(
        {
            *("cryptography", "govuk_frontend_jinja", "httptools", "jinja2", "python_multipart", "rapidfuzz"),
            *("starlette", "uvicorn", "uvloop", "xlsxwriter"),
        }
    ),
}


def needed_extra(missing: ModuleNotFoundError) -> str:
    """What to install, in a sentence, where this module is not there."""
    package = (missing.name or "").partition(".")[0]
    extra = next((extra for extra, packages in _BROUGHT_BY.items() if package in packages), "all")
    return f"{package} is not installed, which this command needs. Install it: pip install 'checkdata[{extra}]'"
