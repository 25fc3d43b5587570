"""Composes an export: a database and a folder, and nothing else.

Where processes of their own do the work, this one loads no database: they load it while this one loads its command
line, and are there as soon.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from attrs import frozen

from checkdata.adapters.export_folder import FolderExport
from checkdata.adapters.process_workers import ProcessWorkers
from checkdata.domain.errors import ExportFailed, WorkerLost, WorkersUnavailable
from checkdata.domain.ports import Clock, ExportFolder
from checkdata.domain.services.exports.export_listings import ExportListings, ExportOutcome
from checkdata.domain.services.exports.planned_export import ExportRequest, plan_export
from checkdata.domain.services.exports.recorded_export import record_export
from checkdata.domain.services.task_steps.exported_file import WriteFile, write_file
from checkdata.entrypoints.composition.clock import now
from checkdata.entrypoints.composition.export_worker import plan_here, record_here, write_export_file
from checkdata.entrypoints.settings.environment import Settings

P = ParamSpec("P")
T = TypeVar("T")


@frozen
class Export:
    """An export into a folder, with those who write its files."""

    listings: ExportListings
    folder: ExportFolder
    executor: Executor
    write: WriteFile

    def run(self, request: ExportRequest, watched: Callable[[Executor], Executor] | None = None) -> ExportOutcome:
        """Do `ExportListings.export`; *watched* makes an executor that tells of each file."""
        executor = self.executor if watched is None else watched(self.executor)
        return self.listings.export(request, self.folder, executor, self.write)


@contextmanager
def export_into(
    folder: Path, settings: Settings, number: int = 1, cluster: str = "", clock: Clock = now
) -> Iterator[Export]:
    """An export into *folder* over the database that *settings* choose.

    This process writes the files if *number* is one, else that many others, which then do everything that needs the
    database, or the workers of the Dask cluster at the address. Raises `WorkersUnavailable` and `WrongSetting`.
    """
    if number > 1 and not cluster:
        with ProcessWorkers(number) as executor:
            plan, record = _done_once(executor, plan_here), _done_once(executor, record_here)
            listings = ExportListings(plan=plan, record=record, clock=clock)
            yield Export(listings, FolderExport(folder), executor, partial(write_export_file, folder.absolute()))
        return
    from checkdata.entrypoints.composition.database import DatabaseComposition  # noqa: PLC0415 - as above

    with closing(DatabaseComposition(settings)) as database, _executor(cluster) as executor:
        storage, files = database.storage, FolderExport(folder)
        plan, record = partial(plan_export, storage), partial(record_export, storage)
        listings = ExportListings(plan=plan, record=record, clock=clock)
        here = partial(write_file, storage, files)
        yield Export(listings, files, executor, partial(write_export_file, folder.absolute()) if cluster else here)


def _executor(cluster: str) -> AbstractContextManager[Executor]:
    if not cluster:
        return ThreadPoolExecutor(1)
    try:
        from checkdata.adapters.dask_workers import dask_workers  # noqa: PLC0415 - the extra may not be there
    except ImportError:
        raise WorkersUnavailable("A cluster needs Dask. Install it: pip install 'checkdata[cluster]'") from None
    return dask_workers(cluster)


def _done_once(workers: ProcessWorkers, job: Callable[P, T]) -> Callable[P, T]:
    """The job as one of the processes does it; another one would record files again that are on record."""

    def done(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return workers.submit_once(job, *args, **kwargs).result()
        except WorkerLost:
            raise ExportFailed(
                "The process that worked with the database was lost. The folder holds what it held before. Check that "
                "there is enough memory, and export again."
            ) from None

    return done
