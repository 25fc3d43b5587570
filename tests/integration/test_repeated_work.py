"""Threads beside the pages: one that hangs or dies is logged and replaced, and none delays the end."""

import logging
import threading
import time
from collections.abc import Callable

import pytest

from checkdata.entrypoints import repeated_work
from checkdata.entrypoints.repeated_work import MOST_STUCK, RepeatedWork, run_together

PATIENCE_SECONDS = 60.0
REST = 0.001


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture(autouse=True)
def looked_after_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated_work, "LOOK_SECONDS", 0.01)


@pytest.fixture
def hold() -> threading.Event:
    """What a round that hangs waits for."""
    return threading.Event()


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_rounds_go_on_until_the_block_ends_and_not_after() -> None:
    done: list[float] = []

    def one_round() -> float:
        done.append(time.monotonic())
        return REST

    with run_together(RepeatedWork("counting", one_round)):
        wait_for(lambda: len(done) > 3)
    ended = len(done)
    assert all(thread.name != "counting" for thread in threading.enumerate())
    assert len(done) == ended


def test_a_thread_that_dies_is_told_without_what_it_said_and_started_again(caplog: pytest.LogCaptureFixture) -> None:
    begun: list[int] = []

    def one_round() -> float:
        begun.append(1)
        if len(begun) == 1:
            raise SystemExit("ann@example.org")
        return REST

    with run_together(RepeatedWork("dying", one_round)):
        wait_for(lambda: len(begun) > 3)
    assert messages(caplog)[:2] == ["a round broke off", "a thread died"]
    assert "ann@example.org" not in "".join(messages(caplog))


def test_a_round_that_hangs_is_told_with_its_place_and_others_do_the_next_ones(
    caplog: pytest.LogCaptureFixture, hold: threading.Event
) -> None:
    begun: list[int] = []

    def one_round() -> float:
        begun.append(1)
        if len(begun) == 1:
            hold.wait()
        return REST

    with run_together(RepeatedWork("hanging", one_round, longest=0.05)):
        wait_for(lambda: len(begun) > 3)
        hold.set()
        wait_for(lambda: sum(thread.name == "hanging" for thread in threading.enumerate()) == 1)
    [told] = [record for record in caplog.records if record.getMessage() == "a round does not end"]
    assert told.levelno == logging.ERROR
    assert "test_repeated_work.py" in str(vars(told)["details"]["where"])


def test_no_more_threads_take_the_place_of_those_that_hang_than_may(
    caplog: pytest.LogCaptureFixture, hold: threading.Event
) -> None:
    begun: list[int] = []

    def one_round() -> float:
        begun.append(1)
        hold.wait()
        return REST

    with run_together(RepeatedWork("hanging", one_round, longest=0.02)):
        wait_for(lambda: messages(caplog).count("a round does not end") == MOST_STUCK + 1)
        assert len(begun) == MOST_STUCK + 1
        hold.set()
        wait_for(lambda: len(begun) > MOST_STUCK + 3)


def test_rounds_that_hang_hold_the_end_together_no_longer_than_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, hold: threading.Event
) -> None:
    monkeypatch.setattr(repeated_work, "LAST_SECONDS", 0.2)
    reached = threading.Barrier(4)

    def one_round() -> float:
        reached.wait()
        hold.wait()
        return REST

    with run_together(*(RepeatedWork(f"hanging {number}", one_round) for number in range(3))):
        reached.wait()
    assert messages(caplog).count("a thread was left behind") == 3
    hold.set()
