"""A round of many small changes, in which one that fails stops no other."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")


def each_by_itself(do: Callable[[_T], _R], items: Iterable[_T]) -> Sequence[_R]:
    """Do it for each and return what that gave; the first failure is raised once all others are done."""
    done, failures = list[_R](), list[Exception]()
    for item in items:
        try:
            done.append(do(item))
        except Exception as failure:  # noqa: BLE001 - raised below
            failures.append(failure)
    if failures:
        raise failures[0]
    return done
