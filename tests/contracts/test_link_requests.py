"""What every adapter of `checkdata.domain.ports.LinkRequests` must do (security.md 13)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from threading import Barrier
from typing import Final

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkdata.adapters.memory import MemoryStorage, MemoryTokens
from checkdata.domain.errors import AskedTooOften
from checkdata.domain.ports import Storage
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.sign_in.link_limits import LinkAnswer, LinkLimits, LinkRequester
from checkdata.domain.values import EmailAddress
from tests.strategies import NOON

RACERS: Final = 16
WINDOW: Final = timedelta(minutes=15)
LIMITS: Final = LinkLimits(window=WINDOW, per_address=2, per_client=3, overall=5)
MANY: Final = LinkLimits(window=WINDOW, per_address=99, per_client=99, overall=99)
YES, NOT_FOR_ADDRESS, NO = LinkAnswer.YES, LinkAnswer.NOT_FOR_ADDRESS, LinkAnswer.NO
Asked = tuple[str, str, int]
"""An address, a client, and how many minutes after the one before."""


def ask(
    storage: Storage, address: str = "ann", client: str = "here", limits: LinkLimits = LIMITS, at: datetime = NOON
) -> LinkAnswer:
    with storage.at_once() as work:
        return work.link_requests.count(LinkRequester(address=f"a:{address}", client=f"c:{client}"), limits, at)


def test_an_address_that_had_enough_is_sent_no_more_wherever_one_asks_and_others_are(storage: Storage) -> None:
    assert [ask(storage, client=client) for client in ("here", "there", "here", "there")] == [
        YES,
        YES,
        NOT_FOR_ADDRESS,
        NOT_FOR_ADDRESS,
    ]
    assert ask(storage, "bea") is YES


def test_a_client_that_asked_often_enough_is_refused_whomever_they_ask_for_and_others_are_not(storage: Storage) -> None:
    assert [ask(storage, address) for address in "abcde"] == [YES, YES, YES, NO, NO]
    assert ask(storage, "d", "there") is YES


def test_every_request_is_refused_once_all_users_together_asked_too_often(storage: Storage) -> None:
    assert [ask(storage, address, client) for address, client in zip("abcdef", "123456", strict=True)] == [YES] * 5 + [
        NO
    ]


def test_a_refused_request_takes_nothing_from_an_address_or_from_all_users(storage: Storage) -> None:
    for _ in range(3):
        ask(storage, "own")
    assert [ask(storage) for _ in range(9)] == [NO] * 9
    assert [ask(storage, client=client) for client in "12"] == [YES, YES]


def test_a_request_over_the_limit_of_all_users_is_not_counted(storage: Storage) -> None:
    for number in range(LIMITS.overall):
        ask(storage, f"a{number}", f"c{number}")
    assert [ask(storage, "own", "own") for _ in range(9)] == [NO] * 9
    assert ask(storage, "own", "own", evolve(LIMITS, overall=99)) is YES


@pytest.mark.parametrize("limits", [evolve(MANY, per_address=1), evolve(MANY, per_client=1), evolve(MANY, overall=1)])
def test_once_a_window_is_over_the_next_one_begins_with_the_next_request(storage: Storage, limits: LinkLimits) -> None:
    asked = [(0, True), (14, False), (15, True), (29, False), (90, True), (104, False), (105, True)]
    found = [ask(storage, limits=limits, at=NOON + timedelta(minutes=minutes)) is YES for minutes, _ in asked]
    assert found == [passes for _, passes in asked]


@pytest.mark.parametrize(
    ("limits", "same_address", "same_client"),
    [
        (evolve(MANY, per_address=5), True, False),
        (evolve(MANY, per_client=5), False, True),
        (evolve(MANY, overall=5), False, False),
    ],
)
def test_of_sixteen_who_ask_at_once_no_more_pass_than_the_limit(
    storage: Storage, limits: LinkLimits, *, same_address: bool, same_client: bool
) -> None:
    start = Barrier(RACERS)

    def run(number: int) -> LinkAnswer:
        start.wait()
        return ask(storage, "x" if same_address else f"{number}", "y" if same_client else f"{number}", limits)

    with ThreadPoolExecutor(RACERS) as racers:
        assert list(racers.map(run, range(RACERS))).count(YES) == 5


@pytest.mark.parametrize(
    ("limits", "mailed"), [(MANY, RACERS), (evolve(MANY, per_address=2), 6), (evolve(MANY, overall=5), 5)]
)
def test_of_sixteen_who_ask_the_service_at_once_as_many_are_mailed_as_the_limits_let_pass(
    storage: Storage, limits: LinkLimits, mailed: int
) -> None:
    start, signing_in = (
        Barrier(RACERS),
        SignIn(storage=storage, tokens=MemoryTokens(), clock=lambda: NOON, limits=limits),
    )

    def run(number: int) -> None:
        start.wait()
        with suppress(AskedTooOften):
            signing_in.request_link(f"person{number % 3}@hub.example", f"192.0.2.{number % 2}")

    with ThreadPoolExecutor(RACERS) as racers:
        list(racers.map(run, range(RACERS)))
    with storage.reading() as work:
        people = (EmailAddress(f"person{number}@hub.example") for number in range(3))
        assert sum(len(work.outbox.last_to(person, 99)) for person in people) == mailed


STARTS: Final = count()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 9)), max_size=25))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_storage_allows_what_memory_does_and_no_more_than_the_limits_in_any_window(
    storage: Storage, asked: Sequence[Asked]
) -> None:
    oracle, at = MemoryStorage(), NOON + next(STARTS) * timedelta(days=1)  # windows of other examples are over
    passed: list[tuple[str, str, datetime]] = []
    for address, client, minutes in asked:
        at += timedelta(minutes=minutes)
        found = ask(storage, address, client, at=at)
        assert found is ask(oracle, address, client, at=at)
        if found is YES:
            passed.append((address, client, at))
    for position, limit in ((0, LIMITS.per_address), (1, LIMITS.per_client)):
        for key in {each[position] for each in passed}:
            assert_at_most(limit, [each[2] for each in passed if each[position] == key])
    assert_at_most(LIMITS.overall, [each[2] for each in passed])


def assert_at_most(limit: int, times: Sequence[datetime]) -> None:
    """No more than twice the limit in any window's length, because two windows may meet in it."""
    assert all(sum(begin <= at < begin + WINDOW for at in times) <= 2 * limit for begin in times)


