"""What a setting is: its name, what it means, what it may be, and how its text is read."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from typing import Final, Generic, Self, TypeVar

from attrs import frozen

from checkdata.domain.errors import CheckdataError, InvalidValue

PREFIX: Final = "CHECKDATA_"

Value = TypeVar("Value")


class WrongSetting(CheckdataError):
    """A variable of the environment is missing or wrong; the sentence names it, and never shows its value."""

    def __init__(self, name: str, what_to_do: str) -> None:
        super().__init__(f"{name} {what_to_do}")
        self._given = name, what_to_do

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """As it comes from another process."""
        return type(self), self._given


class Unit(Enum):
    """In what a length of time is set."""

    MINUTES = timedelta(minutes=1)
    HOURS = timedelta(hours=1)
    DAYS = timedelta(days=1)

    def number_of(self, length: timedelta) -> int:
        """How many of this unit a length of time has."""
        return length // self.value


@frozen(kw_only=True)
class Setting(Generic[Value]):
    """A variable of the environment.

    In the words of docs/settings.md: ``meaning`` is what it decides, ``values`` is what it may be, ``unless_set`` is
    what holds where it is not set. ``needed_by`` are the commands that use it; every command where there are none.
    ``read_text`` makes its value of its text, and raises `InvalidValue` with the words that follow its name.
    ``default`` is its value where it is not set. A ``secret`` may be in a file. ``platform_name`` is what platforms
    call it.
    """

    name: str
    meaning: str
    values: str
    unless_set: str
    needed_by: tuple[str, ...]
    read_text: Callable[[str], Value]
    default: Value
    secret: bool = False
    platform_name: str | None = None

    @property
    def file_name(self) -> str | None:
        """The variable that names the file with its text, if it is a secret."""
        return f"{self.name}_FILE" if self.secret else None

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable that may give it, the strongest first."""
        return tuple(filter(None, (self.name, self.file_name, self.platform_name)))

    def read(self, given: Mapping[str, str]) -> Value:
        """Its value in these variables; `WrongSetting` where its text is wrong."""
        if self.name not in given:
            return self.default
        try:
            return self.read_text(given[self.name])
        except InvalidValue as error:
            raise WrongSetting(self.name, str(error)) from None


def text_setting(  # noqa: PLR0913 - a declaration names each of its parts
    name: str,
    meaning: str,
    values: str,
    read_text: Callable[[str], Value],
    *,
    default: Value,
    unless_set: str,
    needed_by: tuple[str, ...],
    secret: bool = False,
    platform_name: str | None = None,
) -> Setting[Value]:
    """A setting with a shape of its own, which *read_text* reads."""
    return Setting(
        name=PREFIX + name,
        meaning=meaning,
        values=values,
        unless_set=unless_set,
        needed_by=needed_by,
        read_text=read_text,
        default=default,
        secret=secret,
        platform_name=platform_name,
    )


def on_off_setting(name: str, meaning: str, *, needed_by: tuple[str, ...]) -> Setting[bool]:
    """A setting that is on or off, and off unless it is set."""
    return text_setting(
        name, meaning, "`on` or `off`", _on_or_off, default=False, unless_set="`off`", needed_by=needed_by
    )


def number_setting(name: str, meaning: str, *, most: int, default: int, needed_by: tuple[str, ...]) -> Setting[int]:
    """A setting that is a whole number from 1 to *most*."""
    read = whole_number(most)
    return text_setting(
        name, meaning, f"1 to {most}", read, default=default, unless_set=f"{default}", needed_by=needed_by
    )


def length_setting(  # noqa: PLR0913 - as above
    name: str, meaning: str, unit: Unit, *, least: int = 1, most: int, default: timedelta, needed_by: tuple[str, ...]
) -> Setting[timedelta]:
    """A setting that is a length of time: a whole number of *unit*, from *least* to *most*."""
    return text_setting(
        name,
        meaning,
        f"{least} to {most} {unit.name.lower()}",
        length_of_time(unit, most, least),
        default=default,
        unless_set=f"{unit.number_of(default)}",
        needed_by=needed_by,
    )


def whole_number(most: int, least: int = 1) -> Callable[[str], int]:
    """How a whole number from *least* to *most*, of at most four digits, is read."""

    def read(value: str) -> int:
        if not (re.fullmatch(r"[0-9]{1,4}", value) and least <= int(value) <= most):
            raise InvalidValue(f"must be a whole number from {least} to {most}")
        return int(value)

    return read


def length_of_time(unit: Unit, most: int, least: int = 1) -> Callable[[str], timedelta]:
    """How a length of time is read: a whole number of *unit*, from *least* to *most*."""
    read_number = whole_number(most, least)
    return lambda value: read_number(value) * unit.value


def _on_or_off(value: str) -> bool:
    if value not in {"on", "off"}:
        raise InvalidValue("must be on or off")
    return value == "on"
