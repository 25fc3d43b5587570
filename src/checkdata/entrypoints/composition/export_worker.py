"""Composes a worker of an export: a storage and a folder, and nothing else.

Each process of an export loads this module, so it loads little: `service` would cost it half a second and 20 MiB.
"""

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from checkdata.adapters.export_folder import FolderExport
from checkdata.adapters.sql import SqlStorage, open_engine
from checkdata.domain.errors import InvalidValue, WorkersUnavailable
from checkdata.domain.exports import ExportJob, ReceiptedFile
from checkdata.domain.ports import Storage
from checkdata.domain.services.task_steps.exported_file import write_file
from checkdata.entrypoints.settings.environment import read_settings
from checkdata.entrypoints.settings.setting import WrongSetting


def write_export_file(folder: Path, job: ExportJob) -> ReceiptedFile:
    """Write one file of an export, on the storage that this process's own environment names.

    Raises what `write_file` does, and `WorkersUnavailable` where the environment names no storage.
    """
    return write_file(_storage(), FolderExport(folder), job)


def load_driver() -> None:
    """Load the driver of the database that the environment names; what is wrong there the command tells."""
    with suppress(WrongSetting, InvalidValue):
        _engine().dispose()


def _engine() -> Engine:
    return open_engine(read_settings(os.environ).database_url)


@cache
def _storage() -> Storage:
    """One storage for each process, for all the files that it writes."""
    try:
        return SqlStorage(_engine())
    except (WrongSetting, InvalidValue) as error:
        raise WorkersUnavailable(f"A worker is not set up: {error}") from None
