"""What waits and what ran last, for those who watch the service."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from attrs import frozen

from checkdata.domain.jobs import Job
from checkdata.domain.ports import Clock, Storage


@frozen(kw_only=True)
class Backlog:
    """``mails`` are still to be sent: the oldest was queued ``oldest_mail`` ago, and one has been due for ``overdue``.

    A job that never ran has no last run.
    """

    last_runs: Mapping[Job, datetime]
    mails: int
    oldest_mail: timedelta
    overdue: timedelta


@frozen(kw_only=True)
class SeeBacklog:
    """Asks the storage that *storage* makes, a new one each time, so that it waits no longer than a probe does."""

    storage: Callable[[], Storage]
    clock: Clock

    def look(self) -> Backlog:
        """The backlog now; `StorageError` if the storage does not answer."""
        with self.storage().reading() as work:
            last_runs, waiting = work.job_runs.last(), work.outbox.waiting()
        return Backlog(
            last_runs=last_runs,
            mails=waiting.number,
            oldest_mail=self._since(waiting.queued_at),
            overdue=self._since(waiting.due_at),
        )

    def _since(self, then: datetime | None) -> timedelta:
        """How long ago it was; nothing where there is no such time, or it lies ahead."""
        return timedelta() if then is None else max(timedelta(), self.clock() - then)
