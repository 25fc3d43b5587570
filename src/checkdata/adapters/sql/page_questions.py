"""The statements of pages: each is made once for all questions that differ only in their words."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, Self

from attrs import frozen
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    FromClause,
    Integer,
    LargeBinary,
    ScalarSelect,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    true,
)

from checkdata.adapters.sql.conditions import on_list, strpos, told_together, where
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.listing_fields import SHOWN
from checkdata.adapters.sql.listings import Listing, at_school
from checkdata.adapters.sql.orders import in_order
from checkdata.adapters.sql.prepared_statement import PreparedStatement
from checkdata.adapters.sql.rows_by_school import at_schools, on_page_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.listing.orders import BY_NAME, Order, Sort
from checkdata.domain.listing.searches import Condition, NumberList

_IMPORT: Final = select(imports.c.id).order_by(imports.c.number.desc()).limit(1).scalar_subquery()
AS_OF: Final = select(_IMPORT)
"""All that has to be asked where the tallies say that nobody is found: a filter would look at every row."""
_FROM: Final = bindparam("from", type_=Integer)
_MOST: Final = bindparam("most", type_=Integer)


@frozen
class TermShape:
    """What a condition of a search looks at; a list has no texts."""

    texts: int = 0
    email: bool = False
    urn: bool = False

    @classmethod
    def of(cls, term: Condition) -> Self:
        """The shape of a condition."""
        if isinstance(term, NumberList):
            return cls()
        return cls(len(term.texts), term.email is not None, term.urn is not None)


@frozen(kw_only=True)
class Shape:
    """What questions have in common that differ only in their words; without a scope, all rows are in it.

    ``filters`` are the names of those that are set, and how many values each has.
    """

    listing: Listing
    scope: Scope | None
    filters: tuple[tuple[str, int], ...]
    order: Order
    terms: tuple[TermShape, ...]
    at_school: bool = False
    is_number_kept: bool = False
    on_postgresql: bool = True

    @property
    def counts(self) -> bool:
        """Whether it tells itself how many rows there are, because nothing that is kept does."""
        return bool(self.terms) or (self.at_school and not self.is_number_kept)

    @property
    def is_of_kinds(self) -> bool:
        """Whether the rows are found by their kinds, which tell what every filter asks."""
        by_name = self.order.sort is Sort.NAME and not self.terms and not self.at_school
        return self.on_postgresql and by_name and not self.is_range

    @property
    def is_range(self) -> bool:
        """Whether the rows follow one another in the listing."""
        is_whole = self.scope is None and not self.filters and not self.terms and not self.at_school
        return is_whole and self.order == BY_NAME


@lru_cache(maxsize=500)
def question(shape: Shape, dialect: Dialect) -> PreparedStatement:
    """The statement for questions of a shape."""
    if shape.terms:
        return PreparedStatement(_searched(shape), dialect)
    if shape.order.sort is Sort.SCHOOL and not shape.at_school:
        return PreparedStatement(_at_schools(shape), dialect)
    if shape.is_of_kinds:
        return PreparedStatement(_of_kinds(shape), dialect)
    rows = shape.listing.rows.c
    number = [_number(shape).label("found")] if shape.counts else []
    cells = (rows[name] for name in SHOWN)
    table = shape.listing.rows
    shown = select(_IMPORT, *number, *cells).where(*_condition(shape, table), *_chosen(shape, table))
    if shape.is_range:
        return PreparedStatement(shown.where(rows.pos > _FROM, rows.pos <= _FROM + _MOST).order_by(rows.pos), dialect)
    return PreparedStatement(shown.order_by(*in_order(shape.order, shape.listing)).offset(_FROM).limit(_MOST), dialect)


def _number(shape: Shape) -> ScalarSelect[int]:
    """How many rows there are; beside the rows of a page, because a count over a window would read all of each row."""
    rows = shape.listing.rows.alias("counted")
    return select(func.count()).where(*_condition(shape, rows), *_chosen(shape, rows)).scalar_subquery()


def _at_schools(shape: Shape) -> Select[Any]:
    """The rows of a page's schools, which are put in order here."""
    rows = shape.listing.rows
    cells = (rows.c[name] for name in SHOWN)
    found = select(_IMPORT, *cells).where(*_condition(shape, rows), *_chosen(shape, rows))

    def on_page(table: FromClause) -> Iterator[ColumnElement[bool]]:
        yield from on_page_of(shape.listing, bindparam("organisation"), bindparam("urns"), table)
        yield from _chosen(shape, table, only="next")

    return found.where(at_schools(shape.listing, on_page, on_postgresql=shape.on_postgresql))


