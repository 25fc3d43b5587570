"""Composes an export: a database and a folder, and nothing else.

Each export would take longer to start if it loaded `service`, which has pages, mail and feeds as well.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path

from attrs import define
from sqlalchemy import Engine

from checkdata.adapters.export_folder import FolderExport
from checkdata.adapters.process_workers import ProcessWorkers
from checkdata.adapters.sql import JOBS, PAGES, SqlStorage, Waits, open_engine
from checkdata.domain.errors import FolderNotWritable, InvalidValue, WorkersUnavailable
from checkdata.domain.ports import Clock, ExportFolder, Storage
from checkdata.domain.services.exports.export_listings import ExportListings
from checkdata.domain.services.task_steps.exported_file import WriteFile, write_file
from checkdata.entrypoints.composition.export_worker import write_export_file
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.setting import WrongSetting


def now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@define(slots=False)
class ExportComposition:
    """Exporting over the database that *settings* choose; each adapter is made when it is first asked for.

    If it is *serving*, users wait for it, so it waits no longer for its database than a page may. Raises
    `WrongSetting` where what is asked for needs a setting that is missing or wrong.
    """

    settings: Settings
    clock: Clock = now
    serving: bool = False

    @cached_property
    def engine(self) -> Engine:
        """The database; connects when first asked."""
        engine = opened_engine(declared.DATABASE_URL.name, self.settings.database_url, PAGES if self.serving else JOBS)
        if self.settings.database_is_the_default:
            _make_private(self.settings.data_folder)
        return engine

    @cached_property
    def storage(self) -> Storage:
        """The units of work on the database."""
        return SqlStorage(self.engine)

    @property
    def export_listings(self) -> ExportListings:
        """Exporting by batch."""
        return ExportListings(storage=self.storage, clock=self.clock)

    @contextmanager
    def export_workers(self, folder: Path, number: int = 1, cluster: str = "") -> Iterator[tuple[Executor, WriteFile]]:
        """The executor that writes the files of an export into *folder*, and the function that it runs.

        It is this process if *number* is one, else that many others, or the workers of the Dask cluster at the address.
        Raises `WorkersUnavailable`.
        """
        if cluster or number > 1:
            with _dask(cluster) if cluster else ProcessWorkers(number) as executor:
                yield executor, partial(write_export_file, folder.absolute())
        else:
            with ThreadPoolExecutor(1) as executor:
                yield executor, partial(write_file, self.storage, FolderExport(folder))

    def close(self) -> None:
        """Give the connections to the database back, if there are any."""
        if "engine" in self.__dict__:
            self.engine.dispose()


def export_folder(path: Path) -> ExportFolder:
    """The folder into which an export goes."""
    return FolderExport(path)


def _dask(address: str) -> AbstractContextManager[Executor]:
    try:
        from checkdata.adapters.dask_workers import dask_workers  # noqa: PLC0415 - the extra may not be there
    except ImportError:
        raise WorkersUnavailable("A cluster needs Dask. Install it: pip install 'checkdata[cluster]'") from None
    return dask_workers(address)


def opened_engine(setting: str, url: str, waits: Waits = JOBS) -> Engine:
    """The database at an address that a setting gives; connects when first asked. Raises `WrongSetting`."""
    try:
        return open_engine(url, waits)
    except InvalidValue as error:
        raise WrongSetting(setting, f"is wrong: {error}") from None


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"The folder {folder} can't be made: {error.strerror}. Set CHECKDATA_DATABASE_URL to another place."
        raise FolderNotWritable(msg) from error
