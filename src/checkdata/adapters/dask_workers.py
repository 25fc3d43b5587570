"""Workers on other machines: those of a Dask cluster (https://distributed.dask.org)."""

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from typing import Final, ParamSpec, TypeVar

from distributed import Client, KilledWorker

from checkdata.domain.errors import WorkerLost, WorkersUnavailable

PATIENCE_SECONDS: Final = 10
"""How long a cluster may take to answer, and then as long again to have a first worker."""

P = ParamSpec("P")
T = TypeVar("T")


class DaskWorkers(Executor):
    """Runs jobs on a cluster's workers; Dask repeats a job whose worker is lost, up to ``allowed-failures`` times.

    A job that is lost more often, or with its cluster, raises `WorkerLost`. Jobs cannot be cancelled, because a worker
    may have begun already.
    """

    def __init__(self, client: Client) -> None:
        self._cluster: Executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]

    def submit(self, job: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a job done by a function that the workers can import."""
        ours, theirs = Future[T](), self._cluster.submit(job, *args, **kwargs)
        ours.set_running_or_notify_cancel()
        theirs.add_done_callback(lambda done: _hand_over(done, ours))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - Executor's
        """Wait for the jobs, if told to."""
        self._cluster.shutdown(wait)


@contextmanager
def dask_workers(address: str) -> Iterator[DaskWorkers]:
    """The workers of the cluster whose scheduler is at *address*, like ``tcp://scheduler:8786``.

    `WorkersUnavailable` where it does not answer within `PATIENCE_SECONDS`, or has no worker after as many more.
    """
    try:
        client = Client(address, timeout=PATIENCE_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        msg = f"The Dask cluster at {address} can't be reached. Check that its scheduler runs there, and export again."
        raise WorkersUnavailable(msg) from error
    with client:
        _wait_for_one(client, address)
        yield DaskWorkers(client)


def _wait_for_one(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
    except TimeoutError as error:
        msg = f"The Dask cluster at {address} has no workers. Start some, and export again."
        raise WorkersUnavailable(msg) from error


def _hand_over(theirs: Future[T], ours: Future[T]) -> None:
    try:
        ours.set_result(theirs.result())
    except (KilledWorker, CancelledError):
        ours.set_exception(WorkerLost("Every worker that was given the job was lost."))
    except BaseException as error:  # noqa: BLE001 - any error is the job's outcome
        ours.set_exception(error)
