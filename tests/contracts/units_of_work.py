"""One question or one change in a unit of work of its own."""

from collections.abc import Callable
from typing import TypeVar

from checkdata.domain.ports import FeedStore, Storage, UnitOfWork

Answer = TypeVar("Answer")


def read(storage: Storage, ask: Callable[[UnitOfWork], Answer]) -> Answer:
    with storage.reading() as work:
        return ask(work)


def write(storage: Storage, change: Callable[[UnitOfWork], Answer]) -> Answer:
    with storage.writing() as work:
        answer = change(work)
        work.commit()
    return answer


def read_store(storage: Storage, ask: Callable[[FeedStore], Answer]) -> Answer:
    """Ask what only an import may ask."""
    with storage.writing() as work:
        return ask(work.feed_store)
