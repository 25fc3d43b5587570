"""How often and how much at once may be asked with one API key, in each process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Final

from attrs import define, field

from checkdata.entrypoints.web.problems import later

WINDOW: Final = timedelta(minutes=1)
"""The time in which requests are counted; it begins with the first."""

READS_IN_A_WINDOW: Final = 120
"""How many requests a key may make in it; with N workers, up to N times as many."""

AT_ONCE: Final = 2
"""How many of them may be worked on at a time."""

AGAIN_SECONDS: Final = 1
"""After how long a request that came beside too many may be made again."""


@define
class _Window:
    ends_at: datetime
    number: int = 0


@define(eq=False)
class ReadsOfKeys:
    """The requests of each key in this process."""

    _lock: Lock = field(init=False, factory=Lock)
    _windows: dict[str, _Window] = field(init=False, factory=dict)
    _running: Counter[str] = field(init=False, factory=Counter)

    @contextmanager
    def one_more(self, key_id: str, now: datetime) -> Iterator[None]:
        """Count one more request of a key until it is answered; raises `Problem` (429) where it is one too many."""
        with self._lock:
            window = self._window(key_id, now)
            if window.number >= READS_IN_A_WINDOW:
                left = round((window.ends_at - now).total_seconds())
                raise later(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests with this API key.", left)
            if self._running[key_id] >= AT_ONCE:
                told = "Too many requests at once with this API key."
                raise later(HTTPStatus.TOO_MANY_REQUESTS, told, AGAIN_SECONDS)
            window.number += 1
            self._running[key_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[key_id] -= 1
                self._running += Counter()  # forgets keys that have none

    def _window(self, key_id: str, now: datetime) -> _Window:
        for known in [known for known, window in self._windows.items() if window.ends_at <= now]:
            del self._windows[known]
        return self._windows.setdefault(key_id, _Window(now + WINDOW))
