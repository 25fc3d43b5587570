"""Writing in step with reading: the database takes one batch in while the next is read."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from checkdata.adapters.sql.transaction import Transaction

Task = Callable[[], None]


@contextmanager
def one_behind(transaction: Transaction) -> Iterator[Callable[[Task], None]]:
    """Gives what runs tasks of a transaction in their order, each at latest when the next is given or the block ends.

    What a task raises, the next call or the end of the block raises. On PostgreSQL they run in a thread, so that the
    transaction is theirs meanwhile; SQLite works in this process, at once.
    """
    if not transaction.on_postgresql:
        yield lambda task: task()
        return
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
