"""Limits how many of users' lists are worked on at once, wait, and come from one session (security.md 33)."""

import asyncio
from asyncio import Semaphore
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from attrs import define, field

LISTS_AT_ONCE: Final = 2
"""How many users' lists a process works on: each takes a processor for some seconds, and up to 250 MB meanwhile."""

MOST_LISTS: Final = 10
"""How many a process has accepted, including those it works on: each that waits takes up to 10 MB."""

MOST_OF_ONE: Final = 2
"""Of one session: a button that is pressed twice sends two."""

ARRIVAL_SECONDS: Final = 10.0
"""How long a list may arrive; one that takes longer is refused midway if another one needs its place."""

RETRY_SECONDS: Final = 30
"""After how long a client may ask again."""


class TooManyLists(Exception):
    """A list for which there is no place, refused before it is whole: *own* if its session has others here."""

    def __init__(self, *, own: bool) -> None:
        super().__init__()
        self.own = own


@define
class ListsAtOnce:
    """The places for lists; used only on the event loop."""

    turn: Semaphore = field(init=False, factory=lambda: Semaphore(LISTS_AT_ONCE))
    """Waits without a thread, so that other pages always get one."""

    _taken_in: Counter[str] = field(init=False, factory=Counter)
    _arriving: dict[asyncio.Timeout, float] = field(init=False, factory=dict)
    """Those that are not whole yet, the oldest first, and since when."""

    def __len__(self) -> int:
        """How many lists were accepted and are not answered yet."""
        return self._taken_in.total()

    @contextmanager
    def place(self, session: str) -> Iterator[None]:
        """A place for a list of this session, until its answer is made; raises `TooManyLists`."""
        if self._taken_in[session] >= MOST_OF_ONE:
            raise TooManyLists(own=True)
        if len(self) >= MOST_LISTS and not self._make_room():
            raise TooManyLists(own=False)
        self._taken_in[session] += 1
        try:
            yield
        finally:
            self._taken_in.subtract([session])
            self._taken_in += Counter()  # forgets a session that has none left

    @asynccontextmanager
    async def arriving(self) -> AsyncIterator[None]:
        """Receive a list that has a place; raises `TooManyLists` if it takes long and another one needs the place."""
        try:
            async with asyncio.timeout(None) as patience:
                self._arriving[patience] = asyncio.get_running_loop().time()
                try:
                    yield
                finally:
                    del self._arriving[patience]
        except TimeoutError:
            raise TooManyLists(own=False) from None

    def _make_room(self) -> bool:
        """Refuse the list that has been arriving for longest, if that is long; returns whether there was one."""
        now = asyncio.get_running_loop().time()
        slow = (each for each, since in self._arriving.items() if now - since > ARRIVAL_SECONDS and not each.expired())
        oldest = next(slow, None)
        if oldest is not None:
            oldest.reschedule(now)
        return oldest is not None
