"""Composes the reports of errors; where no setting asks for them, nothing is loaded."""

from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.setting import WrongSetting


def begin_reports(settings: Settings) -> None:
    """Report errors of this process to Sentry, if the settings ask for it; `WrongSetting` without the extra."""
    if settings.sentry_dsn is None:
        return
    try:
        from checkdata.entrypoints.sentry_reports import report_errors  # noqa: PLC0415 - an extra of its own
    except ModuleNotFoundError:
        raise WrongSetting(declared.SENTRY_DSN.name, "needs: pip install 'checkdata[sentry]'") from None
    report_errors(settings.sentry_dsn, release=settings.commit, environment=settings.environment)
