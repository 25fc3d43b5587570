"""Limits how many of users' lists are worked on at once, wait, and come from one session (security.md 33)."""

from asyncio import Semaphore
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from attrs import define, field

LISTS_AT_ONCE: Final = 2
"""How many users' lists a process works on: each takes a processor for some seconds, and up to 250 MB meanwhile."""

MOST_LISTS: Final = 10
"""How many a process has accepted, including those it works on: each that waits takes up to 10 MB."""

MOST_OF_ONE: Final = 2
"""Of one session: a button that is pressed twice sends two."""

RETRY_SECONDS: Final = 30
"""After how long a client may ask again."""


class TooManyLists(Exception):
    """A list for which there is no place, refused before it is read: *own* if its session has others here."""

    def __init__(self, *, own: bool) -> None:
        super().__init__()
        self.own = own


@define
class ListsAtOnce:
    """The places for lists; used only on the event loop."""

    turn: Semaphore = field(init=False, factory=lambda: Semaphore(LISTS_AT_ONCE))
    """Waits without a thread, so that other pages always get one."""

    _taken_in: Counter[str] = field(init=False, factory=Counter)

    def __len__(self) -> int:
        """How many lists were accepted and are not answered yet."""
        return self._taken_in.total()

    @contextmanager
    def place(self, session: str) -> Iterator[None]:
        """A place for a list of this session, until its answer is made; raises `TooManyLists`."""
        if self._taken_in[session] >= MOST_OF_ONE:
            raise TooManyLists(own=True)
        if len(self) >= MOST_LISTS:
            raise TooManyLists(own=False)
        self._taken_in[session] += 1
        try:
            yield
        finally:
            self._taken_in.subtract([session])
            self._taken_in += Counter()  # forgets a session that has none left
