"""The process that the workers of an export are forked from, started before anything else is loaded here."""

import multiprocessing
from multiprocessing import forkserver
from typing import Final

_WORKER: Final = "checkdata.entrypoints.composition.export_worker"


def load_workers_ahead(database_url: str) -> None:
    """Start that process, so that it loads what a worker needs (half a second) while this one loads its own."""
    driver = ["psycopg"] if database_url.startswith("postgres") else []
    multiprocessing.set_forkserver_preload([_WORKER, *driver])
    forkserver.ensure_running()
