"""Limits how many downloads run at once in a process."""

from asyncio import Semaphore
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from attrs import define, field

from checkdata.entrypoints.web.files.kept_file import Rooms

OF_A_SESSION: Final = 3
"""How many files one session may have on their way from a process; with N workers, N times as many."""

OF_A_PROCESS: Final = 48
"""How many files a process may have on their way; each costs it a socket, and room while it is read (`Rooms`)."""

MADE_AT_ONCE: Final = 4
"""How many of them are read from storage at a time: each holds a connection of the pool, and pages need the others."""


class TooManyDownloadsOfSession(Exception):
    """A session has as many downloads on their way as it may (429)."""


class TooManyDownloadsOfProcess(Exception):
    """The process has as many downloads on their way as it can (503)."""


@define(eq=False)
class RunningDownloads:
    """The downloads of a process; *tell* is told how many there are, each time that the number changes."""

    rooms: Rooms = field(factory=Rooms)
    tell: Callable[[int], None] | None = None
    turns: Semaphore = field(init=False, factory=lambda: Semaphore(MADE_AT_ONCE))
    """The turns of downloads to be read from storage."""
    _lock: Lock = field(init=False, factory=Lock)
    _of: Counter[str] = field(init=False, factory=Counter)

    @contextmanager
    def one_more(self, session: str) -> Iterator[None]:
        """Begin one more download; raises `TooManyDownloadsOfSession` and `TooManyDownloadsOfProcess`."""
        with self._lock:
            if self._of[session] >= OF_A_SESSION:
                raise TooManyDownloadsOfSession
            if self._of.total() >= OF_A_PROCESS:
                raise TooManyDownloadsOfProcess
            self._of[session] += 1
            self._tell()
        try:
            yield
        finally:
            with self._lock:
                self._of[session] -= 1
                self._of += Counter()  # forgets sessions that have none
                self._tell()

    def _tell(self) -> None:
        if self.tell is not None:
            self.tell(self._of.total())
