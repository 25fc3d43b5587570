"""Roles, days and times in the words that users read."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.values import day_in_words

ROLE_NAMES: Final[Mapping[Role, str]] = {
    Role.DELIVERY_PARTNER: "Delivery partner",
    Role.APPROPRIATE_BODY: "Appropriate body",
    Role.SUPPORT: "Support",
    Role.POLICY: "Policy",
    Role.RELATED_SERVICE: "Related service",
}

_LONDON: Final = ZoneInfo("Europe/London")
_FRIDAY: Final = 4
_YEAR: Final = timedelta(days=365.25)


def academic_years(agreement: Agreement) -> str:
    """The academic years that an agreement covers: 2021 to 2022 and later."""
    first, last = agreement.first_academic_year, agreement.last_academic_year
    if first is None:
        return "All" if last is None else f"Up to {_academic_year(last)}"
    if last is None:
        return f"{_academic_year(first)} and later"
    return _academic_year(first) if first == last else f"{_academic_year(first)}, up to {_academic_year(last)}"


def clock_time(moment: datetime) -> str:
    """The time in London as GOV.UK writes it: 2:55pm."""
    local = moment.astimezone(_LONDON)
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon


def day_and_time(moment: datetime) -> str:
    """A moment in London: 3 March 2025 at 2:55pm."""
    return f"{day_in_words(moment.astimezone(_LONDON).date())} at {clock_time(moment)}"


def month_in_words(moment: datetime) -> str:
    """The month of a moment in London: March 2025."""
    return day_in_words(moment.astimezone(_LONDON).date()).split(" ", 1)[1]


def last_friday(today: date) -> date:
    """The newest Friday before today: a week's work is looked at from there."""
    return today - timedelta(days=(today.weekday() - _FRIDAY - 1) % 7 + 1)


def exact_time(moment: datetime) -> str:
    """A moment in London to the second, with its difference from UTC: 3 July 2025 at 2:55:07pm (UTC+1)."""
    local = moment.astimezone(_LONDON)
    ahead = local.utcoffset() or timedelta()
    offset = f"UTC+{ahead // timedelta(hours=1)}" if ahead else "UTC"
    clock = f"{local.hour % 12 or 12}:{local:%M:%S}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon
    return f"{day_in_words(local.date())} at {clock} ({offset})"


def duration(length: timedelta) -> str:
    """A length of time in whole years, days or hours, and in minutes up to an hour: 6 years, 60 minutes."""
    years = round(length / _YEAR)
    if years and abs(length - years * _YEAR) < timedelta(days=1):
        return counted(years, "year", "years")
    for unit, one, many in ((timedelta(days=1), "day", "days"), (timedelta(hours=1), "hour", "hours")):
        if length > timedelta(hours=1) and not length % unit:
            return counted(length // unit, one, many)
    return counted(round(length.total_seconds() / 60), "minute", "minutes")


def with_commas(number: int) -> str:
    """A number as it is read: 1,234."""
    return f"{number:,}"


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: 1 participant, 1,234 participants."""
    return f"{number:,} {one if number == 1 else many}"


def _academic_year(first: int) -> str:
    return f"{first} to {first + 1}"
