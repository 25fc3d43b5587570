"""Composes what is sent to those who watch: errors and traces; where no setting asks for it, nothing is loaded."""

from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.setting import WrongSetting
from checkdata.entrypoints.spans.recording import Spans


def begin_reports(settings: Settings) -> None:
    """Report errors of this process to Sentry, if the settings ask for it; `WrongSetting` without the extra."""
    if settings.sentry_dsn is None:
        return
    try:
        from checkdata.entrypoints.sentry_reports import report_errors  # noqa: PLC0415 - an extra of its own
    except ModuleNotFoundError:
        raise WrongSetting(declared.SENTRY_DSN.name, "needs: pip install 'checkdata[sentry]'") from None
    report_errors(settings.sentry_dsn, release=settings.commit, environment=settings.environment)


def spans_of(settings: Settings) -> Spans | None:
    """What records the steps of requests, if the settings ask for it; `WrongSetting` without the extra."""
    if settings.otlp_url is None:
        return None
    try:
        from checkdata.entrypoints.spans.otlp import OtlpSpans  # noqa: PLC0415 - an extra of its own
    except ModuleNotFoundError:
        raise WrongSetting(declared.OTLP_URL.name, "needs: pip install 'checkdata[otel]'") from None
    return OtlpSpans(settings.otlp_url, release=settings.commit, environment=settings.environment)
