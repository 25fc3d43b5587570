"""What was counted in a scope as of an import, kept by a process until the next one: nothing else changes it."""

from collections.abc import Callable, Hashable, Sized
from threading import Lock
from typing import Any, Final, TypeVar

from attrs import define, field

from checkdata.domain.values import ImportId

Counted = TypeVar("Counted", bound=Sized)

_MOST: Final = 50_000
"""How many counts are kept; each takes at most half a kB."""
_QUESTION: Final = 5
"""As how many counts a question counts itself: with its scope it takes two kB."""


@define
class KeptCounts:
    """Counts by what they were asked by: the scope that a request just decided, and the question.

    They are of one import: what another one is asked for takes their place.
    """

    _known: dict[Hashable, Any] = field(factory=dict)
    _as_of: ImportId | None = None
    _lock: Lock = field(factory=Lock, repr=False)

    def known(self, of: ImportId, asked: Hashable) -> Any | None:  # noqa: ANN401 - what was asked tells its type
        """What was counted before as of an import; None if it was not."""
        with self._lock:
            return self._known.get(asked) if of == self._as_of else None

    def of(self, of: ImportId, asked: Hashable, count: Callable[[], Counted]) -> Counted:
        """What was counted as of an import, now or before."""
        found: Counted | None = self.known(of, asked)
        if found is None:
            found = count()
            self._keep(of, asked, found)
        return found

    def _keep(self, of: ImportId, asked: Hashable, found: Sized) -> None:
        with self._lock:
            kept = sum(_QUESTION + len(each) for each in self._known.values())
            if of != self._as_of or kept + _QUESTION + len(found) > _MOST:
                self._known.clear()
                self._as_of = of
            self._known[asked] = found
