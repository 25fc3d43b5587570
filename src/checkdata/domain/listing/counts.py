"""Counts that imports keep, so that no page counts participants: of earlier days, and of schools."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from attrs import field, frozen

from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import LeadProviderId, search_key

EACH_DAY_FOR: Final = timedelta(days=62)
"""How long the counts of each day are kept: a month ago is never further back than the month before that began."""
EACH_MONTH_FOR: Final = timedelta(days=2 * 366)
"""How long the last counts of each month are kept."""
MOST_DAYS_SHOWN: Final = 12


@frozen(kw_only=True)
class PastCount:
    """How many participants of one kind an organisation had, as the last import of a day left its listing.

    It stands until the next day that has counts. A scope covers it as it covers a row (`Scope.covers`): what a user
    may not see today is not counted for them on an earlier day either.
    """

    day: date
    delivery_partner_id: str | None
    appropriate_body_id: str | None
    lead_provider_id: LeadProviderId | None
    academic_year: int
    role: ParticipantRole
    status: Status
    next: WhoActs
    number: int


@frozen(kw_only=True)
class StatusCount:
    """How many participants had a status on a day."""

    day: date
    status: Status
    number: int


@frozen(kw_only=True)
class SchoolCounts:
    """How many participants a school has in a scope, and how many of them each of those who can act has to act for.

    A school is known by its URN; ``name`` is what it is called now, however rows spell it. ``rank`` is its place among
    those of the scope by name, so that pages need not compare thousands of names.
    """

    urn: str
    name: str
    next: Mapping[WhoActs, int]
    rank: int = field(default=0, eq=False, repr=False)
    number: int = field(init=False)
    to_resolve: int = field(init=False)
    key: str = field(init=False, repr=False)
    """The name as it is searched for and ordered by."""

    def __attrs_post_init__(self) -> None:
        """Sum up once, because a page asks this of thousands of schools."""
        number = sum(self.next.values())
        object.__setattr__(self, "number", number)
        object.__setattr__(self, "to_resolve", number - self.next.get(WhoActs.NOBODY, 0))
        object.__setattr__(self, "key", search_key(self.name))

    def to_act(self, who: WhoActs) -> int:
        """For how many of its participants one of them has to act."""
        return self.next.get(who, 0)


def day_to_compare_with(days: Iterable[date], today: date) -> date | None:
    """The newest of the days that have counts a month before today or longer ago, else the oldest before today."""
    earlier = sorted(day for day in days if day < today)
    a_month_ago = [day for day in earlier if day <= a_month_before(today)]
    return a_month_ago[-1] if a_month_ago else next(iter(earlier), None)


def days_to_show(days: Iterable[date]) -> Sequence[date]:
    """Of the days that have counts those that a page shows, oldest first: all, or if there are many, a day a month."""
    found = sorted(days)
    if len(found) > MOST_DAYS_SHOWN:
        found = sorted({(day.year, day.month): day for day in found}.values())
    return found[-MOST_DAYS_SHOWN:]


def days_to_forget(days: Iterable[date], today: date) -> frozenset[date]:
    """Of the days that have counts, those whose counts are not kept any more.

    After `EACH_DAY_FOR` only the last day of each month is kept, and after `EACH_MONTH_FOR` none.
    """
    found = sorted(days)
    last_of_month = set({(day.year, day.month): day for day in found}.values())
    return frozenset(
        day
        for day in found
        if day < today - EACH_MONTH_FOR or (day < today - EACH_DAY_FOR and day not in last_of_month)
    )


def a_month_before(day: date) -> date:
    """The same day of the month before, or its last day where it is shorter."""
    last_of_month_before = day.replace(day=1) - timedelta(days=1)
    return last_of_month_before.replace(day=min(day.day, last_of_month_before.day))
