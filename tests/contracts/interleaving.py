"""Walks two changes at once through their interleavings: one stops before each of its questions in turn.

While the first one stands still, the other goes as far as it can: to its end, or to where it has to wait for the first.
How long that is waited for decides which interleaving is walked; what has to hold is the same in each.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from threading import Event, local
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast

from attrs import define, field, frozen

from checkdata.domain.errors import ChangeRefused, ConfirmationRefused, SessionOver, SignInRefused, StorageConflict
from checkdata.domain.ports import Storage, UnitOfWork

LOOKED_AT_SECONDS: Final = 0.1
"""How long the other one has to come to its end, before it is taken to wait for the first."""

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
    reached: Event = field(factory=Event)
    goes_on: Event = field(factory=Event)
    asked: int = 0

    def step(self) -> None:
        if self.asked == self.stops_before:
            self.reached.set()
            assert self.goes_on.wait(MOST_SECONDS)
        self.asked += 1


_walked = local()


@define
class SteppingStorage:
    """A storage whose every question of a walked thread is a step."""

    storage: Storage

    def reading(self) -> UnitOfWork:
        return self.storage.reading()

    def writing(self) -> UnitOfWork:
        return cast("UnitOfWork", _Stepping(self.storage.writing()))

    def at_once(self) -> UnitOfWork:
        return self.storage.at_once()


class _Stepping:
    """A unit of work each of whose questions is a step, and its commit too."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def __getattr__(self, port: str) -> Any:  # noqa: ANN401 - whichever port it is
        found = getattr(self._work, port)
        return _step_and(found) if port == "commit" else _SteppingPort(found)

    def __enter__(self) -> Self:
        _step()
        self._work.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._work.__exit__(kind, error, trace)


@frozen
class _SteppingPort:
    port: object

    def __getattr__(self, question: str) -> Any:  # noqa: ANN401 - whichever question it is
        return _step_and(getattr(self.port, question))


def _step_and(ask: Callable[..., object]) -> Callable[..., object]:
    def stepped(*given: object, **named: object) -> object:
        _step()
        return ask(*given, **named)

    return stepped


def _step() -> None:
    steps: Steps | None = getattr(_walked, "steps", None)
    if steps is not None:
        steps.step()


def outcome(act: Act) -> object:
    """What an act gave, or that it was refused."""
    try:
        return act()
    except REFUSALS as refused:
        return Refused(refused)


@frozen
class Outcomes:
    """What became of both, and whether the second was done while the first one stood still."""

    first: object
    second: object
    stopped: bool
    passed: bool


def both(first: Act, second: Act, stops_before: int) -> Outcomes:
    """Run both, the second begun when the first one comes to that question, or is done without."""
    steps = Steps(stops_before)

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
        two = threads.submit(outcome, second)
        wait([two], LOOKED_AT_SECONDS if stopped else MOST_SECONDS)
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
