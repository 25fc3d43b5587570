"""Walks two changes at once through their interleavings: one stops before each of its questions in turn.

While the first one stands still, the other goes as far as it can: to its end, or to where it has to wait for the first.
How long that is waited for decides which interleaving is walked; what has to hold is the same in each.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from threading import Event, Thread, current_thread, local
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast

from attrs import define, field, frozen

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.sql import SqlStorage
from checkdata.domain.errors import (
    ChangeRefused,
    ConfirmationRefused,
    SessionOver,
    SignInRefused,
    StorageConflict,
    StorageUnavailable,
)
from checkdata.domain.ports import Storage, UnitOfWork
from tests.storages import InTwoRoles

LOOKED_AT_SECONDS: Final = 2.0
"""How long the other one has to come to its end, or to be seen to wait, before it is taken to wait for the first."""

_WAITS: Final = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    )
"""

MOST_SECONDS: Final = 60.0
MOST_STEPS: Final = 1000
REFUSALS: Final = (ChangeRefused, ConfirmationRefused, SessionOver, SignInRefused, StorageConflict)

Act = Callable[[], object]
At = TypeVar("At")


@frozen
class Refused:
    """What became of an act that was refused."""

    why: Exception


@define
class Steps:
    """Counts the questions of the thread that is walked, and stops it before one of them."""

    stops_before: int
    storage: Storage | None = None
    reached: Event = field(factory=Event)
    goes_on: Event = field(factory=Event)
    asked: int = 0

    def step(self, storage: Storage) -> None:
        self.storage = storage
        if self.asked == self.stops_before:
            self.reached.set()
            assert self.goes_on.wait(MOST_SECONDS)
        self.asked += 1


@define
class BreaksOff:
    """Breaks the thread off before one of its questions, as if its process was killed there."""

    before: int
    asked: int = 0

    def step(self, storage: Storage) -> None:  # noqa: ARG002 - as every step
        if self.asked == self.before:
            raise StorageUnavailable("It was killed.")
        self.asked += 1


_walked = local()


@define
class SteppingStorage:
    """A storage whose every question of a walked thread is a step."""

    storage: Storage

    def reading(self) -> UnitOfWork:
        return self.storage.reading()

    def writing(self) -> UnitOfWork:
        return cast("UnitOfWork", _Stepping(self.storage))

    def at_once(self) -> UnitOfWork:
        return self.storage.at_once()


class _Stepping:
    """A unit of work each of whose questions is a step, and its commit too."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._work = storage.writing()

    def __getattr__(self, port: str) -> Any:  # noqa: ANN401 - whichever port it is
        found = getattr(self._work, port)
        return _step_and(found, self._storage) if port == "commit" else _SteppingPort(found, self._storage)

    def __enter__(self) -> Self:
        _step(self._storage)
        self._work.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._work.__exit__(kind, error, trace)


@frozen
class _SteppingPort:
    port: object
    storage: Storage

    def __getattr__(self, question: str) -> Any:  # noqa: ANN401 - whichever question it is
        return _step_and(getattr(self.port, question), self.storage)


def _step_and(ask: Callable[..., object], storage: Storage) -> Callable[..., object]:
    def stepped(*given: object, **named: object) -> object:
        _step(storage)
        return ask(*given, **named)

    return stepped


def _step(storage: Storage) -> None:
    steps: Steps | BreaksOff | None = getattr(_walked, "steps", None)
    if steps is not None:
        steps.step(storage)


def waits(storage: Storage | None, thread: Thread) -> bool:
    """Whether a thread waits for what another unit of work holds: PostgreSQL, the system or its own place says so."""
    match storage:
        case InTwoRoles(owned=owned):
            with owned.engine.connect() as connection:
                return bool(connection.exec_driver_sql(_WAITS).scalar_one())
        case SqlStorage():  # between two looks at a lock that another has, SQLite sleeps
            return Path(f"/proc/self/task/{thread.native_id}/wchan").read_text() == "hrtimer_nanosleep"
        case _:
            frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - documented in spite of its name
            return frame is not None and frame.f_code.co_name == MemoryStorage.take_turn.__name__


def outcome(act: Act) -> object:
    """What an act gave, or that it was refused."""
    try:
        return act()
    except REFUSALS as refused:
        return Refused(refused)


def breaks_off(act: Act, before: int) -> bool:
    """Whether an act was broken off before that question; False if it was done before it came so far."""
    _walked.steps = BreaksOff(before)
    try:
        act()
    except StorageUnavailable:
        return True
    finally:
        _walked.steps = None
    return False


@frozen
class Outcomes:
    """What became of both, and whether the second was done while the first one stood still."""

    first: object
    second: object
    stopped: bool
    passed: bool


def both(first: Act, second: Act, stops_before: int) -> Outcomes:
    """Run both, the second begun when the first one comes to that question, or is done without."""
    steps, threads_of_second = Steps(stops_before), list[Thread]()

    def followed() -> object:
        threads_of_second.append(current_thread())
        return outcome(second)

    def walked() -> object:
        _walked.steps = steps
        try:
            return outcome(first)
        finally:
            _walked.steps = None
            steps.reached.set()

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(walked)
        assert steps.reached.wait(MOST_SECONDS)
        stopped = not one.done() and steps.asked == stops_before
        two = threads.submit(followed)
        looked_at_until = monotonic() + (LOOKED_AT_SECONDS if stopped else MOST_SECONDS)
        while not two.done() and monotonic() < looked_at_until:
            wait([two], 0.002)
            if stopped and threads_of_second and waits(steps.storage, threads_of_second[0]):
                break
        passed = two.done()
        steps.goes_on.set()
        return Outcomes(one.result(MOST_SECONDS), two.result(MOST_SECONDS), stopped, passed)


def interleavings(
    stage: Callable[[], At],
    acts: tuple[Callable[[At], object], Callable[[At], object]],
    holds: Callable[[At, Outcomes], None],
) -> None:
    """See what *holds* of two acts in each interleaving, on a new *stage* each time.

    Where the second has to wait, it waits for what the first one holds to its end: no later step is another
    interleaving, and the last is that the first one is done.
    """
    for stops_before in range(MOST_STEPS):
        outcomes = _on(stage, acts, holds, stops_before)
        if not (outcomes.stopped and outcomes.passed):
            break
    assert not _on(stage, acts, holds, MOST_STEPS).stopped


def _on(
    stage: Callable[[], At],
    acts: tuple[Callable[[At], object], Callable[[At], object]],
    holds: Callable[[At, Outcomes], None],
    stops_before: int,
) -> Outcomes:
    at = stage()
    outcomes = both(partial(acts[0], at), partial(acts[1], at), stops_before)
    holds(at, outcomes)
    return outcomes
