"""The department's register of schools (GIAS): how schools are called, and which follow one that closed (rules.md)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from enum import Enum
from heapq import nsmallest
from itertools import islice
from typing import Final

from attrs import frozen

from checkdata.domain.people.organisations import School

MOST_STEPS: Final = 20
"""How many schools one after the other are followed from one that closed; no chain of real ones is as long."""
MOST_FOLLOWING: Final = 50
"""How many schools at most follow one, the nearest and then by URN; a register may tell of thousands by mistake."""


class SchoolState(Enum):
    """Whether a school is open; one that is proposed is neither open nor closed."""

    OPEN = "open"
    CLOSED = "closed"
    PROPOSED = "proposed"


@frozen(kw_only=True)
class RegisteredSchool:
    """A school as the register has it; ``closed_on`` is None where it did not close, or no day is told."""

    urn: str
    name: str
    state: SchoolState = SchoolState.OPEN
    closed_on: date | None = None


@frozen
class Succession:
    """A school, and one that follows it. A school that is split has several that follow it."""

    urn: str
    successor: str


@frozen(kw_only=True)
class ClosedSchool:
    """A school that closed, and the open schools that follow it, the nearest first, if there are any."""

    urn: str
    name: str
    closed_on: date | None
    successors: tuple[School, ...]


@frozen
class Followed:
    """A school that follows another one, and after how many steps."""

    urn: str
    successor: str
    steps: int


def followed(successions: Collection[Succession], closed: AbstractSet[str]) -> Iterator[Followed]:
    """Every school that follows another one: at once or, where what follows at once has closed, after it.

    A school never follows itself, so that a cycle ends; `MOST_STEPS` and `MOST_FOLLOWING` bound the rest.
    """
    told: defaultdict[str, set[str]] = defaultdict(set)
    for each in successions:
        if each.urn != each.successor:
            told[each.urn].add(each.successor)
    direct = {urn: frozenset(nsmallest(MOST_FOLLOWING, successors)) for urn, successors in told.items()}
    for urn in sorted(direct):
        yield from islice(_from(urn, direct, closed), MOST_FOLLOWING)


def _from(urn: str, direct: Mapping[str, AbstractSet[str]], closed: AbstractSet[str]) -> Iterator[Followed]:
    met: set[str] = {urn}
    here = direct[urn]
    for steps in range(1, MOST_STEPS + 1):
        new = here - met
        yield from (Followed(urn, successor, steps) for successor in sorted(new))
        met |= new
        here = _next(new & closed, direct)


def _next(urns: Iterable[str], direct: Mapping[str, AbstractSet[str]]) -> AbstractSet[str]:
    return {successor for urn in urns for successor in direct.get(urn, ())}
