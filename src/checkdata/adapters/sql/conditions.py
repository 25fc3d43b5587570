"""Scopes, filters and searches as SQL conditions; `scope.covers` and `query.matches` are what they mean."""

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from sqlalchemy import ColumnElement, FromClause, Integer, and_, false, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Blank, Equals, Predicate
from checkdata.domain.listing.filters import slug
from checkdata.domain.listing.queries import ParticipantQuery, Term

Columns = Mapping[str, ColumnElement[Any]]
"""The columns that hold the fields of a row."""


class strpos(GenericFunction[int]):  # noqa: N801 - named as PostgreSQL's function
    """Where the second text begins in the first, from 1, or 0; byte for byte, as Python's ``in``: LIKE would fold."""

    type = Integer()
    inherit_cache = True


@compiles(strpos, "sqlite")
def _in_sqlite(element: strpos, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"instr({compiler.process(element.clauses, **options)})"


def where(predicate: Predicate, columns: Columns) -> ColumnElement[bool]:
    """The condition that is true for the rows for which *predicate* is.

    Raises `TypeError` for a field that has no column, and never gives all rows because a field is unknown.
    """
    match predicate:
        case AllOf(parts):
            return and_(true(), *(where(part, columns) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(where(part, columns) for part in parts))
        case Equals(field, value):
            return _column(columns, field) == value
        case Blank(field):
            column = _column(columns, field)
            return or_(column.is_(None), column == "")
        case AtLeast(field, value):
            return _column(columns, field) >= value
        case AtMost(field, value):
            return _column(columns, field) <= value
        case _:
            assert_never(predicate)


def filter_conditions(query: ParticipantQuery, rows: FromClause) -> Iterator[ColumnElement[bool]]:
    """The conditions of a query's filters on a listing."""
    for name, value in query.chosen.items():
        yield rows.c[name] == slug(value)
    if query.with_email:
        yield rows.c.email != ""


def term_condition(term: Term, listing: FromClause) -> ColumnElement[bool]:
    """The condition of one term of a search; texts have no line end, so that none reaches across two fields."""
    conditions = [_contains(listing.c.search, text) for text in term.texts]
    if term.email is not None:
        conditions.append(_contains(listing.c.email_key, term.email))
    if term.urn is not None:
        conditions.append(listing.c.school_urn == term.urn)
    return or_(false(), *conditions)


def _contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return strpos(column, text) > 0 if can_be_stored(text) else false()


def can_be_stored(text: str) -> bool:
    """Whether a row could hold the text: no row has a NUL or half a character."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


def _column(columns: Columns, field: str) -> ColumnElement[Any]:
    if field not in columns:
        msg = f"the field {field} has no column to be translated to"
        raise TypeError(msg)
    return columns[field]
