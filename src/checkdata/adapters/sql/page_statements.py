"""What a page shows, in one statement, which is a snapshot by itself and needs no transaction.

The statement asks only for rows and their import. What is the same for a scope until the next import is kept: how many
rows it has of each kind, and whether those are all of the organisation's. No row is kept, and nothing is used for a
scope that the request did not just decide. `SqlParticipants` gives the same in plain statements, which are used if
nothing is kept yet, after another import, and for rare questions.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, Self

from attrs import evolve, field, frozen
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    FromClause,
    Integer,
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

from checkdata.adapters.sql.conditions import as_list, can_be_stored, on_list, strpos, told_together, where
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.kept_counts import KeptCounts
from checkdata.adapters.sql.listing_fields import SHOWN, listed_from_cells
from checkdata.adapters.sql.listings import Listing, at_school, listing_of
from checkdata.adapters.sql.orders import in_order
from checkdata.adapters.sql.prepared_statement import PreparedStatement, prepared
from checkdata.adapters.sql.rows_by_school import (
    MOST_ROWS,
    Cut,
    asked_of,
    at_schools,
    cut_out,
    in_cut,
    is_by_school,
    schools_asked,
)
from checkdata.adapters.sql.scope_numbers import ScopeNumbers
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.counts import SchoolCounts
from checkdata.domain.listing.filters import FILTER_NAMED, slug
from checkdata.domain.listing.orders import BY_NAME, Order, Sort
from checkdata.domain.listing.queries import Condition, FoundRows, NumberList, ParticipantQuery

_KEPT: Final = 200
"""How many scopes' numbers are kept; those of each take about 8 kB."""

_IMPORT: Final = select(imports.c.id).order_by(imports.c.number.desc()).limit(1).scalar_subquery()
_AS_OF: Final = select(_IMPORT)
"""All that has to be asked where the tallies say that nobody is found: a filter would look at every row."""
_FROM: Final = bindparam("from", type_=Integer)
_MOST: Final = bindparam("most", type_=Integer)


@frozen
class _TermShape:
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
class _Shape:
    """What questions have in common that differ only in their words; without a scope, all rows are in it.

    ``filters`` are the names of those that are set, and how many values each has.
    """

    listing: Listing
    scope: Scope | None
    filters: tuple[tuple[str, int], ...]
    order: Order
    terms: tuple[_TermShape, ...]
    at_school: bool = False
    is_number_kept: bool = False
    on_postgresql: bool = True

    @property
    def counts(self) -> bool:
        """Whether it tells itself how many rows there are, because nothing that is kept does."""
        return bool(self.terms) or (self.at_school and not self.is_number_kept)

    @property
    def is_range(self) -> bool:
        """Whether the rows follow one another in the listing."""
        is_whole = self.scope is None and not self.filters and not self.terms and not self.at_school
        return is_whole and self.order == BY_NAME


