"""Scopes, filters and searches as SQL conditions; `scope.covers` and `query.matches` are what they mean."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, assert_never

from sqlalchemy import Boolean, ColumnElement, FromClause, Integer, Text, and_, false, literal_column, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.sql.operators import OperatorType

from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Blank, Equals, Predicate
from checkdata.domain.listing.filters import FILTER_NAMED, slug
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.searches import Condition, NumberList, Term
from checkdata.domain.values import TRN_DIGITS

Columns = Mapping[str, ColumnElement[Any]]
"""The columns that hold the fields of a row."""


class strpos(GenericFunction[int]):  # noqa: N801 - named as PostgreSQL's function
    """Where the second text begins in the first, from 1, or 0; byte for byte, as Python's ``in``: LIKE would fold."""

    type = Integer()
    inherit_cache = True


@compiles(strpos, "sqlite")
def _in_sqlite(element: strpos, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    return f"instr({compiler.process(element.clauses, **options)})"


class last_characters(GenericFunction[str]):  # noqa: N801 - a function of the database
    """The end of a text, of so many characters."""

    type = Text()
    inherit_cache = True


@compiles(last_characters)
def _last_characters(element: last_characters, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    return f"right({compiler.process(element.clauses, **options)})"


@compiles(last_characters, "sqlite")
def _last_in_sqlite(element: last_characters, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    text, number = (compiler.process(part, **options) for part in element.clauses)
    return f"substr({text}, -{number})"


class is_among(GenericFunction[bool]):  # noqa: N801 - a function of the database
    """Whether the first text is one of the list in the second, which is JSON: one parameter, however long it is."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:  # noqa: ARG002 - SQLAlchemy's own
        """A condition as it is: SQLite finds no rows by an index where one is compared with 1."""
        return self


@compiles(is_among)
def _is_among(element: is_among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    text, listed = (compiler.process(part, **options) for part in element.clauses)
    return f"({text} IN (SELECT json_array_elements_text(CAST(CAST({listed} AS text) AS json))))"


@compiles(is_among, "sqlite")
def _is_among_in_sqlite(element: is_among, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    text, listed = (compiler.process(part, **options) for part in element.clauses)
    return f"({text} IN (SELECT value FROM json_each({listed})))"  # noqa: S608 - expressions that were compiled


class is_among_few(is_among):  # noqa: N801 - a function of the database
    """The same for a short list, whose rows PostgreSQL looks up by an index in one go."""

    inherit_cache = True


@compiles(is_among_few)
def _is_among_few(element: is_among_few, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    text, listed = (compiler.process(part, **options) for part in element.clauses)
    return f"({text} = ANY (ARRAY(SELECT json_array_elements_text(CAST(CAST({listed} AS text) AS json)))))"


@compiles(is_among_few, "sqlite")
def _is_among_few_in_sqlite(element: is_among_few, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    return _is_among_in_sqlite(element, compiler, **options)


class told_together(GenericFunction[str]):  # noqa: N801 - a function of the database
    """All texts of a group, with commas between."""

    type = Text()
    inherit_cache = True


@compiles(told_together)
def _told_together(element: told_together, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    return f"string_agg({compiler.process(element.clauses, **options)}, ',')"


@compiles(told_together, "sqlite")
def _told_in_sqlite(element: told_together, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    return f"group_concat({compiler.process(element.clauses, **options)})"


def where(predicate: Predicate, columns: Columns) -> ColumnElement[bool]:
    """The condition that is true for the rows for which *predicate* is.

    The columns are ours, compared by code point; `checkdata.sql.where` is for those of others. Raises `TypeError` for a
    field that has no column, and never gives all rows because a field is unknown.
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
    for name, values in query.chosen.items():
        yield rows.c[FILTER_NAMED[name].field].in_(list(map(slug, values)))
    if query.with_email:
        yield or_(rows.c.email != "", rows.c.induction_tutor_email != "")
    if query.school_urn:
        yield rows.c.school_urn == query.school_urn


def term_condition(term: Condition, listing: FromClause) -> ColumnElement[bool]:
    """The condition of one term of a search; texts have no line end, so that none reaches across two fields."""
    match term:
        case Term(texts=texts, email=email, urn=urn):
            conditions = [_contains(listing.c.search, text) for text in texts]
            if email is not None:
                conditions.append(_contains(listing.c.email_key, email))
            if urn is not None:
                conditions.append(listing.c.school_urn == urn)
            return or_(false(), *conditions)
        case NumberList(trns=trns, urns=urns):
            return on_list(listing, as_list(trns), as_list(urns))
        case _:
            assert_never(term)


def on_list(listing: FromClause, trns: Any, urns: Any) -> ColumnElement[bool]:  # noqa: ANN401 - texts or parameters
    """Whether the TRN or the school's URN is on a list; the TRN is the last line of what a search looks at."""
    trn = last_characters(listing.c.search, literal_column(str(TRN_DIGITS)))
    return or_(is_among(trn, trns), is_among(listing.c.school_urn, urns))


def as_list(numbers: Iterable[str]) -> str:
    """A list as `is_among` reads it."""
    return json.dumps([*numbers])


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
