"""The fields of messages that say something of a person, which is deleted after its time (security.md 42)."""

from collections.abc import Sequence
from typing import Final

from attrs import AttrsInstance, field, fields

_SAYS_OF_PEOPLE: Final = "says_of_people"


def of_people() -> str:
    """A field whose text says something of a person."""
    text: str = field(metadata={_SAYS_OF_PEOPLE: True})
    return text


def said_of_people(message: AttrsInstance) -> Sequence[str]:
    """The names of those fields."""
    return [each.name for each in fields(type(message)) if _SAYS_OF_PEOPLE in each.metadata]