@frozen
class PageStatements:
    """The statements of pages for one database, and what is kept for them."""

    counts: KeptCounts
    _known: dict[Scope, ScopeNumbers] = field(factory=dict)

    def keep(self, scope: Scope, numbers: ScopeNumbers) -> None:
        """Keep the numbers of a scope."""
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[scope] = numbers

    def kept(self, scope: Scope, as_of: Import, generation: int) -> ScopeNumbers | None:
        """The numbers of a scope as of an import, if they are kept."""
        numbers = self._known.get(scope)
        return numbers if numbers is not None and (numbers.as_of, numbers.generation) == (as_of, generation) else None

    def find(self, transaction: Transaction, query: ParticipantQuery, offset: int, limit: int) -> FoundRows | None:
        """What `SqlParticipants.find` gives, or None if the plain statements have to be used."""
        numbers, listing = self._known.get(query.scope), listing_of(query.scope.organisation)
        if numbers is None or numbers.as_of is None or listing is None or not transaction.can_ask_ahead:
            return None
        if numbers.generation != transaction.generation or not _is_usual(query):
            return None
        cut = self._cut(query, numbers.as_of, offset, limit)
        if is_by_school(query) and cut is None:
            return None
        organisation, dialect = query.scope.organisation, transaction.connection.dialect
        at_school = self._number_at_school(query, numbers.as_of)
        shape = evolve(
            _shape(query, listing, numbers),
            is_number_kept=at_school is not None,
            on_postgresql=transaction.on_postgresql,
        )
        number = at_school if shape.at_school or shape.terms else query.number_in(numbers.tallies)
        question = prepared(_AS_OF, dialect) if number == 0 else _question(shape, dialect)
        values = {**_values(query, offset, limit), **({} if cut is None else {"urns": cut.urns})}
        rows = transaction.ask_ahead(question, values, listing.organisation, organisation.id)
        if not rows or rows[0][0] != numbers.as_of.id:
            return None
        cells = [row for row in rows if row[2] is not None] if shape.terms else rows
        found = [] if number == 0 else listed_from_cells(cells, organisation)
        searched = numbers.tallies_told(rows[0][1]) if shape.terms else numbers.tallies
        if number is None:
            number = query.number_in(searched) if shape.terms else rows[0][1]
        return FoundRows(
            rows=found if cut is None else in_cut(found, query, cut)[:limit],
            number=number,
            tallies=numbers.tallies,
            searched=searched,
            as_of=numbers.as_of,
        )

    def _number_at_school(self, query: ParticipantQuery, as_of: Import) -> int | None:
        """How many rows are found at a school, where its counts are kept and can tell it."""
        if not query.school_urn or query.search or query.chosen.keys() - {"next"}:
            return None
        schools = self.counts.known(as_of.id, schools_asked(query.scope))
        if schools is None:
            return None
        school: SchoolCounts | None = schools.by_urn.get(query.school_urn)
        if school is None:
            return 0
        return sum(map(school.to_act, query.chosen["next"])) if query.chosen else school.number

    def _cut(self, query: ParticipantQuery, as_of: Import, offset: int, limit: int) -> Cut | None:
        """The schools of a page in their order, if their numbers are kept, and they have few enough rows."""
        schools = self.counts.known(as_of.id, asked_of(query)) if is_by_school(query) else None
        cut = None if schools is None else cut_out(schools, query.order, offset, limit)
        return None if cut is None or cut.number > MOST_ROWS else cut


def _is_usual(query: ParticipantQuery) -> bool:
    """Whether this suits the query: a search in another order costs two scans, and some words no row can hold."""
    texts = (query.school_urn, *(str(word) for term in query.search.terms for _, word in _words(0, term)))
    if query.with_email:
        return False
    suits = not query.search or (query.order == BY_NAME and not query.school_urn)
    return suits and all(map(can_be_stored, texts))


def _shape(query: ParticipantQuery, listing: Listing, numbers: ScopeNumbers) -> _Shape:
    return _Shape(
        listing=listing,
        scope=None if numbers.whole else query.scope,
        filters=tuple((name, len(values)) for name, values in query.chosen.items()),
        order=query.order,
        terms=tuple(map(_TermShape.of, query.search.terms)),
        at_school=bool(query.school_urn),
    )


def _values(query: ParticipantQuery, offset: int, limit: int) -> Mapping[str, Any]:
    """The words of a question by the names of its parameters."""
    chosen = {name: list(map(slug, values)) for name, values in query.chosen.items()}
    together = {f"chosen_{name}": slugs for name, slugs in chosen.items()}
    one_by_one = {f"chosen_{name}_{place}": each for name, slugs in chosen.items() for place, each in enumerate(slugs)}
    terms = {name: word for number, term in enumerate(query.search.terms) for name, word in _words(number, term)}
    school = {"school": query.school_urn} if query.school_urn else {}
    where_and_what = {**school, **together, **one_by_one, **terms}
    return {"organisation": query.scope.organisation.id, "from": offset, "most": limit, **where_and_what}


def _words(number: int, term: Condition) -> Iterator[tuple[str, str | None]]:
    if isinstance(term, NumberList):
        yield f"trns_{number}", as_list(term.trns)
        yield f"urns_{number}", as_list(term.urns)
        return
    yield f"email_{number}", term.email
    yield f"urn_{number}", term.urn
    for place, text in enumerate(term.texts):
        yield f"text_{number}_{place}", text


