"""The line of CSV that a row of a listing is, as an expression of SQL; `csv_chunks` of the row is what it means.

The database keeps it with each row and makes it itself (a generated column), so that it can't say anything else than
the row does, whatever writes that. A label that changes needs a migration that makes the lines anew.
"""

from collections.abc import Mapping
from enum import Enum
from functools import reduce
from operator import add
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, String, Text, and_, case, cast, column, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from checkdata.domain.listing.columns import DANGEROUS, INDUCTION_TYPES, ROLE_LABELS, columns_for
from checkdata.domain.people.organisations import Role
from checkdata.domain.training.statuses import Status

_COLUMN_OF: Final[Mapping[str, str]] = {
    "email_address": "email",
    "school_unique_reference_number": "school_urn",
    "induction_type": "programme",
    "induction_tutor": "induction_tutor_email",
}
"""The column in which a listing keeps what a CSV calls otherwise."""

_FREE_TEXT: Final = frozenset({"full_name", "email", "lead_provider", "school", "induction_tutor_email"})
"""The columns that may hold a comma, a quote or what a spreadsheet runs; the others are words and numbers of ours."""

_STARTS: Final = "".join(DANGEROUS).replace("\0", "")  # no database keeps a NUL


def line_of(role: Role, *, safe: bool = True) -> ColumnElement[str]:
    """The line without its end, of the columns of a listing as this role sees it; *safe* neutralises cells."""
    first, *others = (_cell(role, name.name, safe=safe) for name in columns_for(role))
    return reduce(add, (part for cell in others for part in (literal(","), cell)), first)


def _cell(role: Role, name: str, *, safe: bool) -> ColumnElement[str]:
    cell: ColumnElement[str] = column(_COLUMN_OF.get(name, name), Text)
    match name:
        case "role":
            return _labelled(cell, ROLE_LABELS)
        case "status":
            return _labelled(cell, {status: _status_label(status, role) for status in Status})
        case "induction_type":
            return _labelled(cell, INDUCTION_TYPES)
        case "academic_year":
            return cast(cell, String)
        case _ if cell.name in _FREE_TEXT:
            return _quoted(cell, _apostrophe(cell) if safe else literal(""))
        case _:
            return cell


def _labelled(cell: ColumnElement[str], labels: Mapping[Any, str]) -> ColumnElement[str]:
    return case({_slug(word): label for word, label in labels.items()}, value=cell)


def _slug(word: Enum) -> str:
    return str(word.value)


def _status_label(status: Status, role: Role) -> str:
    return status.label_for_appropriate_body if role is Role.APPROPRIATE_BODY else status.label


def _apostrophe(cell: ColumnElement[str]) -> ColumnElement[str]:
    return case((and_(cell != "", _Place(_STARTS, func.substr(cell, 1, 1)) > 0), literal("'")), else_=literal(""))


def _quoted(cell: ColumnElement[str], before: ColumnElement[str]) -> ColumnElement[str]:
    special = _Place(cell, ",") + _Place(cell, '"') > 0
    return case((special, literal('"') + before + func.replace(cell, '"', '""') + literal('"')), else_=before + cell)


class _Place(FunctionElement[int]):
    """Where one text stands in another, from 1; 0 where it does not."""

    type = Integer()
    inherit_cache = True


@compiles(_Place)
def _place(place: _Place, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    name = "instr" if compiler.dialect.name == "sqlite" else "strpos"
    return f"{name}({compiler.process(place.clauses, **options)})"
