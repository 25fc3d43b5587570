"""What every adapter of `checkdata.domain.ports.JobRuns` must do."""

from datetime import timedelta

from checkdata.domain.jobs import NOTED_EVERY, Job, late_jobs
from checkdata.domain.ports import Storage
from checkdata.domain.services.operations.check_health import CheckHealth, DatabaseState, NoteJobRuns
from tests.strategies import NOON

HOUR = timedelta(hours=1)


def note(storage: Storage, *runs: tuple[Job, int]) -> None:
    with storage.writing() as work:
        for job, hours in runs:
            work.job_runs.note(job, NOON + hours * HOUR)
        work.commit()


def last(storage: Storage) -> dict[Job, int]:
    with storage.reading() as work:
        return {job: (at - NOON) // HOUR for job, at in work.job_runs.last().items()}


def test_the_last_run_of_each_job_is_kept_in_whatever_order_they_are_noted(storage: Storage) -> None:
    assert last(storage) == {}
    note(storage, (Job.IMPORT, 1), (Job.SEAL, 5))
    note(storage, (Job.IMPORT, 3), (Job.SEAL, 4))
    assert last(storage) == {Job.IMPORT: 3, Job.SEAL: 5}


def test_a_run_that_is_undone_did_not_happen(storage: Storage) -> None:
    with storage.writing() as work:
        work.job_runs.note(Job.PURGE, NOON)
    assert last(storage) == {}


def test_a_job_that_runs_all_the_time_is_noted_once_a_minute(storage: Storage) -> None:
    now = [NOON]
    noting = NoteJobRuns(storage=storage, clock=lambda: now[0])
    for _ in range(3):
        noting.note(Job.MAIL)
        now[0] += NOTED_EVERY / 2
    with storage.reading() as work:
        assert work.job_runs.last() == {Job.MAIL: NOON + NOTED_EVERY}


def test_a_look_finds_a_storage_that_can_be_written_and_the_jobs_that_are_late(storage: Storage) -> None:
    note(storage, (Job.IMPORT, -3), (Job.SEAL, -1))
    oldest = {Job.IMPORT: 2 * HOUR, Job.SEAL: 2 * HOUR, Job.PURGE: 2 * HOUR}
    seen = CheckHealth(storage=lambda: storage, clock=lambda: NOON, oldest=oldest).look()
    assert seen.database is DatabaseState.OK
    assert [sentence.split()[2] for sentence in seen.hindrances] == ["import", "purge"]


def test_a_job_is_late_only_past_its_time() -> None:
    assert not late_jobs({Job.SEAL: NOON}, {Job.SEAL: HOUR}, NOON + HOUR)
    assert late_jobs({Job.SEAL: NOON}, {Job.SEAL: HOUR}, NOON + HOUR + timedelta(seconds=1))
    assert not late_jobs({}, {}, NOON)
