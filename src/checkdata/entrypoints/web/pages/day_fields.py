"""A day typed in three fields, as GOV.UK asks for it: ``NAME-day``, ``NAME-month`` and ``NAME-year``.

A moment has its time in a fourth one, ``NAME-time``.
"""

import re
from datetime import date, datetime, timedelta
from typing import Final

from checkdata.domain.values import london_midnight
from checkdata.entrypoints.web.security.query_and_form_fields import Fields

PARTS: Final = ("day", "month", "year")

_YEARS: Final = range(2000, 2100)
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")


def day_field_names(name: str) -> tuple[str, ...]:
    """The three fields of a day; errors are shown at the first."""
    return tuple(f"{name}-{part}" for part in PARTS)


def day_of(form: Fields, name: str) -> date | None:
    """The day that was typed; None if none was. Raises `ValueError` for what is not a day of this century."""
    typed = [form.get(field, "").strip() for field in day_field_names(name)]
    if not any(typed):
        return None
    if not all(word.isascii() and word.isdigit() and len(word) <= len("2024") for word in typed):
        msg = "not a day"
        raise ValueError(msg)
    day, month, year = map(int, typed)
    if year not in _YEARS:
        msg = "not a year of this service"
        raise ValueError(msg)
    return date(year, month, day)


def day_fault(form: Fields, name: str, called: str, *, blank: str = "") -> dict[str, str]:
    """What is wrong with a day, by its first field; *blank* is the error for a blank day, "" if it may be blank."""
    first = day_field_names(name)[0]
    try:
        day = day_of(form, name)
    except ValueError:
        return {first: f"{called} must be a real date, like 27 3 2024"}
    return {first: blank} if day is None and blank else {}


def moment_of(form: Fields, name: str) -> datetime | None:
    """The moment in London that was typed, the end of the day where no time was; None if none was.

    Raises `ValueError` for what is none.
    """
    day, time = day_of(form, name), form.get(f"{name}-time", "").strip()
    if day is None:
        return None
    next_day = london_midnight(day + timedelta(days=1))
    if not time:
        return next_day - timedelta(microseconds=1)
    found = _TIME.fullmatch(time)
    if found is None:
        msg = "not a time of day"
        raise ValueError(msg)
    return london_midnight(day).replace(hour=int(found[1]), minute=int(found[2]))


def moment_fault(form: Fields, name: str, called: str) -> dict[str, str]:
    """What is wrong with a moment that may be blank, by its first field or its time."""
    time = form.get(f"{name}-time", "").strip()
    if faults := day_fault(form, name, called, blank=f"{called} must be there if there is a time" if time else ""):
        return faults
    return {f"{name}-time": "Time must be like 14:30"} if time and not _TIME.fullmatch(time) else {}
