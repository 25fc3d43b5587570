"""Ways in which a worker of an export is lost; in a module of their own, which workers import."""

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from checkdata.domain.exports import ExportJob, ReceiptedFile
from checkdata.entrypoints.composition.export_worker import record_here, write_export_file


def killed_at_the_first(folder: Path, job: ExportJob) -> ReceiptedFile:
    """Have the first worker of each job killed once it has written all and not yet given the file its name."""
    with suppress(FileExistsError):
        (folder.parent / f"{job.viewer.id}.killed").touch(exist_ok=False)
        Path.rename = _killed  # type: ignore[method-assign,assignment]
    return write_export_file(folder, job)


def _killed(path: Path, target: Path) -> None:  # noqa: ARG001 - as Path.rename has it
    os.kill(os.getpid(), signal.SIGKILL)


def killed_once_it_has_recorded(jobs: Sequence[ExportJob], written: Sequence[ReceiptedFile], now: datetime) -> None:
    """Have the worker killed that has recorded all and not yet said so."""
    record_here(jobs, written, now)
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at_each(folder: Path, job: ExportJob) -> ReceiptedFile:
    """Have every worker killed that writes the file of one organisation."""
    if (folder.parent / f"{job.viewer.id}.doomed").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    return write_export_file(folder, job)
