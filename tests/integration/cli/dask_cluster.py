"""A real Dask cluster of two workers on this machine, in processes of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PATIENCE_SECONDS: Final = 60
SETTINGS: Final = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "2",
}


@contextmanager
def dask_cluster(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of its scheduler; a worker that is killed comes back, and a job may lose two."""
    told = folder / "scheduler.json"
    own = {**environment, **SETTINGS}
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"]
    worker = ["distributed.cli.dask_worker", "--nworkers", "2", "--nthreads", "1", "--no-dashboard"]
    with started([*scheduler, "--scheduler-file", str(told)], own, folder):
        address = wait_for_address(told)
        with started([*worker, address, "--local-directory", str(folder)], own, folder):
            yield address


@contextmanager
def started(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Iterator[None]:
    """A program that runs until the block ends, its words in a file."""
    with (folder / f"{command[0]}.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=log, stderr=log)  # noqa: S603
        with process:
            try:
                yield
            finally:
                process.terminate()


def wait_for_address(told: Path) -> str:
    """The scheduler's address, once it has written it down."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if told.exists() and (content := told.read_text()):
            address: str = json.loads(content)["address"]
            return address
        time.sleep(0.05)
    raise AssertionError("the scheduler did not start")
