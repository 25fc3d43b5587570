"""The whole life of access, in any order: no user gets in who was not confirmed, and all of it is on record.

So is all that was shown, whatever changes later.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.sql import SqlStorage
from checkdata.domain.ports import Storage
from tests.integration.access_machine import AccessMachine
from tests.integration.seen_machine import SeenMachine
from tests.storages import copied, empty, opened, storage_on

Stage = Callable[[], tuple[Storage, ExitStack]]
"""An empty storage, and what has to be left when it is no longer needed."""


@pytest.fixture
def memory() -> Stage:
    return lambda: (MemoryStorage(), ExitStack())


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> Stage:
    numbers = count()

    def stage() -> tuple[Storage, ExitStack]:
        with ExitStack() as leave:
            engine = leave.enter_context(copied(migrated_sqlite, tmp_path / f"{next(numbers)}.sqlite"))
            return SqlStorage(engine), leave.pop_all()

    return stage


@pytest.fixture
def postgresql(migrated_postgresql_url: str) -> Iterator[Stage]:
    with opened(migrated_postgresql_url) as engine:

        def stage() -> tuple[Storage, ExitStack]:
            with ExitStack() as leave:
                leave.callback(empty, engine)
                return leave.enter_context(storage_on(engine)), leave.pop_all()

        yield stage


OVER = pytest.mark.parametrize(
    ("over", "examples", "steps"), [("memory", 160, 20), ("sqlite", 10, 15), ("postgresql", 10, 15)]
)


@OVER
def test_no_user_gets_in_who_was_not_confirmed_in_any_order(
    request: pytest.FixtureRequest, over: str, examples: int, steps: int
) -> None:
    run(AccessMachine, request.getfixturevalue(over), examples, steps)


@OVER
def test_a_user_who_was_shown_a_participant_stays_known_whatever_changes_later(
    request: pytest.FixtureRequest, over: str, examples: int, steps: int
) -> None:
    run(SeenMachine, request.getfixturevalue(over), examples, steps)


def run(machine: type[AccessMachine] | type[SeenMachine], stage: Stage, examples: int, steps: int) -> None:
    begun = settings(max_examples=examples, stateful_step_count=steps)
    run_state_machine_as_test(lambda: machine(*stage()), settings=begun)  # type: ignore[arg-type]  # makes one too
