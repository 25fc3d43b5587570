"""Workers on this machine: separate processes, each replaced when it is lost."""

import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Final, ParamSpec, TypeVar

from checkdata.domain.errors import WorkerLost

ATTEMPTS: Final = 3
"""To how many workers a job is given if each of them is lost."""

P = ParamSpec("P")
T = TypeVar("T")


class ProcessWorkers(Executor):
    """Runs jobs in *number* processes; a job whose process is lost is done again in a new one.

    A job that loses `ATTEMPTS` processes raises `WorkerLost`; other jobs do not notice. Processes are forked from one
    that has loaded what `multiprocessing.set_forkserver_preload` names, and nothing else: a fork of this one would take
    connections and locks along.
    """

    def __init__(self, number: int) -> None:
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for _ in range(number):
            self._idle.put(_Worker())
        self._threads = ThreadPoolExecutor(number)

    def submit(self, job: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a job done; it must be possible to send it to another process."""
        return self._threads.submit(self._done, partial(job, *args, **kwargs), ATTEMPTS)

    def submit_once(self, job: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The same for a job that must not be done twice: it raises `WorkerLost` with its first process."""
        return self._threads.submit(self._done, partial(job, *args, **kwargs), 1)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's
        """End the processes once their jobs are done."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        while not self._idle.empty():
            self._idle.get().end()

    def _done(self, job: Callable[[], T], attempts: int) -> T:
        for _ in range(attempts):
            worker = self._idle.get()
            try:
                return worker.done(job)
            except _Lost:
                worker.end()
                worker = _Worker()
            finally:
                self._idle.put(worker)
        raise WorkerLost("Every process that was given the job was lost.")


class _Lost(Exception):
    """A process ended without the outcome of its job."""


class _Worker:
    """One process and the pipe to it, on which jobs go and their outcomes come, one after the other.

    `concurrent.futures.ProcessPoolExecutor` takes three threads and two queues for it, and as long as a small file.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("forkserver")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_do_jobs, args=(theirs, dict(os.environ)))
        self._process.start()
        theirs.close()

    def done(self, job: Callable[[], T]) -> T:
        """What the job returns or raises there; `_Lost` if the process ended instead."""
        try:
            self._pipe.send(job)
            given, error = self._pipe.recv()
        except (EOFError, OSError):
            raise _Lost from None
        if error is not None:
            raise error
        result: T = given
        return result

    def end(self) -> None:
        """Let the process end, and wait for it."""
        self._pipe.close()
        self._process.join()


def _do_jobs(pipe: Connection, environment: Mapping[str, str]) -> None:
    """Do jobs until the pipe closes, in the caller's environment, not in that of the first process's start."""
    os.environ.clear()
    os.environ.update(environment)
    with suppress(EOFError):
        while True:
            pipe.send(_outcome(pipe.recv()))


def _outcome(job: Callable[[], Any]) -> tuple[Any, Exception | None]:
    try:
        return job(), None
    except Exception as error:  # noqa: BLE001 - any error is the job's outcome
        return None, error
