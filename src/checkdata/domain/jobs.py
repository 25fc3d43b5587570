"""The jobs that have to run regularly, and how long ago each may have run last."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Final


class Job(Enum):
    """What runs by the clock: an operator's commands, and the threads of ``serve``."""

    IMPORT = "import"
    REFRESH = "refresh"
    PURGE = "purge"
    SEAL = "seal"
    MAIL = "mail"
    BACKUP = "backup"
    TRNS = "check-trns"


NOTED_EVERY: Final = timedelta(minutes=1)
"""How often a job that runs all the time notes that it did."""


def late_jobs(
    last_runs: Mapping[Job, datetime], oldest: Mapping[Job, timedelta], now: datetime
) -> Sequence[tuple[Job, datetime | None]]:
    """The jobs of *oldest* whose last run is longer ago than allowed, each with that run; None if it never ran."""
    found = [(job, last_runs.get(job), age) for job, age in oldest.items()]
    return [(job, last) for job, last, age in found if last is None or now - last > age]
