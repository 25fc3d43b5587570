"""Which schools follow one that closed: what a register tells by mistake costs no more than it has lines."""

from collections import Counter
from typing import Final

from checkdata.domain.people.school_register import MOST_FOLLOWING, Followed, Succession, followed

HUB: Final = "hub"


def spokes(number: int) -> list[str]:
    return [f"{place:06d}" for place in range(number)]


def test_of_many_successors_the_nearest_and_first_by_urn_follow() -> None:
    told = [Succession(HUB, urn) for urn in reversed(spokes(200))]
    assert list(followed(told, {HUB})) == [Followed(HUB, urn, 1) for urn in spokes(MOST_FOLLOWING)]


def test_closed_schools_around_a_closed_one_are_followed_a_bounded_number_of_times() -> None:
    around = spokes(3000)
    told = [Succession(*link) for urn in around for link in ((urn, HUB), (HUB, urn))]
    numbers = Counter(each.urn for each in followed(told, {HUB, *around}))
    assert max(numbers.values()) <= MOST_FOLLOWING
    assert numbers.keys() == {HUB, *around}
