"""When the row of a participant who is no longer involved leaves view (statuses.md, section 3)."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

KEPT_MONTHS: Final = 12
"""For how many months a participant who is no longer involved stays in view; a setting (statuses.md 3)."""

TOLD_FOR: Final = timedelta(days=365)
"""For how long *What changed* tells who left view (statuses.md 3)."""


def leaves_view_on(known_since: date, kept_months: int) -> date:
    """The first day on which the row is not in view any more: so many months after the day on which it became known.

    The same day of the month, or the last day of a month that has no such day.
    """
    years, month = divmod(known_since.month - 1 + kept_months, 12)
    year = known_since.year + years
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(known_since.day, monthrange(year, month + 1)[1]))


def last_day_out_of_view(today: date, kept_months: int) -> date:
    """The newest day on which it may have become known so that the row is out of view today: `leaves_view_on` turned.

    The calendar's first day where there is none.
    """
    years, month = divmod(today.month - 1 - kept_months, 12)
    year = today.year + years
    if year < date.min.year:
        return date.min
    day = date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
    while leaves_view_on(day, kept_months) > today:
        day -= timedelta(days=1)
    while day < today and leaves_view_on(day + timedelta(days=1), kept_months) <= today:
        day += timedelta(days=1)
    return day
