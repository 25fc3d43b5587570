"""Writing in step with reading: the database takes one piece in while the next is read."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

Task = Callable[[], None]
Behind = Callable[[Task], None]
"""Runs a task in a thread, once those given before have ended."""


@contextmanager
def one_behind() -> Iterator[Behind]:
    """Gives what runs tasks in a thread, in their order, each at latest when the next is given or the block ends.

    What a task raises, the next call or the end of the block raises. What the tasks work on is theirs meanwhile.
    """
    with ThreadPoolExecutor(1) as thread:
        before: Future[None] | None = None

        def behind(task: Task) -> None:
            nonlocal before
            if before is not None:
                before.result()
            before = thread.submit(task)

        yield behind
        if before is not None:
            before.result()
