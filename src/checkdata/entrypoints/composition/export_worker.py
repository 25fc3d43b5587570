"""What a process does for an export, on the storage that its own environment names.

It loads a storage and a folder, and nothing else, and the storage only when it is first asked: the process that gives
out the work needs none.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from checkdata.adapters.export_folder import FolderExport
from checkdata.domain.errors import WorkersUnavailable
from checkdata.domain.exports import ExportJob, ReceiptedFile
from checkdata.domain.ports import Storage
from checkdata.domain.services.exports.planned_export import ExportPlan, ExportRequest, plan_export
from checkdata.domain.services.exports.recorded_export import record_export
from checkdata.domain.services.task_steps.exported_file import write_file
from checkdata.entrypoints.settings.environment import read_settings
from checkdata.entrypoints.settings.setting import WrongSetting


def plan_here(request: ExportRequest, now: datetime) -> ExportPlan:
    """Do `plan_export`; raises what that does, and `WrongSetting` where the environment names no storage."""
    return plan_export(storage_here(), request, now)


def write_export_file(folder: Path, job: ExportJob) -> ReceiptedFile:
    """Do `write_file`; raises what that does, and `WorkersUnavailable` where the environment names no storage."""
    try:
        storage = storage_here()
    except WrongSetting as error:
        raise WorkersUnavailable(f"A worker is not set up: {error}") from None
    return write_file(storage, FolderExport(folder), job)


def record_here(jobs: Sequence[ExportJob], written: Sequence[ReceiptedFile], now: datetime) -> None:
    """Do `record_export`; raises what that does."""
    record_export(storage_here(), jobs, written, now)


@cache
def storage_here() -> Storage:
    """One storage for each process, for all that it does; `WrongSetting` where the environment names none."""
    from checkdata.entrypoints.composition.database import DatabaseComposition  # noqa: PLC0415 - as above

    return DatabaseComposition(read_settings(os.environ)).storage
