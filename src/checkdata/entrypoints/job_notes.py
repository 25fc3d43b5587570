"""Notes once a minute that a job which runs all the time has run."""

import logging
from time import monotonic
from typing import Final

from checkdata.domain.errors import StorageError
from checkdata.domain.jobs import NOTED_EVERY, Job
from checkdata.domain.services.operations.check_health import NoteJobRuns
from checkdata.entrypoints.json_log import told_of

LOG: Final = logging.getLogger("checkdata.jobs")


class JobNotes:
    """Notes that a job ran whenever it says so, but at most once a minute."""

    def __init__(self, noting: NoteJobRuns, job: Job) -> None:
        self._noting = noting
        self._job = job
        self._next = 0.0

    def __call__(self) -> None:
        """Note it; a failure to note is only logged, because the job itself succeeded."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + NOTED_EVERY.total_seconds()
        try:
            self._noting.note(self._job)
        except StorageError as error:
            LOG.warning("a run was not noted", extra={"details": {"job": self._job.value, **told_of(error)}})
