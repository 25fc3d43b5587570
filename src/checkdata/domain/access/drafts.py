"""Why one support user alone does not add an agreement by hand (service rule 4)."""

from collections.abc import Collection, Iterator
from datetime import date
from enum import Enum
from typing import Final

from checkdata.domain.people.organisations import Agreement

_ACADEMIC_YEARS: Final = range(2000, 2100)
"""All that a feed can name (feed.md)."""


class Widening(Enum):
    """How an agreement by hand lets users see more than the agreements of the same two parties do."""

    PAST = "past"
    YEARS = "years"
    LONGER = "longer"
    UNCONFIRMED = "unconfirmed"


def widenings(agreement: Agreement, between: Collection[Agreement], today: date) -> tuple[Widening, ...]:
    """In which ways it widens what users see; a second support user has to confirm it if there is any.

    It starts in the past, because it then answers for days on which nobody had agreed; it covers academic years that no
    agreement in force *between* the two covers; it lasts longer than each of those that cover one of its years; or it
    covers participants without a confirmed lead provider. One that a user ended by hand covers nothing here, even
    before its end, because a new one would undo that end.
    """
    lasting = [other for other in between if other.in_force(today) and not other.ended_by_hand]
    ours = {year for other in lasting for year in _years(other)}
    as_long = {year for other in lasting if _last_day(other) >= _last_day(agreement) for year in _years(other)}
    holds = {
        Widening.PAST: agreement.starts_on < today,
        Widening.YEARS: not ours.issuperset(_years(agreement)),
        Widening.LONGER: not as_long.issuperset(ours.intersection(_years(agreement))),
        Widening.UNCONFIRMED: agreement.covers_unconfirmed,
    }
    return tuple(widening for widening, does in holds.items() if does)


def _last_day(agreement: Agreement) -> date:
    return agreement.last_day or date.max


def _years(agreement: Agreement) -> Iterator[int]:
    first, last = agreement.first_academic_year, agreement.last_academic_year
    return (year for year in _ACADEMIC_YEARS if (first is None or first <= year) and (last is None or year <= last))
