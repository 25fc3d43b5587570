"""Runs ``checkdata export`` on copies of a folder: killed at its first step, its second, until one run ends by itself.

    python -m tests.integration.cli.killed_exports FOLDER ARGUMENT...

A step is whatever lasts: a piece of a file, a flush to the disk, a new name, a removal. The copies are FOLDER-1,
FOLDER-2, and so on; the last one was not killed.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import ParamSpec, TypeVar

import checkdata.entrypoints.composition.database
import checkdata.entrypoints.composition.export  # noqa: F401 - loaded once, before the forks
from checkdata.adapters.sql.participants import SqlParticipants
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.entrypoints.cli import main

P = ParamSpec("P")
R = TypeVar("R")


def run_all(folder: Path, arguments: list[str]) -> None:
    for step in count(1):
        copy = shutil.copytree(folder, folder.with_name(f"{folder.name}-{step}"))
        child = os.fork()
        if child == 0:
            die_at(step)
            sys.argv = ["checkdata", "export", "--out", str(copy), *arguments]
            main()
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


def die_at(last: int) -> None:
    """Let this process be killed just before its step of that number."""
    steps, csv = count(1), SqlParticipants.csv

    def take() -> None:
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(function: Callable[P, R]) -> Callable[P, R]:
        def step(*args: P.args, **kwargs: P.kwargs) -> R:
            take()
            return function(*args, **kwargs)

        return step

    def counted_chunks(participants: SqlParticipants, query: ParticipantQuery, *, safe: bool) -> Iterator[bytes]:
        for chunk in csv(participants, query, safe=safe):
            take()
            yield chunk

    os.fsync = counted(os.fsync)
    Path.rename = counted(Path.rename)  # type: ignore[method-assign]
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]
    SqlParticipants.csv = counted_chunks  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    run_all(Path(sys.argv[1]), sys.argv[2:])
