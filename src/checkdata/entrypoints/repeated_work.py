"""Work done in threads beside the pages, round after round, and the thread that watches them."""

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

LOG: Final = logging.getLogger("checkdata.background")

LAST_SECONDS: Final = 5.0
"""How long the end waits for all rounds that are under way."""

ROUND_SECONDS: Final = 600.0
"""How long a round may take; then it is logged, and another thread does the next ones."""

LOOK_SECONDS: Final = 5.0
"""How often the threads are looked after."""

MOST_STUCK: Final = 2
"""How many threads for the same work may hang before no other takes their place: each may hold a connection."""


class RepeatedWork:
    """Rounds of one kind; each returns for how many seconds to rest after it, and never raises.

    If a round takes too long, that is logged, and another thread does the next rounds. If a thread dies nevertheless,
    that is logged too, and another one is started.
    """

    def __init__(self, name: str, one_round: Callable[[], float], *, longest: float = ROUND_SECONDS) -> None:
        """*name* is what the log calls them; *longest* is how many seconds one may take."""
        self._name = name
        self._one_round = one_round
        self._longest = longest
        self._ended = threading.Event()
        self._at_work: _Thread | None = None
        self._stuck: list[_Thread] = []

    def look_after(self) -> None:
        """Make sure that a thread does them, unless too many hang."""
        thread = self._at_work
        if thread is None:
            self._start()
        elif not thread.is_alive():
            LOG.error("a thread died", extra={"details": {"thread": self._name}})
            self._start()
        elif thread.takes > self._longest:
            self._replace(thread)

    def ask_to_end(self) -> None:
        """Begin no other round."""
        self._ended.set()

    def wait_until_ended(self, seconds: float) -> None:
        """Wait that long for the round that is under way; after that another process, or the next start, continues."""
        if self._at_work is not None:
            self._at_work.join(seconds)
            if self._at_work.is_alive():
                self._tell("a thread was left behind", self._at_work)

    def _start(self) -> None:
        self._at_work = _Thread(self._name, self._one_round, self._ended)
        self._at_work.start()

    def _replace(self, thread: "_Thread") -> None:
        self._stuck = [each for each in self._stuck if each.is_alive()]
        if thread.told:
            return
        thread.told = True
        self._tell("a round does not end", thread)
        if len(self._stuck) < MOST_STUCK:
            thread.replaced = True
            self._stuck.append(thread)
            self._start()

    def _tell(self, what: str, thread: "_Thread") -> None:
        details = {"thread": self._name, "seconds": round(thread.takes), "where": thread.where}
        LOG.error(what, extra={"details": details})


class _Thread(threading.Thread):
    """Does rounds until they end, or until another thread took its place."""

    def __init__(self, name: str, one_round: Callable[[], float], ended: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self._one_round = one_round
        self._ended = ended
        self._begun: float | None = None
        self.replaced = False
        self.told = False

    def run(self) -> None:
        """Do them; an error that no round should raise ends the thread, and is logged with its kind and place."""
        rest = 0.0
        try:
            while not self._ended.wait(rest) and not self.replaced:
                self._begun = time.monotonic()
                rest = self._one_round()
                self._begun, self.told = None, False
        except BaseException:
            LOG.exception("a round broke off", extra={"details": {"thread": self.name}})

    @property
    def takes(self) -> float:
        """How many seconds the round that is under way has taken."""
        begun = self._begun
        return 0.0 if begun is None else time.monotonic() - begun

    @property
    def where(self) -> list[str]:
        """Where it is now: files, lines and functions."""
        frame = sys._current_frames().get(self.ident or 0)  # noqa: SLF001 - documented, and there is no other way
        frames = () if frame is None else traceback.extract_stack(frame)
        return [f"{each.filename}:{each.lineno} {each.name}" for each in frames]


@contextmanager
def run_together(*rounds: RepeatedWork) -> Iterator[None]:
    """Do rounds of these kinds until the block ends, each kind in a thread of its own, looked after by one more."""
    ended = threading.Event()
    for each in rounds:
        each.look_after()
    watch = threading.Thread(target=_look_after, args=(ended, rounds), name="watch", daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        until = time.monotonic() + LAST_SECONDS
        for each in rounds:
            each.ask_to_end()
        for each in rounds:
            each.wait_until_ended(max(0.0, until - time.monotonic()))


def _look_after(ended: threading.Event, rounds: tuple[RepeatedWork, ...]) -> None:
    while not ended.wait(LOOK_SECONDS):
        for each in rounds:
            each.look_after()
