"""The whole life of access, in any order: no user gets in who was not confirmed, and all of it is on record."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.sql import SqlStorage
from tests.integration.access_machine import AccessMachine
from tests.storages import copied, empty, opened, storage_on

Begin = Callable[[], AccessMachine]


@pytest.fixture
def memory() -> Begin:
    return lambda: AccessMachine(MemoryStorage(), ExitStack())


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> Begin:
    numbers = count()

    def begin() -> AccessMachine:
        with ExitStack() as leave:
            engine = leave.enter_context(copied(migrated_sqlite, tmp_path / f"{next(numbers)}.sqlite"))
            return AccessMachine(SqlStorage(engine), leave.pop_all())

    return begin


@pytest.fixture
def postgresql(migrated_postgresql_url: str) -> Iterator[Begin]:
    with opened(migrated_postgresql_url) as engine:

        def begin() -> AccessMachine:
            with ExitStack() as leave:
                leave.callback(empty, engine)
                return AccessMachine(leave.enter_context(storage_on(engine)), leave.pop_all())

        yield begin


@pytest.mark.parametrize(
    ("over", "examples", "steps"), [("memory", 160, 20), ("sqlite", 10, 15), ("postgresql", 10, 15)]
)
def test_no_user_gets_in_who_was_not_confirmed_in_any_order(
    request: pytest.FixtureRequest, over: str, examples: int, steps: int
) -> None:
    begin: Begin = request.getfixturevalue(over)
    run_state_machine_as_test(begin, settings=settings(max_examples=examples, stateful_step_count=steps))  # type: ignore[arg-type]  # makes one too
