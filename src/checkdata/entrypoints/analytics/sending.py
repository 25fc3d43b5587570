"""Sends events in a thread, so that no request waits: what does not fit in the queue is dropped and counted."""

import atexit
import logging
from collections.abc import Callable, Sequence
from queue import Empty, Full, Queue
from threading import Event as Signal
from threading import Lock, Thread
from typing import Final, Protocol

from checkdata.entrypoints.analytics.events import Event
from checkdata.entrypoints.json_log import told_of

LOG: Final = logging.getLogger("checkdata.analytics")

MOST_WAITING: Final = 10_000
"""How many events wait in a process: some ten megabytes."""

AT_ONCE: Final = 500
"""How many are sent together; BigQuery recommends no more."""

LINGER_SECONDS: Final = 1.0
"""How long the first of them waits for others."""

PAUSES: Final = (1.0, 5.0)
"""How long each other try waits."""

END_SECONDS: Final = 1.5
"""How long the end of a process that serves waits for those that are not sent."""

END_OF_COMMAND_SECONDS: Final = 10.0
"""The same of a command, most of whose events are sent only then."""


class NotTaken(Exception):
    """The destination did not take events; another try may help."""


class Destination(Protocol):
    """Takes events."""

    def take(self, events: Sequence[Event], /) -> int:
        """Take them, in ten seconds at most; returns how many of them it refused. Raises `NotTaken`."""


class EventSender:
    """A queue in front of a destination; *tell* is told how many events were ``sent``, ``dropped`` or ``refused``."""

    def __init__(self, destination: Destination, *, most: int = MOST_WAITING, end_seconds: float = END_SECONDS) -> None:
        self._destination = destination
        self._end_seconds = end_seconds
        self._waiting: Queue[Event] = Queue(most)
        self._ended = Signal()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._dropped = 0
        self.tell: Callable[[str, int], None] = lambda _outcome, _number: None

    def send(self, event: Event) -> None:
        """Queue an event, or drop it; never waits."""
        try:
            self._waiting.put_nowait(event)
        except Full:
            self._dropped += 1
            self.tell("dropped", 1)
        if self._thread is None:
            self._start()

    def close(self) -> None:
        """Send what waits, for some seconds at most; what is left then is dropped."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(self._end_seconds)
        left = len(self._taken())
        if left:
            self.tell("dropped", left)
            LOG.warning("events were not sent at the end", extra={"details": {"number": left}})

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._ended.is_set():
                self._thread = Thread(target=self._run, name="analytics", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def _run(self) -> None:
        while True:
            batch = self._next()
            if batch:
                self._hand_over(batch)
            elif self._ended.is_set():
                return

    def _next(self) -> Sequence[Event]:
        try:
            first = self._waiting.get(timeout=LINGER_SECONDS / 10 if self._ended.is_set() else LINGER_SECONDS)
        except Empty:
            return []
        self._ended.wait(LINGER_SECONDS)
        return [first, *self._taken(AT_ONCE - 1)]

    def _taken(self, most: int = MOST_WAITING) -> list[Event]:
        taken: list[Event] = []
        try:
            while len(taken) < most:
                taken.append(self._waiting.get_nowait())
        except Empty:
            pass
        return taken

    def _hand_over(self, batch: Sequence[Event]) -> None:
        """Send them, with some more tries; what fails then is dropped, because newer ones wait."""
        for pause in (*PAUSES, None):
            try:
                refused = self._destination.take(batch)
            except NotTaken as error:
                if pause is None or self._ended.wait(pause):
                    self._give_up(batch, error)
                    return
            except Exception as error:  # noqa: BLE001 - the thread goes on
                self._give_up(batch, error)
                return
            else:
                self._note(len(batch) - refused, refused)
                return

    def _give_up(self, batch: Sequence[Event], error: Exception) -> None:
        self._dropped += len(batch)
        self.tell("dropped", len(batch))
        LOG.warning("events could not be sent", extra={"details": told_of(error)})
        self._tell_dropped()

    def _note(self, sent: int, refused: int) -> None:
        self.tell("sent", sent)
        if refused:
            self.tell("refused", refused)
            LOG.warning("events were refused", extra={"details": {"number": refused}})
        self._tell_dropped()

    def _tell_dropped(self) -> None:
        dropped, self._dropped = self._dropped, 0
        if dropped:
            LOG.warning("events were dropped", extra={"details": {"number": dropped}})