def _of_kinds(shape: Shape) -> Select[Any]:
    """Rows in the order of names: their words, which are narrow, are looked at one by one until a page is full.

    PostgreSQL expects few rows where a condition is narrow, and would look at all and sort those that it finds. An
    offset keeps it from that, because it has to put the rows in order before it knows their kinds. Whether a kind is
    asked for stands at its number in a row of bits: a list of kinds would be gone through again for each row.
    """
    rows, words = shape.listing.rows, shape.listing.words
    names = dict.fromkeys(("pos", "kind", *(shape.listing.columns if shape.scope else ())))
    of_organisation = words.c[shape.listing.organisation] == bindparam("organisation")
    looked_at = select(*(words.c[name] for name in names)).where(of_organisation)
    listed = looked_at.order_by(_in_names_order(shape, words.c.pos)).offset(0).subquery("listed")
    asked = select(bindparam("kinds", type_=LargeBinary)).scalar_subquery()
    met = select(listed.c.pos).where(func.get_bit(asked, listed.c.kind) == 1, *_in_scope(shape, listed))
    on_page = met.order_by(_in_names_order(shape, listed.c.pos)).offset(_FROM).limit(_MOST).subquery("on_page")
    shown = select(_IMPORT, *(rows.c[name] for name in SHOWN)).join_from(on_page, rows, rows.c.pos == on_page.c.pos)
    of_same = rows.c[shape.listing.organisation] == bindparam("organisation")
    return shown.where(of_same).order_by(_in_names_order(shape, on_page.c.pos))


def _in_names_order(shape: Shape, pos: ColumnElement[int]) -> ColumnElement[int]:
    return pos.desc() if shape.order.is_descending else pos


def _condition(shape: Shape, table: FromClause) -> Iterator[ColumnElement[bool]]:
    """The condition of rows in scope that a search finds, for a listing or only for its words."""
    rows = table.c
    yield rows[shape.listing.organisation] == bindparam("organisation")
    yield from _in_scope(shape, table)
    if shape.at_school:
        organisation: ColumnElement[str] = bindparam("organisation")
        school: ColumnElement[str] = bindparam("school")
        yield at_school(shape.listing, table, organisation, school, on_postgresql=shape.on_postgresql)
    for number, term in enumerate(shape.terms):
        yield _term_condition(number, term, table)


def _in_scope(shape: Shape, table: FromClause) -> Iterator[ColumnElement[bool]]:
    """The condition of a scope that does not hold all of its organisation's rows."""
    if shape.scope is not None:
        yield where(shape.scope.predicate, shape.listing.columns_in(table))


def _chosen(shape: Shape, table: FromClause, only: str = "") -> Iterator[ColumnElement[bool]]:
    """The condition of the filters; PostgreSQL would make a list of several parameters again for each row."""
    for name, number in shape.filters:
        if only and name != only:
            continue
        column = table.c[FILTER_NAMED[name].field]
        if shape.on_postgresql:
            yield column == any_(bindparam(f"chosen_{name}", type_=ARRAY(column.type)))
        else:
            yield column.in_([bindparam(f"chosen_{name}_{place}") for place in range(number)])


def _term_condition(number: int, term: TermShape, table: FromClause) -> ColumnElement[bool]:
    rows = table.c
    if not term.texts:
        return on_list(table, bindparam(f"trns_{number}"), bindparam(f"urns_{number}"))
    found = [strpos(rows.search, bindparam(f"text_{number}_{place}")) > 0 for place in range(term.texts)]
    if term.email:
        found.append(strpos(rows.email_key, bindparam(f"email_{number}")) > 0)
    if term.urn:
        found.append(rows.school_urn == bindparam(f"urn_{number}"))
    return or_(*found)


def _searched(shape: Shape) -> Select[Any]:
    """One scan of the words for places and kinds, then the rows of a page that meet the filters.

    The first of them also tells how many there are of each kind; an empty one tells it if there is none.
    """
    rows, words = shape.listing.rows, shape.listing.words
    chosen = [and_(*_chosen(shape, words)).label("chosen")] if shape.filters else []
    found = select(words.c.pos, words.c.kind, *chosen).where(*_condition(shape, words))
    hits = found.cte("hits").prefix_with("MATERIALIZED")
    counted = select(_kinds_told(hits).label("kinds")).subquery()
    on_page = select(hits.c.pos).order_by(hits.c.pos).offset(_FROM).limit(_MOST)
    cut = (on_page.where(hits.c.chosen) if shape.filters else on_page).cte("cut")
    shown = (
        select(*(rows.c[name] for name in SHOWN), rows.c.pos)
        .join_from(cut, rows, rows.c.pos == cut.c.pos)
        .where(rows.c[shape.listing.organisation] == bindparam("organisation"))
        .subquery()
    )
    columns = (shown.c[name] for name in SHOWN)
    is_later = shown.c.pos > select(func.min(cut.c.pos)).scalar_subquery()
    kinds = case((is_later, None), else_=counted.c.kinds)
    both = counted.join(shown, true(), isouter=True)
    return select(_IMPORT, kinds, *columns).select_from(both).order_by(shown.c.pos)


def _kinds_told(hits: FromClause) -> ScalarSelect[str]:
    """How many there are of each kind, as one text, so that it can stand beside a row."""
    counted = select(hits.c.kind, func.count().label("number")).group_by(hits.c.kind).subquery()
    pair = cast(counted.c.kind, Text) + " " + cast(counted.c.number, Text)
    return select(told_together(pair)).scalar_subquery()
