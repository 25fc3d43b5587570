"""When jobs ran last, in memory."""

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.jobs import Job


class MemoryJobRuns:
    """The runs of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def note(self, job: Job, at: datetime, /) -> None:
        """Keep when a job ran, unless a later run is known."""
        state = self._draft.state
        last = max(at, state.job_runs.get(job, at))
        self._draft.state = evolve(state, job_runs={**state.job_runs, job: last})

    def last(self) -> Mapping[Job, datetime]:
        """When each job ran last."""
        return self._draft.state.job_runs


_conforms: type[ports.JobRuns] = MemoryJobRuns