@lru_cache(maxsize=500)
def _question(shape: _Shape, dialect: Dialect) -> PreparedStatement:
    if shape.terms:
        return PreparedStatement(_searched(shape), dialect)
    if shape.order.sort is Sort.SCHOOL and not shape.at_school:
        return PreparedStatement(_at_schools(shape), dialect)
    if dialect.name == "postgresql" and shape.order.sort is Sort.NAME and not shape.is_range and not shape.at_school:
        return PreparedStatement(_from_the_first(shape), dialect)
    rows = shape.listing.rows.c
    number = [_number(shape).label("found")] if shape.counts else []
    cells = (rows[name] for name in SHOWN)
    table = shape.listing.rows
    shown = select(_IMPORT, *number, *cells).where(*_condition(shape, table), *_chosen(shape, table))
    if shape.is_range:
        return PreparedStatement(shown.where(rows.pos > _FROM, rows.pos <= _FROM + _MOST).order_by(rows.pos), dialect)
    return PreparedStatement(shown.order_by(*in_order(shape.order, shape.listing)).offset(_FROM).limit(_MOST), dialect)


def _number(shape: _Shape) -> ScalarSelect[int]:
    """How many rows there are; beside the rows of a page, because a count over a window would read all of each row."""
    rows = shape.listing.rows.alias("counted")
    return select(func.count()).where(*_condition(shape, rows), *_chosen(shape, rows)).scalar_subquery()


def _at_schools(shape: _Shape) -> Select[Any]:
    """The rows of a page's schools, which are put in order here."""
    rows = shape.listing.rows
    cells = (rows.c[name] for name in SHOWN)
    found = select(_IMPORT, *cells).where(*_condition(shape, rows), *_chosen(shape, rows))
    return found.where(at_schools(shape.listing, bindparam("urns")))


def _from_the_first(shape: _Shape) -> Select[Any]:
    """Rows in the order of names, looked at one by one until a page is full.

    PostgreSQL expects few rows where there are several filters, and would look at all and sort those that it finds. An
    offset keeps it from that, because it has to put the rows in order before it knows the filters.
    """
    rows = shape.listing.rows
    looked_at = select(*(rows.c[name] for name in dict.fromkeys((*SHOWN, *shape.listing.columns, "pos"))))
    of_organisation = looked_at.where(rows.c[shape.listing.organisation] == bindparam("organisation"))
    listed = of_organisation.order_by(*in_order(shape.order, shape.listing)).offset(0).subquery()
    found = select(_IMPORT, *(listed.c[name] for name in SHOWN)).where(
        *_in_scope(shape, listed), *_chosen(shape, listed)
    )
    pos = listed.c.pos
    return found.order_by(pos.desc() if shape.order.is_descending else pos).offset(_FROM).limit(_MOST)


def _condition(shape: _Shape, table: FromClause) -> Iterator[ColumnElement[bool]]:
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


def _in_scope(shape: _Shape, table: FromClause) -> Iterator[ColumnElement[bool]]:
    """The condition of a scope that does not hold all of its organisation's rows."""
    if shape.scope is not None:
        yield where(shape.scope.predicate, shape.listing.columns_in(table))


def _chosen(shape: _Shape, table: FromClause) -> Iterator[ColumnElement[bool]]:
    """The condition of the filters; PostgreSQL would make a list of several parameters again for each row."""
    for name, number in shape.filters:
        column = table.c[FILTER_NAMED[name].field]
        if shape.on_postgresql:
            yield column == any_(bindparam(f"chosen_{name}", type_=ARRAY(column.type)))
        else:
            yield column.in_([bindparam(f"chosen_{name}_{place}") for place in range(number)])


def _term_condition(number: int, term: _TermShape, table: FromClause) -> ColumnElement[bool]:
    rows = table.c
    if not term.texts:
        return on_list(table, bindparam(f"trns_{number}"), bindparam(f"urns_{number}"))
    found = [strpos(rows.search, bindparam(f"text_{number}_{place}")) > 0 for place in range(term.texts)]
    if term.email:
        found.append(strpos(rows.email_key, bindparam(f"email_{number}")) > 0)
    if term.urn:
        found.append(rows.school_urn == bindparam(f"urn_{number}"))
    return or_(*found)


def _searched(shape: _Shape) -> Select[Any]:
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
