"""A day typed in three fields, as GOV.UK asks for it: ``NAME-day``, ``NAME-month`` and ``NAME-year``."""

from datetime import date
from typing import Final

from checkdata.entrypoints.web.security.query_and_form_fields import Fields

PARTS: Final = ("day", "month", "year")

_YEARS: Final = range(2000, 2100)


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
