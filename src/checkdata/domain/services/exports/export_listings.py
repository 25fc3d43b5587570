"""An operator exports what organisations see, one file each, by the same rules as the pages (service rule 13)."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, wait
from contextlib import suppress
from datetime import datetime
from typing import Final

from attrs import frozen

from checkdata.domain.errors import ExportFailed, ImportMoved, WorkerLost
from checkdata.domain.exports import ExportJob, Manifest, ReceiptedFile
from checkdata.domain.ports import Clock, ExportFolder
from checkdata.domain.services.exports.planned_export import ExportPlan, ExportRequest
from checkdata.domain.services.task_steps.exported_file import WriteFile

PlanExport = Callable[[ExportRequest, datetime], ExportPlan]
"""`plan_export` with a storage, wherever that is."""

RecordExport = Callable[[Sequence[ExportJob], Sequence[ReceiptedFile], datetime], None]
"""`record_export` with a storage, wherever that is."""

ATTEMPTS: Final = 3
"""How often an export starts again because another import came while it was writing."""


@frozen(kw_only=True)
class ExportOutcome:
    """What an export wrote, and why organisations that were named got no file, by id."""

    manifest: Manifest
    refused: Mapping[str, str]


@frozen(kw_only=True)
class ExportListings:
    """Exports files through the same scope, query and columns as the pages."""

    plan: PlanExport
    record: RecordExport
    clock: Clock

    def export(
        self, request: ExportRequest, folder: ExportFolder, executor: Executor, write: WriteFile
    ) -> ExportOutcome:
        """Write a file for each organisation and then the manifest; if it is killed half-way, no file looks whole.

        *executor* runs *write* for each file, here, in other processes or on other machines; what is written is the
        same. All files show one import: where another one came meanwhile, the export begins again, `ATTEMPTS` times at
        most. Raises `InvalidQuery` for a filter that is not understood and `ChangeRefused` for an organisation that
        does not exist, both before anything is written; `FolderTaken`, `FolderNotWritable`; `ExportFailed` where
        workers were lost, and `ImportMoved`: then the folder holds what it held before.
        """
        for _ in range(ATTEMPTS - 1):
            with suppress(ImportMoved):
                return self._export(request, folder, executor, write)
        return self._export(request, folder, executor, write)

    def _export(
        self, request: ExportRequest, folder: ExportFolder, executor: Executor, write: WriteFile
    ) -> ExportOutcome:
        now = self.clock()
        plan = self.plan(request, now)
        with folder.opened():
            written = _written(plan.jobs, executor, write)
            self.record(plan.jobs, written, self.clock())
            files = [each.file for each in written]
            manifest = Manifest(import_id=plan.import_id, created_at=now, files=files)
            folder.finish(manifest)
        return ExportOutcome(manifest=manifest, refused=plan.refused)


def _written(jobs: Sequence[ExportJob], executor: Executor, write: WriteFile) -> Sequence[ReceiptedFile]:
    """Have every job done, in any order; when this returns or raises, none of them goes on."""
    futures = [executor.submit(write, job) for job in jobs]
    try:
        return _results(jobs, futures)
    finally:
        for future in futures:
            future.cancel()
        wait(futures)


def _results(jobs: Sequence[ExportJob], futures: Sequence[Future[ReceiptedFile]]) -> Sequence[ReceiptedFile]:
    files, lost = [], []
    for job, future in zip(jobs, futures, strict=True):
        try:
            files.append(future.result())
        except WorkerLost:
            lost.append(job.viewer.id)
    if lost:
        raise ExportFailed(
            f"No file for {', '.join(lost)}: every worker that wrote it was lost. The folder holds what it held "
            "before. Check that the workers have enough memory, and export again."
        )
    return files
