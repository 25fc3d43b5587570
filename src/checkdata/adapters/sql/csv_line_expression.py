"""The line of CSV that a row of a listing is, as expressions of SQL (`checkdata.domain.listing.columns.csv_line`).

An import stores the neutralised line with each row. Where lines have another form than those that are stored, the next
import or refresh makes them again.
"""

from collections.abc import Sequence
from functools import reduce
from hashlib import sha256
from operator import add
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, String, Text, and_, case, cast, column, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from checkdata.adapters.sql.listing_fields import COLUMN_OF, is_text
from checkdata.domain.listing.columns import DANGEROUS, ParticipantColumn, columns_for
from checkdata.domain.listing.rows import FIELDS
from checkdata.domain.people.organisations import Role

_STARTS: Final = "".join(DANGEROUS).replace("\0", "")  # no database keeps a NUL


def form_of_lines() -> str:
    """A digest of what the lines of both listings are made of, beside the rows: fields in their order, and labels."""
    shown = [column for role in (Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY) for column in columns_for(role)]
    told = [(column.field, [(word.value, label) for word, label in (column.labels or {}).items()]) for column in shown]
    return sha256(repr((DANGEROUS, told)).encode()).hexdigest()


def line_of(role: Role) -> ColumnElement[str]:
    """The line without its end, from the columns of a listing that this role sees; its cells are not neutralised."""
    return joined([_cell(shown) for shown in columns_for(role)])


def joined(cells: Sequence[ColumnElement[str]]) -> ColumnElement[str]:
    """Cells as a line without its end."""
    first, *others = cells
    return reduce(add, (part for cell in others for part in (literal(","), cell)), first)


def safe_cell(cell: ColumnElement[str]) -> ColumnElement[str]:
    """Free text as a cell, neutralised for spreadsheets."""
    return _quoted(cell, _apostrophe(cell))


def _cell(shown: ParticipantColumn) -> ColumnElement[str]:
    """Cells without free text hold words and numbers of ours, which need no quotes."""
    cell: ColumnElement[str] = column(COLUMN_OF[shown.field], Text)
    if shown.labels is not None:
        return case({str(word.value): label for word, label in shown.labels.items()}, value=cell)
    if FIELDS[shown.field].free_text:
        return _quoted(cell, literal(""))
    return cell if is_text(shown.field) else cast(cell, String)


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
