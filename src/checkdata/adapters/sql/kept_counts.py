"""What was counted in a scope as of an import, kept by a process until the next one: nothing else changes it."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, TypeVar

from attrs import define, field

Counted = TypeVar("Counted")

_MOST: Final = 50_000
"""How many counts are kept; each takes at most half a kB."""


@define
class KeptCounts:
    """Counts by what they were asked by: the import, the scope that a request just decided, and the question."""

    _known: dict[Hashable, Sequence[Any]] = field(factory=dict)

    def known(self, asked: Hashable) -> Sequence[Any] | None:
        """What was counted before; None if it was not."""
        return self._known.get(asked)

    def of(self, asked: Hashable, count: Callable[[], Sequence[Counted]]) -> Sequence[Counted]:
        """What was counted, now or before."""
        found = self._known.get(asked)
        if found is None:
            found = count()
            if sum(map(len, list(self._known.values()))) + len(found) > _MOST:
                self._known.clear()
            self._known[asked] = found
        return found
