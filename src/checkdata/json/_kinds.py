"""Kinds of values in JSON: how each is read, written, and described by a JSON Schema.

A place is a JSON pointer (RFC 6901), "" for the whole document. Reading raises `InvalidValue`, writing `TypeError`;
both name the place. No message has a value in it, because values may be about people.
"""

import re
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, Protocol

from attrs import frozen

from checkdata.domain.access.predicate_json import Json, read_condition, to_json
from checkdata.domain.access.predicates import PREDICATES, Predicate
from checkdata.domain.checked_fields import ID_PATTERN, check_id, check_type, wrong_at
from checkdata.domain.values import EmailAddress

_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOMENT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"


class Kind(Protocol):
    """How values of one kind are read, written and described."""

    def read(self, value: object, at: str) -> Any:  # noqa: ANN401 - a value of the kind
        """The value that JSON has at this place."""

    def write(self, value: Any, at: str) -> object:  # noqa: ANN401 - checked here
        """The value as JSON has it."""

    @property
    def schema(self) -> Json:
        """What its JSON looks like."""


@frozen
class Plain:
    """A text, a whole number or a truth value: what JSON has itself."""

    python_type: type
    named: str
    words: str

    def read(self, value: object, at: str) -> Any:  # noqa: ANN401 - a value of the kind
        """The value itself."""
        if type(value) is not self.python_type:
            raise wrong_at(at, f"expected {self.words}")
        return value

    def write(self, value: object, at: str) -> object:
        """The value itself."""
        check_type(at, value, self.python_type)
        return value

    @property
    def schema(self) -> Json:
        """Its type."""
        return {"type": self.named}


TEXT: Final = Plain(str, "string", "a text")
WHOLE: Final = Plain(int, "integer", "a whole number")
FLAG: Final = Plain(bool, "boolean", "true or false")


class Id:
    """A text that identifies something."""

    schema: Final = {"type": "string", "pattern": ID_PATTERN}

    def read(self, value: object, at: str) -> str:
        """The text, which is an id (access-rules.md, R2)."""
        text = str(TEXT.read(value, at))
        check_id(at, text)
        return text

    def write(self, value: object, at: str) -> object:
        """The text itself."""
        return TEXT.write(value, at)


class Address:
    """An email address, in lower case where it is read."""

    schema: Final = {"type": "string"}

    def read(self, value: object, at: str) -> EmailAddress:
        """The address; whether mail can be sent to it is not asked, because no decision rests on it."""
        return EmailAddress.to_look_up(str(TEXT.read(value, at)))

    def write(self, value: EmailAddress, at: str) -> str:
        """The address itself."""
        check_type(at, value, EmailAddress)
        return value.value


class Day:
    """A day of the calendar."""

    schema: Final = {"type": "string", "format": "date", "pattern": _DAY}

    def read(self, value: object, at: str) -> date:
        """The day, which must be in the calendar."""
        if not isinstance(value, str) or not re.fullmatch(_DAY, value):
            raise wrong_at(at, "expected a day, such as 2024-01-08")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise wrong_at(at, "no calendar has this day") from None

    def write(self, value: date, at: str) -> str:
        """The day as year, month and day of month."""
        check_type(at, value, date)
        return value.isoformat()


class Moment:
    """A moment, with its offset from UTC."""

    schema: Final = {"type": "string", "format": "date-time", "pattern": _MOMENT}

    def read(self, value: object, at: str) -> datetime:
        """The moment, with the offset that it has there."""
        if not isinstance(value, str) or not re.fullmatch(_MOMENT, value):
            raise wrong_at(at, "expected a moment with its offset, such as 2024-01-08T09:30:00Z")
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise wrong_at(at, "no calendar has this moment") from None

    def write(self, value: datetime, at: str) -> str:
        """The moment, with the offset that it has."""
        check_type(at, value, datetime)
        if value.tzinfo is None:
            raise TypeError(f"{at}: a moment needs its offset from UTC")
        return value.isoformat()


@frozen
class Word:
    """One of a few words."""

    words: type[Enum]

    def read(self, value: object, at: str) -> Enum:
        """The member with this word."""
        try:
            return self.words(value)
        except ValueError:
            raise wrong_at(at, f"expected one of {', '.join(self.schema['enum'])}") from None

    def write(self, value: Enum, at: str) -> object:
        """The word of a member."""
        check_type(at, value, self.words)
        return value.value

    @property
    def schema(self) -> Json:
        """All its words."""
        return {"enum": [word.value for word in self.words]}


class Tree:
    """A predicate, as UCAST has it."""

    schema: Final = {"$ref": "#/$defs/predicate"}

    def read(self, value: object, at: str) -> Predicate:
        """The predicate."""
        return read_condition(value, at)

    def write(self, value: Predicate, at: str) -> Json:
        """Its condition."""
        check_type(at, value, *PREDICATES)
        return to_json(value)


@frozen
class Maybe:
    """A value of a kind, or null."""

    kind: Kind

    def read(self, value: object, at: str) -> Any:  # noqa: ANN401 - a value of the kind
        """The value, or None."""
        return None if value is None else self.kind.read(value, at)

    def write(self, value: object, at: str) -> object:
        """The value, or null."""
        return None if value is None else self.kind.write(value, at)

    @property
    def schema(self) -> Json:
        """Either of the two."""
        return {"anyOf": [{"type": "null"}, self.kind.schema]}


@frozen
class ListOf:
    """Any number of values of a kind."""

    kind: Kind

    def read(self, value: object, at: str) -> tuple[Any, ...]:
        """The values in their order."""
        if not isinstance(value, list | tuple):
            raise wrong_at(at, "expected a list")
        return tuple(self.kind.read(each, f"{at}/{number}") for number, each in enumerate(value))

    def write(self, value: tuple[Any, ...], at: str) -> list[object]:
        """The values in their order."""
        return [self.kind.write(each, f"{at}/{number}") for number, each in enumerate(value)]

    @property
    def schema(self) -> Json:
        """What each of them looks like."""
        return {"type": "array", "items": self.kind.schema}
