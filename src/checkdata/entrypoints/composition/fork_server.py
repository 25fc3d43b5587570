"""The process that the workers of an export are forked from, started before anything else is loaded here."""

import multiprocessing
from multiprocessing import forkserver
from typing import Final

_LOADED: Final = (
    "checkdata.entrypoints.composition.garbage_later",
    "checkdata.entrypoints.composition.loaded_export_worker",
)


def load_workers_ahead() -> None:
    """Start that process, so that it loads what a worker needs (half a second) while this one loads its own."""
    multiprocessing.set_forkserver_preload([*_LOADED])
    forkserver.ensure_running()
