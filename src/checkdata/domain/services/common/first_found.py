"""Finds what was stored under the digest that one of several keys gives, by trying each."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Found = TypeVar("Found")


def first_found(find: Callable[[str], Found | None], digests: Iterable[str]) -> Found | None:
    """The first result of *find* over *digests* that is not None; None if there is none."""
    return next((found for digest in digests if (found := find(digest)) is not None), None)
