"""What a cell of a feed may hold, one function for each kind (feed.md); `CellRefused` names the rule it breaks.

The rules' words never hold the cell itself, which may be personal. Reading a blank cell gives what an absent column
would.
"""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, TypeVar

from checkdata.domain.values import (
    checked_academic_year,
    checked_identifier,
    checked_urn,
    is_email_address,
    normalised_trn,
)

Read = Callable[[str], Any]
"""Gives the value of a cell, or raises `CellRefused`."""

FLAGS: Final = {"true": True, "false": False}

BLANK: Final = "blank"
CONTROL_CHARACTER: Final = "a control character"
STRAY_QUOTE: Final = "a quote in a cell that is not in quotes"

LONGEST_KEY: Final = 255
"""In characters; a database can't index a longer one."""

PLAIN_TEXT: Final = r"\S[^\n]*"
PLAIN_KEY: Final = rf"\S[^\n]{{0,{LONGEST_KEY - 1}}}"
PLAIN_EMAIL: Final = r"(?:[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+)?"
PLAIN_TRN: Final = r"(?:[0-9]{7})?"
_PLAIN_DAY: Final = (
    r"[12][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
PLAIN_DAY: Final = rf"(?:{_PLAIN_DAY})?"
PLAIN_MOMENT: Final = (
    rf"{_PLAIN_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,6}})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
)
"""The shapes that most cells have, where no control character is in them: such a cell is good and stands for itself.

They are kept to what regular expressions are in every language, because a cell is matched by more than one.
"""

_DIGITS_OF_TRN: Final = 7
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
)

E = TypeVar("E", bound=Enum)


class CellRefused(Exception):
    """A cell that breaks a rule; ``rule`` says which, in the words of ``rejected.csv``."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def text(cell: str) -> str:
    """Any text, or none."""
    return cell


def filled(cell: str) -> str:
    """Some text."""
    if not cell or cell.isspace():
        raise CellRefused(BLANK)
    return cell


def key(cell: str) -> str:
    """Some text that a database keeps in order, to find rows by."""
    if len(cell) > LONGEST_KEY:
        raise CellRefused(f"longer than {LONGEST_KEY} characters")
    return filled(cell)


def identifier(cell: str) -> str:
    """An id of a reference file."""
    return _checked(checked_identifier, cell, "not an id of up to 64 letters, digits, dashes and underscores")


def urn(cell: str) -> str:
    """A school's unique reference number."""
    return _checked(checked_urn, cell, "not 6 digits")


def academic_year(cell: str) -> int:
    """An academic year, by its first year."""
    return _checked(checked_academic_year, cell, "not the first year of an academic year")


def trn(cell: str) -> str:
    """A teacher reference number, as its seven digits."""
    if len(cell) == _DIGITS_OF_TRN and cell.isascii() and cell.isdigit():
        return cell
    return _checked(normalised_trn, cell, "not a TRN of 7 digits")


def email(cell: str) -> str:
    """An address as it is to be shown, or none."""
    if cell and not is_email_address(cell):
        raise CellRefused("not an email address")
    return cell


def day(cell: str) -> date:
    """A date, ``2024-09-01``."""
    if not _DATE.fullmatch(cell):
        raise CellRefused("not a date")
    return _checked(date.fromisoformat, cell, "not a date")


def moment(cell: str) -> datetime:
    """A date and time with its offset, as UTC."""
    rule = "not a date and time with an offset"
    if not _MOMENT.fullmatch(cell):
        raise CellRefused(rule)
    try:
        return datetime.fromisoformat(cell).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CellRefused(rule) from error


def or_blank(read: Read) -> Read:
    """The same, or None for a blank cell."""
    return lambda cell: read(cell) if cell else None


def one_of(values: Mapping[str, object]) -> Read:
    """One of these words, as what it stands for; "" among them is a blank cell's meaning."""
    rule = f"not one of {', '.join(filter(None, values))}"

    def read(cell: str) -> object:
        try:
            return values[cell]
        except KeyError as error:
            raise CellRefused(rule) from error

    return read


def slugs_of(words: type[E]) -> Mapping[str, E]:
    """The words of an enum."""
    return {word.value: word for word in words}


def known(ids: AbstractSet[str], file: str, read: Read = text) -> Read:
    """An id that stands in a file, of this feed or an earlier one; *read* tells what its shape must be."""
    rule = f"not known in {file}"

    def read_known(cell: str) -> str:
        if cell in ids:
            return cell
        read(cell)
        raise CellRefused(rule)

    return read_known


T = TypeVar("T")


def _checked(check: Callable[[str], T], cell: str, rule: str) -> T:
    try:
        return check(cell)
    except ValueError as error:  # `InvalidValue` is one
        raise CellRefused(rule) from error
