"""When jobs ran last, in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from checkdata.adapters.sql.column_types import Moment, Words
from checkdata.adapters.sql.schema import job_runs
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.jobs import Job


def _noting(insert: Any) -> Insert:  # noqa: ANN401 - that of either database
    adding = insert(job_runs).values(job=bindparam("job", type_=Words), at=bindparam("at", type_=Moment))
    later = adding.excluded.at > job_runs.c.at
    return adding.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=[job_runs.c.job], set_={"at": adding.excluded.at}, where=later
    )


_NOTING: Final[Mapping[bool, Insert]] = {True: _noting(postgresql.insert), False: _noting(sqlite.insert)}


class SqlJobRuns:
    """A row a job, with its last run."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def note(self, job: Job, at: datetime, /) -> None:
        """Keep when a job ran, unless a later run is known."""
        self._transaction.write(_NOTING[self._transaction.on_postgresql], {"job": job.value, "at": at})

    def last(self) -> Mapping[Job, datetime]:
        """When each job ran last; a job of another version is passed over."""
        known = {job.value: job for job in Job}
        rows = self._transaction.execute(select(job_runs.c.job, job_runs.c.at)).all()
        return {known[row.job]: row.at for row in rows if row.job in known}


_conforms: type[ports.JobRuns] = SqlJobRuns
