"""Counts that imports keep, so that no page counts participants: of earlier days, and of schools."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from attrs import frozen

from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.values import LeadProviderId

EACH_DAY_FOR: Final = timedelta(days=62)
"""How long the counts of each day are kept: a month ago is never further back than the month before that began."""
EACH_MONTH_FOR: Final = timedelta(days=2 * 366)
"""How long the last counts of each month are kept."""


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
    number: int


@frozen(kw_only=True)
class StatusCount:
    """How many participants had a status on a day."""

    day: date
    status: Status
    number: int


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
