"""Conditions on the fields of a row, as a small frozen tree that adapters translate."""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from operator import index
from typing import Any, Final, Protocol, TypeVar, assert_never, get_args

from attrs import field as attribute
from attrs import frozen

from checkdata.domain.checked_fields import of, tuple_of

T = TypeVar("T")


@frozen
class Equals:
    """The field holds exactly this value."""

    field: str = attribute(validator=of(str))
    value: str = attribute(validator=of(str))


@frozen
class Blank:
    """The field holds nothing: None or ""."""

    field: str = attribute(validator=of(str))


@frozen
class AtLeast:
    """The field's number is this or more; a field without a number is neither this, more nor less."""

    field: str = attribute(validator=of(str))
    value: int = attribute(validator=of(int))


@frozen
class AtMost:
    """The field's number is this or less."""

    field: str = attribute(validator=of(str))
    value: int = attribute(validator=of(int))


def _parts(parts: "Iterable[Predicate]") -> "tuple[Predicate, ...]":
    return tuple_of("parts", parts, *PREDICATES)


@frozen
class AllOf:
    """Every part holds; without parts, always."""

    parts: tuple["Predicate", ...] = attribute(converter=_parts)


@frozen
class AnyOf:
    """At least one part holds; without parts, never."""

    parts: tuple["Predicate", ...] = attribute(converter=_parts)


Predicate = Equals | Blank | AtLeast | AtMost | AllOf | AnyOf

PREDICATES: Final = get_args(Predicate)
"""Each kind of it."""


class Visitor(Protocol[T]):
    """What `fold` makes of each kind of predicate."""

    def equals(self, field: str, value: str, /) -> T:
        """Of `Equals`: byte by byte, whatever the collation of a column."""

    def blank(self, field: str, /) -> T:
        """Of `Blank`: NULL or an empty text."""

    def at_least(self, field: str, value: int, /) -> T:
        """Of `AtLeast`: not of NULL."""

    def at_most(self, field: str, value: int, /) -> T:
        """Of `AtMost`: not of NULL."""

    def all_of(self, parts: Sequence[T], /) -> T:
        """Of `AllOf`, of whose parts there may be none: always true then."""

    def any_of(self, parts: Sequence[T], /) -> T:
        """Of `AnyOf`, of whose parts there may be none: never true then, and not true of every row."""


def fold(predicate: Predicate, visitor: Visitor[T]) -> T:
    """What *visitor* makes of *predicate*, from its leaves upwards."""
    match predicate:
        case Equals(field, value):
            return visitor.equals(field, value)
        case Blank(field):
            return visitor.blank(field)
        case AtLeast(field, bound):
            return visitor.at_least(field, bound)
        case AtMost(field, bound):
            return visitor.at_most(field, bound)
        case AllOf(parts):
            return visitor.all_of([fold(part, visitor) for part in parts])
        case AnyOf(parts):
            return visitor.any_of([fold(part, visitor) for part in parts])
        case _:
            assert_never(predicate)


def holds(predicate: Predicate, row: object, read: Callable[[Any, str], object] = getattr) -> bool:
    """Whether *predicate* is true of *row*, whose fields *read* gives.

    A field that is missing is an error, not an answer: `AttributeError`, or what *read* raises. So is a number that is
    none: `TypeError`.
    """
    match predicate:
        case AllOf(parts):
            return all(holds(part, row, read) for part in parts)
        case AnyOf(parts):
            return any(holds(part, row, read) for part in parts)
        case Equals(field, value):
            return bool(_plain(read(row, field)) == value)
        case Blank(field):
            return read(row, field) in (None, "")
        case AtLeast(field, value):
            number = _number(read(row, field), field)
            return number is not None and number >= value
        case AtMost(field, value):
            number = _number(read(row, field), field)
            return number is not None and number <= value
        case _:
            assert_never(predicate)


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _number(value: Any, field: str) -> int | None:  # noqa: ANN401 - an int of any library
    try:
        return None if value is None else index(value)
    except TypeError:
        raise TypeError(f"{field}: expected int or None, not {type(value).__name__}") from None
