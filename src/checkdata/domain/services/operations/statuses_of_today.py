"""Whether the statuses that are shown were derived for today (statuses.md): twelve months pass on a day."""

from datetime import date, timedelta

from attrs import frozen

from checkdata.domain.jobs import Job
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.values import london_date

_OVERDUE_AFTER = timedelta(days=1)
"""Longer ago than yesterday: a job that runs each morning has missed a whole day."""


@frozen(kw_only=True)
class StatusesOfToday:
    """Asks for which day statuses were derived last; changes nothing."""

    storage: Storage
    clock: Clock

    def due(self) -> bool:
        """Whether there is anything to refresh, and it was not refreshed today."""
        with self.storage.reading() as work:
            last = derived_for(work)
        return last is not None and last < london_date(self.clock())


def derived_for(work: UnitOfWork) -> date | None:
    """The last day for which statuses were derived; None before the first import.

    What is shown tells its day itself. Work that began after that was made, and changed nothing, is noted where it was
    for its own day.
    """
    shown = work.participants.as_of()
    if shown is None:
        return None
    refreshed = work.job_runs.last().get(Job.REFRESH)
    return shown.today if refreshed is None else max(shown.today, london_date(refreshed))


def overdue_statuses(last: date | None, today: date) -> str:
    """A sentence for operators where a whole day was missed; "" where none was."""
    if last is None or today - last <= _OVERDUE_AFTER:
        return ""
    return f"Statuses were last derived for {last.isoformat()}: run checkdata refresh every day."
