"""A worker of an export with the driver of its database, loaded once for all the workers that are forked from here."""

import gc
import os
from contextlib import suppress

from checkdata.entrypoints.composition import (
    database,
    export_worker,  # noqa: F401 - what a worker does
)
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.environment import read_settings
from checkdata.entrypoints.settings.setting import WrongSetting

with suppress(WrongSetting):  # the command tells what is wrong
    database.opened_engine(declared.DATABASE_URL.name, read_settings(os.environ).database_url)
gc.freeze()
