"""What was stored under one of several keys is found by asking under each."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Found = TypeVar("Found")


def first_found(find: Callable[[str], Found | None], digests: Iterable[str]) -> Found | None:
    """What *find* gives for the first of *digests* for which it gives anything; None where it does for none."""
    return next((found for digest in digests if (found := find(digest)) is not None), None)
