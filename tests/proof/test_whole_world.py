"""`decide` gives what the rules say, in every world of a small size, and until the day that it says (proof.md)."""

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import combinations, combinations_with_replacement
from random import Random
from typing import Final

import pytest
from attrs import evolve, frozen

from checkdata.domain.access.decision import Acting, Granted, decide
from tests.proof.restatement import Seen, World, is_let_in, may_see
from tests.proof.worlds import (
    DAYS,
    LEADS,
    PARTNERS,
    ROWS,
    USERS,
    acting,
    agreements,
    day_of,
    facts_of,
    world_of,
    worlds_of_grants,
)

LONG: Final = os.environ.get("CHECKDATA_PROVE") == "long"
"""Set by ``make prove``: two and three agreements taken whole, and ten million random decisions."""

AFTER: Final = (*DAYS, 5, 6)
"""The days on which a decision may change, and one after."""


@frozen
class Row:
    """A row as the library is asked about it."""

    delivery_partner_id: str
    lead_provider_id: str | None
    academic_year: int


Answer = Callable[[World, Acting, int], tuple[frozenset[Seen] | None, date | None]]
"""What is seen on a day, None where access is refused, and the day until which that holds."""


def decided(world: World, by: Acting, day: int) -> tuple[frozenset[Seen] | None, date | None]:
    """What the library decides."""
    decision = decide(by, facts_of(world), on=day_of(day))
    if not isinstance(decision, Granted):
        return None, None
    return frozenset(row for row in ROWS if decision.scope.covers(Row(*row))), decision.holds_until


def restated(world: World, by: Acting, day: int) -> frozenset[Seen] | None:
    """What the rules say."""
    user, partner = by.user_id, by.organisation.id
    if not is_let_in(world, user, partner, day):
        return None
    return frozenset(row for row in ROWS if may_see(world, user, partner, day, row))


def differences(worlds: Iterable[World], answer: Answer = decided, *, exactly: bool = False) -> Iterator[object]:
    """The worlds and days on which an answer is not what the rules say, or does not hold for as long as it says.

    An answer may hold for longer than it says, where another agreement shows the same rows; with one it does not, and
    is asked *exactly*.
    """
    for world in worlds:
        expected = {day: restated(world, acting(), day) for day in AFTER}
        for day in DAYS:
            seen, until = answer(world, acting(), day)
            changes = [day_of(later) for later in AFTER if later > day and expected[later] != expected[day]]
            first = changes[0] if changes else None
            is_late = first is not None and (until is None or until > first)
            holds = until == first if exactly else not is_late
            if seen != expected[day] or (seen is not None and not holds):
                yield world, day


def test_every_user_with_every_two_grants_is_let_in_as_the_rules_say() -> None:
    wrong = [
        (world, user, partner, day)
        for world in worlds_of_grants()
        for user, partner in (("ada", "north"), ("bea", "south"))
        for day in (DAYS if LONG else DAYS[1:3])
        if bool(decide(acting(user, partner), facts_of(world), on=day_of(day))) != is_let_in(world, user, partner, day)
    ]
    assert wrong == []


def test_every_agreement_shows_what_the_rules_say_for_as_long_as_is_said() -> None:
    assert list(differences((world_of(signed) for signed in agreements()), exactly=True)) == []


def test_two_and_three_agreements_show_what_the_rules_say_for_as_long_as_is_said() -> None:
    few = list(agreements(starts=(1, 3), ends=(None, 2, 3)))
    fewer = [signed for signed in few if signed.partner == "north" and signed.ended is None and signed.last != 2]
    if LONG:
        assert list(differences(world_of(*two) for two in combinations(few, 2))) == []
        assert list(differences(world_of(*three) for three in combinations_with_replacement(fewer, 3))) == []
    chance = Random(16)  # noqa: S311 - no secret
    assert list(differences(world_of(*chance.sample(few, 2)) for _ in range(1500))) == []
    assert list(differences(world_of(*chance.sample(few, 3)) for _ in range(1500))) == []


@pytest.mark.parametrize("part", range(8 if LONG else 1))
def test_random_worlds_show_what_the_rules_say(part: int) -> None:
    chance, some = Random(part), list(agreements())  # noqa: S311 - no secret
    grants = [world.grants for world in worlds_of_grants() if world.user == USERS[0] and not world.suspended]
    for _ in range(10_000_000 // 8 // len(DAYS) if LONG else 1_000):
        world = World("ada", chance.random() < 0.1, chance.choice(grants), chance.sample(some, chance.randrange(4)))
        assert not list(differences([world]))


@pytest.mark.parametrize("stale", [1, -1])
def test_an_answer_that_says_that_it_holds_for_another_time_is_noticed(stale: int) -> None:
    def planted(world: World, by: Acting, day: int) -> tuple[frozenset[Seen] | None, date | None]:
        seen, until = decided(world, by, day)
        return seen, None if until is None else date.fromordinal(until.toordinal() + stale)

    some = [world_of(signed) for signed in agreements(starts=(1,), ends=(3,))]
    assert list(differences(some, planted, exactly=True))
    assert bool(list(differences(some, planted))) == (stale > 0)


def test_an_answer_that_shows_one_row_more_is_noticed() -> None:
    def planted(world: World, by: Acting, day: int) -> tuple[frozenset[Seen] | None, date | None]:
        wider = evolve(by, organisation=by.organisation)
        seen, until = decided(world, wider, day)
        return (None if seen is None else seen | {Seen(PARTNERS[1], LEADS[0], 2024)}), until

    assert list(differences([world_of(*agreements(starts=(1,), ends=(None,)))], planted))
