"""Conditions on the fields of a row, as a small frozen tree that adapters translate."""

from collections.abc import Sequence
from enum import Enum
from typing import assert_never

from attrs import frozen


@frozen
class Equals:
    """The field holds exactly this value."""

    field: str
    value: str


@frozen
class Blank:
    """The field holds nothing."""

    field: str


@frozen
class AtLeast:
    """The field's number is this or more."""

    field: str
    value: int


@frozen
class AtMost:
    """The field's number is this or less."""

    field: str
    value: int


@frozen
class AllOf:
    """Every part holds; without parts, always."""

    parts: Sequence["Predicate"]


@frozen
class AnyOf:
    """At least one part holds; without parts, never."""

    parts: Sequence["Predicate"]


Predicate = Equals | Blank | AtLeast | AtMost | AllOf | AnyOf


def holds(predicate: Predicate, row: object) -> bool:
    """Whether *predicate* is true of *row*'s attributes; an attribute that is missing is an `AttributeError`."""
    match predicate:
        case AllOf(parts):
            return all(holds(part, row) for part in parts)
        case AnyOf(parts):
            return any(holds(part, row) for part in parts)
        case Equals(field, value):
            return bool(_plain(getattr(row, field)) == value)
        case Blank(field):
            return getattr(row, field) in (None, "")
        case AtLeast(field, value):
            return int(getattr(row, field)) >= value
        case AtMost(field, value):
            return int(getattr(row, field)) <= value
        case _:
            assert_never(predicate)


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value
