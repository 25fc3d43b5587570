"""Service rules 1 to 3, said again in sixty lines that share nothing with `checkdata.domain.access`.

A fact is a plain tuple, a day is a number, and a row is asked about directly: there are no scopes, rules or predicates
here, so that a mistake in those cannot be repeated. Source: rules.md, *The service rules*.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Held(NamedTuple):
    """A grant: whose, for which partner, from which day, and the first day on which it has ended; None for none."""

    user: str
    partner: str
    given: int
    ended: int | None


class Signed(NamedTuple):
    """An agreement: the parties, its first and last day, the day on which a user ended it, its years, and whether it
    covers participants without a lead provider."""

    lead: str
    partner: str
    first: int
    last: int | None
    ended: int | None
    first_year: int | None
    last_year: int | None
    unconfirmed: bool


class Seen(NamedTuple):
    """A row of a listing: whose, of which lead provider (None or "" where there is none), and its academic year."""

    partner: str
    lead: str | None
    year: int


class World(NamedTuple):
    """All that is known: who is there ("" for nobody), whether they are suspended, the grants and the agreements."""

    user: str
    suspended: bool
    grants: Sequence[Held]
    agreements: Sequence[Signed]


def is_let_in(world: World, user: str, partner: str, day: int) -> bool:
    """Whether this user may act for this partner on that day: a grant of theirs is active, an agreement in force."""
    if world.user != user or world.suspended:
        return False
    granted = [g for g in world.grants if g.user == user and g.partner == partner]
    if not [g for g in granted if day >= g.given and (g.ended is None or day < g.ended)]:
        return False
    return any(a.partner == partner and is_running(a, day) for a in world.agreements)


def is_running(agreement: Signed, day: int) -> bool:
    """Whether an agreement is in force: both of its days count, the day on which a user ended it does not."""
    late = agreement.last is not None and day > agreement.last
    stopped = agreement.ended is not None and day >= agreement.ended
    return day >= agreement.first and not late and not stopped


def may_see(world: World, user: str, partner: str, day: int, row: Seen) -> bool:
    """Whether this user, acting for this partner on that day, may see this row."""
    if not is_let_in(world, user, partner, day) or row.partner != partner:
        return False
    for a in world.agreements:
        own = row.lead == a.lead or (a.unconfirmed and row.lead in (None, ""))
        years = (a.first_year or 0) <= row.year <= (a.last_year or 9999)
        if a.partner == partner and is_running(a, day) and own and years:
            return True
    return False
