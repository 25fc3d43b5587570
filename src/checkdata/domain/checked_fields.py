"""Checks of the fields that a decision rests on: a wrong type is a `TypeError` that names the field, never its value.

A bug is never a refusal and never a grant: an id that is a number equals no other id, an empty one equals those of
blank rows, and a text such as "false" is true.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final, TypeVar

from attrs import Attribute

from checkdata.domain.errors import InvalidValue

T = TypeVar("T")

_NO_TEXT: Final = r"\u0000-\u001f\u007f-\u009f\ud800-\udfff"
"""Unicode's control characters, and halves of a character."""

_SPACE: Final = r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""Unicode's white space that is no control character."""

ID_PATTERN: Final = rf"^[^{_NO_TEXT}{_SPACE}]([^{_NO_TEXT}]*[^{_NO_TEXT}{_SPACE}])?$"
"""What an id is (access-rules.md, R2), the same in every language: names such as ``\\s`` differ between them."""

_ID: Final = re.compile(ID_PATTERN.removesuffix("$"))

Validator = Callable[[Any, "Attribute[Any]", Any], None]


def check_type(name: str, value: object, *kinds: type) -> None:
    """Raise `TypeError` unless *value* is of one of the kinds; a bool is no int, and a datetime no date."""
    if type(value) in kinds:
        return
    if not isinstance(value, kinds) or _is_another_kind(value, kinds):
        words = " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)
        raise TypeError(f"{name}: expected {words}, not {type(value).__name__}")


def _is_another_kind(value: object, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, bool | datetime) and type(value) not in kinds


def check_day(name: str, value: object) -> None:
    """Raise `TypeError` unless *value* is a date without a time."""
    check_type(name, value, date)


def check_id(name: str, value: object) -> None:
    """Raise `TypeError` unless *value* is a text, `InvalidValue` if it does not have the `ID_PATTERN`."""
    check_type(name, value, str)
    if not (isinstance(value, str) and _ID.fullmatch(value)):
        raise InvalidValue(f"{name}: an id is not blank, and has no space around it and no control characters")


def of(*kinds: type) -> Validator:
    """A field of one of these kinds."""

    def validate(_: object, attribute: "Attribute[Any]", value: object) -> None:
        check_type(attribute.name, value, *kinds)

    return validate


def an_id(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """A field that identifies something."""
    check_id(attribute.name, value)


def an_id_or_none(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """A field that identifies something, or nothing."""
    if value is not None:
        check_id(attribute.name, value)


def tuple_of(name: str, values: Iterable[T], *kinds: type) -> tuple[T, ...]:
    """Any number of things as a tuple, so that an iterator is read once; `TypeError` unless each is of these kinds."""
    check_type(name, values, Iterable)
    kept = tuple(values)
    for value in kept:
        check_type(f"one of {name}", value, *kinds)
    return kept


def wrong_at(place: str, sentence: str) -> InvalidValue:
    """The error of a document of JSON; *place* is a JSON pointer (RFC 6901), "" for the whole."""
    return InvalidValue(f"{place or 'the document'}: {sentence}")
