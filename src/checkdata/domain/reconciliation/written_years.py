"""An academic year in the forms in which people and spreadsheets write it (rules.md, *Comparing a list*)."""

import re
from datetime import date, timedelta
from typing import Final

_YEARS: Final = re.compile(
    r"(?:(?:academic year|ay|cohort) ?)?(?:20)?(?P<first>[0-9]{2})(?: ?(?:to|/|-|–|—) ?(?:20)?(?P<last>[0-9]{2}))?"
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_IN_WORDS: Final = re.compile(
    r"(?:(?:academic year|ay|cohort) ?)?(?:[0-9]{1,2}(?:st|nd|rd|th)? ?[-/]? ?)?"
    r"(?P<month>january|february|march|april|june|july|august|september|october|november|december|sept|"
    rf"{'|'.join(_MONTHS)})[.,]? ?[-/]? ?[’']?(?:20)?(?P<year>[0-9]{{2}})"
)
_DAY: Final = re.compile(r"(?P<year>20[0-9]{2})-(?P<month>[0-9]{2})-[0-9]{2}(?:[t ][0-9:.]+z?)?")
_BRITISH_DAY: Final = re.compile(
    r"(?:[0-9]{1,2}[/.-])?(?P<month>[0-9]{1,2})[/.-](?:20)?(?P<year>[0-9]{2})(?: [0-9:]+)?"
)
_SERIAL: Final = re.compile(r"(?P<days>[0-9]{5})(?:\.[0-9]+)?")
_SPREADSHEETS_BEGIN: Final = date(1899, 12, 30)
_CENTURY: Final = range(2000, 2100)
_FIRST_MONTH: Final = 9
"""An academic year begins in September."""


def academic_year(text: str) -> int | None:
    """The first calendar year of the academic year that is written; None where none is understood.

    A month or a day stands for the academic year that it is in: "Sept 2025" and "March 2026" are both 2025 to 2026. A
    whole number of five digits is a day as spreadsheets keep it, counted from 1899. A bare "25" may be anything.
    """
    plain = " ".join(text.casefold().split())
    named = _named(plain)
    return _of_day(plain) if named is None else named


def is_named_year(text: str) -> bool:
    """Whether the text names an academic year or a month; a day may be any day, one of birth too."""
    return _named(" ".join(text.casefold().split())) is not None


def _named(plain: str) -> int | None:
    written = _YEARS.fullmatch(plain)
    if written and len(plain) > 2:  # noqa: PLR2004 - two digits may be anything
        first, last = int(written["first"]), written["last"]
        if last is None or int(last) == (first + 1) % 100:
            return 2000 + first
    month = _MONTH_IN_WORDS.fullmatch(plain)
    return _in(2000 + int(month["year"]), _MONTHS.index(month["month"][:3]) + 1) if month else None


def _of_day(plain: str) -> int | None:
    serial = _SERIAL.fullmatch(plain)
    if serial:
        day = _SPREADSHEETS_BEGIN + timedelta(days=int(serial["days"]))
        return _in(day.year, day.month)
    written = _DAY.fullmatch(plain) or _BRITISH_DAY.fullmatch(plain)
    return _in(2000 + int(written["year"]) % 100, int(written["month"])) if written else None


def _in(year: int, month: int) -> int | None:
    first = year if month >= _FIRST_MONTH else year - 1
    return first if first in _CENTURY and 1 <= month <= len(_MONTHS) else None
