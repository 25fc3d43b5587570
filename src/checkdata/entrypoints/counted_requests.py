"""Counts how often and how much at once is asked with one key, in each process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from attrs import define, field, frozen

WINDOW: Final = timedelta(minutes=1)
"""The time in which requests are counted; it begins with the first."""

AGAIN_SECONDS: Final = 1
"""After how long a request that came beside too many may be made again."""


class OneTooMany(Exception):
    """A request that is not answered; ``seconds`` is how long to wait."""

    def __init__(self, seconds: int, *, at_once: bool) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.at_once = at_once


@frozen(kw_only=True)
class MostRequests:
    """How many requests a key may make in a window, and how many are worked on at a time; of each process."""

    in_a_window: int
    at_once: int


@define
class _Window:
    ends_at: datetime
    number: int = 0


@define(eq=False)
class CountedRequests:
    """The requests of each key in this process."""

    most: MostRequests
    _lock: Lock = field(init=False, factory=Lock)
    _windows: dict[str, _Window] = field(init=False, factory=dict)
    _running: Counter[str] = field(init=False, factory=Counter)

    @contextmanager
    def one_more(self, key_id: str, now: datetime) -> Iterator[None]:
        """Count one more request of a key until it is answered; raises `OneTooMany`."""
        with self._lock:
            window = self._window(key_id, now)
            if window.number >= self.most.in_a_window:
                raise OneTooMany(max(1, round((window.ends_at - now).total_seconds())), at_once=False)
            if self._running[key_id] >= self.most.at_once:
                raise OneTooMany(AGAIN_SECONDS, at_once=True)
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
