"""Drawing from weighted options and from stretches of days, repeatably."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import TypeVar

Option = TypeVar("Option")


def draw_one(weights: Mapping[Option, float], chance: Random) -> Option:
    """Draw one option, each as likely as its weight says; the likely ones are found fastest if they come first."""
    left = chance.random() * sum(weights.values())
    for option, weight in weights.items():
        left -= weight
        if left < 0:
            return option
    return max(weights, key=weights.__getitem__)  # what rounding may leave over


def one_in(number: int, chance: Random) -> bool:
    """Say yes to one draw in so many."""
    return chance.randrange(number) == 0


def day_between(first: date, last: date, chance: Random) -> date:
    """Draw a day from first to last, both included; first where last is before it."""
    return first + timedelta(days=chance.randint(0, max(0, (last - first).days)))