def test_a_count_under_an_older_key_is_found_until_its_window_ends(storage: Storage) -> None:
    def running(keys: Sequence[str], at: datetime) -> str | None:
        with storage.reading() as work:
            return work.link_requests.running(keys, at)

    ask(storage)
    ask(storage, client="there")
    ask(storage, "bea", "elsewhere")
    assert running(["a:new", "a:ann"], NOON) == "a:ann"
    assert running(["a:bea", "a:ann"], NOON) == "a:ann"
    assert running(["a:new", "a:newer"], NOON) is None
    assert running(["a:ann"], NOON + WINDOW) is None


def tries(storage: Storage, key: str = "k", minutes: float = 0) -> int:
    with storage.at_once() as work:
        return work.link_requests.count_try(key, WINDOW, NOON + timedelta(minutes=minutes))


def test_tries_are_counted_for_each_key_until_its_window_is_over(storage: Storage) -> None:
    assert [tries(storage), tries(storage, minutes=14), tries(storage, "other", 14)] == [1, 2, 1]
    assert [tries(storage, minutes=15), tries(storage, minutes=29)] == [1, 2]


def test_a_try_that_is_taken_back_does_not_count(storage: Storage) -> None:
    for _ in range(2):
        tries(storage)
    with storage.at_once() as work:
        work.link_requests.take_back("k")
    assert tries(storage) == 2


def test_of_sixteen_tries_at_once_each_gets_another_number(storage: Storage) -> None:
    start = Barrier(RACERS)

    def run(_: int) -> int:
        start.wait()
        return tries(storage)

    with ThreadPoolExecutor(RACERS) as racers:
        assert sorted(racers.map(run, range(RACERS))) == list(range(1, RACERS + 1))
