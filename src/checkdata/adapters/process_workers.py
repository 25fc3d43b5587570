"""Workers on this machine: processes of their own, each replaced when it is lost."""

import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from queue import SimpleQueue
from typing import Final, ParamSpec, TypeVar

from checkdata.domain.errors import WorkerLost

ATTEMPTS: Final = 3
"""To how many workers a job is given that each of them is lost with."""

P = ParamSpec("P")
T = TypeVar("T")


class ProcessWorkers(Executor):
    """Runs jobs in *number* processes; a job whose process is lost is done again in a new one.

    One that loses `ATTEMPTS` of them raises `WorkerLost`; other jobs do not notice. Processes are forked from one that
    has loaded what `multiprocessing.set_forkserver_preload` names, and nothing else: a fork of this one would take
    connections and locks along.
    """

    def __init__(self, number: int) -> None:
        self._idle: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        for _ in range(number):
            self._idle.put(_one_process())
        self._threads = ThreadPoolExecutor(number)

    def submit(self, job: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a job done that can be sent to another process."""
        return self._threads.submit(self._done, partial(job, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's
        """End the processes once their jobs are done."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        while not self._idle.empty():
            self._idle.get().shutdown(wait=wait)

    def _done(self, job: Callable[[], T]) -> T:
        for _ in range(ATTEMPTS):
            process = self._idle.get()
            try:
                return process.submit(job).result()
            except BrokenProcessPool:
                process.shutdown()
                process = _one_process()
            finally:
                self._idle.put(process)
        raise WorkerLost("Every process that was given the job was lost.")


def _one_process() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("forkserver")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_share, initargs=(dict(os.environ),))


def _share(environment: Mapping[str, str]) -> None:
    """Have the environment of who asked, not that of when the first of all processes was started."""
    os.environ.clear()
    os.environ.update(environment)
