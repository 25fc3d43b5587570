"""Composes what those who watch are told: log, errors, traces, events; what no setting asks for is not loaded."""

from pathlib import Path

from attrs import astuple

from checkdata.entrypoints.analytics.events import EventMaker
from checkdata.entrypoints.analytics.file import EventFile
from checkdata.entrypoints.analytics.sending import END_SECONDS, Destination, EventSender
from checkdata.entrypoints.analytics.telling import Analytics
from checkdata.entrypoints.json_log import log_as_json
from checkdata.entrypoints.semantic_log import SemanticLines
from checkdata.entrypoints.settings import watched
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.setting import WrongSetting
from checkdata.entrypoints.settings.watching import AnalyticsSettings, BigQueryName, LogFormat
from checkdata.entrypoints.spans.recording import Spans


def begin_log(settings: Settings) -> None:
    """Write the log as the settings say, and report its errors to Sentry if they ask for it.

    Raises `WrongSetting` without the extra.
    """
    semantic = settings.log_format is LogFormat.SEMANTIC_LOGGER
    log_as_json(lines=SemanticLines(settings.environment) if semantic else None)
    if settings.sentry_dsn is None:
        return
    try:
        from checkdata.entrypoints.sentry_reports import report_errors  # noqa: PLC0415 - an extra of its own
    except ModuleNotFoundError:
        raise WrongSetting(watched.SENTRY_DSN.name, "needs: pip install 'checkdata[sentry]'") from None
    report_errors(settings.sentry_dsn, release=settings.commit, environment=settings.environment)


def spans_of(settings: Settings) -> Spans | None:
    """What records the steps of requests, if the settings ask for it; `WrongSetting` without the extra."""
    if settings.otlp_url is None:
        return None
    try:
        from checkdata.entrypoints.spans.otlp import OtlpSpans  # noqa: PLC0415 - an extra of its own
    except ModuleNotFoundError:
        raise WrongSetting(watched.OTLP_URL.name, "needs: pip install 'checkdata[otel]'") from None
    return OtlpSpans(settings.otlp_url, release=settings.commit, environment=settings.environment)


def analytics_of(settings: Settings, end_seconds: float = END_SECONDS) -> Analytics | None:
    """What tells analysts of requests and of what goes on record, if the settings ask for it; raises `WrongSetting`."""
    asked = settings.analytics
    if asked is None:
        return None
    maker = EventMaker(asked.key.made_for("checkdata analytics"), settings.environment)
    return Analytics(maker, EventSender(_destination(asked), end_seconds=end_seconds))


def _destination(asked: AnalyticsSettings) -> Destination:
    name = asked.destination
    if not isinstance(name, BigQueryName) or asked.credentials is None:
        return EventFile(Path(str(name)))
    try:
        from checkdata.entrypoints.analytics.bigquery import BIGQUERY, BigQueryTable  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise WrongSetting(watched.ANALYTICS.name, "needs: pip install 'checkdata[analytics]'") from None
    try:
        return BigQueryTable.signed_in(astuple(name), asked.credentials, asked.url or BIGQUERY)
    except (OSError, ValueError):
        raise WrongSetting(
            watched.ANALYTICS_CREDENTIALS.name, "names no key file of a service account that can be read"
        ) from None
