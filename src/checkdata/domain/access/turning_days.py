"""The days on which an answer about access may become another one, if no fact changes."""

from collections.abc import Iterable, Iterator
from datetime import date

from checkdata.domain.people.organisations import Agreement
from checkdata.domain.people.users import Grant


def days_of_grants(grants: Iterable[Grant]) -> Iterator[date]:
    """The days on which grants begin or end."""
    for grant in grants:
        yield grant.granted_on
        if grant.ended_on is not None:
            yield grant.ended_on


def days_of_agreements(agreements: Iterable[Agreement]) -> Iterator[date]:
    """The days on which agreements begin or end; one that has a last day ends on the day after it."""
    for agreement in agreements:
        yield agreement.starts_on
        if agreement.ends_on is not None and agreement.ends_on < date.max:
            yield date.fromordinal(agreement.ends_on.toordinal() + 1)
        if agreement.ended_on is not None:
            yield agreement.ended_on
