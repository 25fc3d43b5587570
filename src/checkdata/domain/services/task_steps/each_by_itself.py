"""A round of many small changes, in which one that fails stops no other."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from checkdata.domain.errors import StorageBusy, StorageUnavailable

_T = TypeVar("_T")
_R = TypeVar("_R")


def each_by_itself(do: Callable[[_T], _R], items: Iterable[_T]) -> Sequence[_R]:
    """Do it for each and return what that gave; the first failure is raised once all others are done.

    A storage that does not answer ends it at once: each further one would wait for it in vain. One that is busy may be
    so for this one only.
    """
    done, failures = list[_R](), list[Exception]()
    for item in items:
        try:
            done.append(do(item))
        except Exception as failure:  # noqa: BLE001 - raised below
            failures.append(failure)
            if isinstance(failure, StorageUnavailable) and not isinstance(failure, StorageBusy):
                break
    if failures:
        raise failures[0]
    return done
