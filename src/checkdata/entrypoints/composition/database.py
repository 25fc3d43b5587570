"""Composes a database, and nothing else: all that an export needs of `service`, which has pages, mail and feeds too."""

from functools import cached_property
from pathlib import Path

from attrs import define
from sqlalchemy import Engine

from checkdata.adapters.sql import JOBS, PAGES, SqlStorage, Waits, is_unrestricted, open_engine
from checkdata.domain.errors import FolderNotWritable, InvalidValue
from checkdata.domain.ports import Clock, Storage
from checkdata.entrypoints.composition.clock import now
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.setting import WrongSetting


@define(slots=False)
class DatabaseComposition:
    """The database that *settings* choose; each adapter is made when it is first asked for.

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

    def close(self) -> None:
        """Give the connections to the database back, if there are any."""
        if "engine" in self.__dict__:
            self.engine.dispose()


def opened_engine(setting: str, url: str, waits: Waits = JOBS) -> Engine:
    """The database at an address that a setting gives; connects when first asked. Raises `WrongSetting`."""
    try:
        return open_engine(url, waits)
    except InvalidValue as error:
        raise WrongSetting(setting, f"is wrong: {error}") from None


def check_role(engine: Engine, settings: Settings) -> None:
    """Check that the database restricts the service to what it needs; raise `WrongSetting` if it does not.

    Row-level security and rights do not restrict a role that owns the tables. An attacker who gets a server's
    connection would then have everything (security.md 29).
    """
    if not settings.as_owner and is_unrestricted(engine):
        raise WrongSetting(
            declared.DATABASE_URL.name,
            "names the owner of the tables, or another role that row-level security does not restrict. Serve as a "
            "role of its own (docs/operating.md), or set CHECKDATA_AS_OWNER to on.",
        )


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"The folder {folder} can't be made: {error.strerror}. Set CHECKDATA_DATABASE_URL to another place."
        raise FolderNotWritable(msg) from error
