"""Whether the service can serve, for the platform that watches it (rules.md, *What answers what*)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final

from attrs import field, frozen

from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import NotMigrated, StorageBusy, StorageError, StorageReadOnly
from checkdata.domain.jobs import NOTED_EVERY, Job, late_jobs
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.ports import Clock, Storage
from checkdata.domain.services.operations.statuses_of_today import derived_for, overdue_statuses
from checkdata.domain.values import EmailAddress, ParticipantId, london_date


class DatabaseState(Enum):
    """What is known of the database."""

    OK = "ok"
    UNAVAILABLE = "unavailable"
    READ_ONLY = "read-only"
    NOT_MIGRATED = "not migrated"


@frozen(kw_only=True)
class HealthReport:
    """What a check found: the database, and why pages would fail or which job is late; ``error`` is for the log.

    ``overdue`` is what operators should know although pages work.
    """

    database: DatabaseState
    hindrances: Sequence[str] = ()
    overdue: Sequence[str] = ()
    error: StorageError | None = None


_NO_SESSION: Final = "nobody"
"""The digest of no session: digests are longer."""

_NOWHERE: Final = (DeliveryPartner("nowhere"), AppropriateBody("nowhere"))

NO_ANSWER: Final = HealthReport(database=DatabaseState.UNAVAILABLE, hindrances=("The database is unavailable.",))
"""The result if a check does not come back."""


@frozen(kw_only=True)
class CheckHealth:
    """Checks the storage that *storage* makes, a new one each time, so that nothing that was known before counts.

    ``oldest`` says how long ago each job that is watched may have run last.
    """

    storage: Callable[[], Storage]
    clock: Clock
    oldest: Mapping[Job, timedelta] = field(factory=dict)

    def look(self) -> HealthReport:
        """Read and write what pages do, undo it, and ask when jobs ran; never raises a `StorageError`.

        It touches each table that signing in and a list need, so that it finds one that is locked, or closed to the
        role.
        """
        try:
            last_runs, derived = self._try_a_page()
        except StorageError as error:
            state = _state_for(error)
            why = "busy" if state is DatabaseState.OK else state.value
            return HealthReport(database=state, hindrances=(f"The database is {why}.",), error=error)
        now = self.clock()
        late = late_jobs(last_runs, self.oldest, now)
        overdue = overdue_statuses(derived, london_date(now))
        return HealthReport(
            database=DatabaseState.OK,
            hindrances=[_sentence(job, last) for job, last in late],
            overdue=[overdue] if overdue else [],
        )

    def _try_a_page(self) -> tuple[Mapping[Job, datetime], date | None]:
        with self.storage().writing() as work:
            last_runs = work.job_runs.last()
            for organisation in _NOWHERE:
                work.participants.one(Scope(organisation=organisation), ParticipantId("nobody"))
            derived = derived_for(work)
            work.sign_ins.visitor(_NO_SESSION)
            work.sign_ins.end_session(_NO_SESSION)
            work.outbox.last_to(EmailAddress("nobody@nowhere.invalid"), 1)
            work.audit.record(AuditEvent(kind=AuditKind.LIST_VIEWED, at=self.clock()))
        return last_runs, derived


@frozen(kw_only=True)
class NoteJobRuns:
    """Notes that a job ran, for those that run all the time: not more than once a minute."""

    storage: Storage
    clock: Clock

    def note(self, job: Job) -> None:
        """Note that the job ran."""
        now = self.clock()
        with self.storage.reading() as work:
            last = work.job_runs.last().get(job)
        if last is None or now - last >= NOTED_EVERY:
            with self.storage.writing() as work:
                work.job_runs.note(job, now)
                work.commit()


def _state_for(error: StorageError) -> DatabaseState:
    match error:
        case NotMigrated():
            return DatabaseState.NOT_MIGRATED
        case StorageReadOnly():
            return DatabaseState.READ_ONLY
        case StorageBusy():
            return DatabaseState.OK
        case _:
            return DatabaseState.UNAVAILABLE


def _sentence(job: Job, last: datetime | None) -> str:
    when = "never ran" if last is None else f"ran last at {last.isoformat(timespec='seconds')}"
    return f"The job {job.value} {when}."
