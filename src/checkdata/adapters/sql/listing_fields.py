"""The fields of a listing row as columns and cells, made of what `ListedParticipant` declares."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import partial
from operator import attrgetter
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from sqlalchemy import Boolean, Column, Date, Integer, Text
from sqlalchemy.types import TypeEngine

from checkdata.adapters.sql.column_types import Moment, Words
from checkdata.domain.listing.field_traits import FieldTraits
from checkdata.domain.listing.rows import FIELDS, ListedParticipant
from checkdata.domain.people.organisations import DeliveryPartner, Organisation

COLUMN_OF: Final[Mapping[str, str]] = {name: "status_group" if name == "group" else name for name in FIELDS}
"""The column that holds a field; GROUP is a word of SQL's own."""

SHOWN: Final = tuple(COLUMN_OF.values())
"""The columns of a `ListedParticipant`, without the organisation."""

cells_of: Final[Callable[[Any], tuple[Any, ...]]] = attrgetter(*SHOWN)
"""Takes the cells of the columns `SHOWN` from a row."""

_HINTS: Final = get_type_hints(ListedParticipant)
_VALUES: Final = attrgetter(*FIELDS)
_SQL_TYPES: Final[Mapping[type, TypeEngine[Any] | type[TypeEngine[Any]]]] = {
    int: Integer,
    bool: Boolean,
    date: Date,
    datetime: Moment,
}


def _python_type(name: str) -> tuple[type, bool]:
    """The type of a field, and whether it may be None."""
    hint = _HINTS[name]
    alternatives = get_args(hint)
    kind = next((each for each in alternatives if each is not NoneType), hint)
    return getattr(kind, "__supertype__", kind), NoneType in alternatives


def _sql_type(kind: type, traits: FieldTraits) -> TypeEngine[Any] | type[TypeEngine[Any]]:
    if issubclass(kind, str | Enum):
        return Text if traits.free_text and not traits.ordered else Words
    return _SQL_TYPES[kind]


def is_text(name: str) -> bool:
    """Whether a field is text."""
    return issubclass(_python_type(name)[0], str)


def field_columns() -> dict[str, Column[Any]]:
    """New columns for the fields, by their names in SQL, in the order of `SHOWN`."""
    made = {}
    for name, traits in FIELDS.items():
        kind, optional = _python_type(name)
        made[COLUMN_OF[name]] = Column(COLUMN_OF[name], _sql_type(kind, traits), nullable=optional)
    return made


_ENUMS: Final[Mapping[int, Mapping[str, Enum]]] = {
    place: {word.value: word for word in kind}
    for place, name in enumerate(FIELDS)
    if issubclass(kind := _python_type(name)[0], Enum)
}
"""The fields that are stored as slugs, by their places."""


def listed_from_cells(rows: Sequence[Sequence[Any]], organisation: Organisation) -> list[ListedParticipant]:
    """The participants of rows that end with the columns `SHOWN`, in their order.

    Slugs are read a column at a time, and values are given by place: by row and by name it took three times as long,
    which was a tenth of a page.
    """
    columns = list(zip(*rows, strict=True))[-len(SHOWN) :]
    values = [
        map(_ENUMS[place].__getitem__, column) if place in _ENUMS else column for place, column in enumerate(columns)
    ]
    viewer = (organisation.id, None) if isinstance(organisation, DeliveryPartner) else (None, organisation.id)
    return list(map(partial(ListedParticipant, *viewer), *values)) if values else []


def cells_from_listed(listed: ListedParticipant) -> list[Any]:
    """The cells of the columns `SHOWN`, in their order."""
    cells = list(_VALUES(listed))
    for place in _ENUMS:
        cells[place] = cells[place].value
    return cells
