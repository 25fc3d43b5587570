"""The port for when each job ran last."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from checkdata.domain.jobs import Job


class JobRuns(Protocol):
    """When the jobs that run by the clock ran last (`checkdata.domain.jobs`)."""

    def note(self, job: Job, at: datetime, /) -> None:
        """Keep when a job ran, unless a later run is known."""

    def last(self) -> Mapping[Job, datetime]:
        """When each job ran last; jobs that never ran are left out."""
