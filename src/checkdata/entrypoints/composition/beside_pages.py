"""Composes the work that a process does beside its pages."""

from collections.abc import Sequence

from checkdata.domain.jobs import Job
from checkdata.entrypoints.background_threads import (
    repeated_expiring,
    repeated_lapsing,
    repeated_noting,
    repeated_recalling,
    repeated_sealing,
    repeated_sending,
)
from checkdata.entrypoints.composition.use_cases import UseCases
from checkdata.entrypoints.job_notes import JobNotes
from checkdata.entrypoints.repeated_work import RepeatedWork


def work_beside_pages(composed: UseCases) -> Sequence[RepeatedWork]:
    """Mail, seals, nominations that expire, access that lapses, recalls, and notes of changes."""
    return [
        repeated_sending(composed.send_mail, JobNotes(composed.note_job_runs, Job.MAIL)),
        repeated_sealing(composed.seal_log, JobNotes(composed.note_job_runs, Job.SEAL)),
        repeated_expiring(composed.nominate),
        repeated_lapsing(composed.lapse_access),
        repeated_recalling(composed.recall_files),
        repeated_noting(composed.note_changes),
    ]
