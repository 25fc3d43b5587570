"""What a page shows, in one statement, which is a snapshot by itself and needs no transaction.

The statement asks only for rows and their import. What is the same for a scope until the next import is kept: how many
rows it has of each kind, and whether those are all of the organisation's. No row is kept, and nothing is used for a
scope that the request did not just decide. `SqlParticipants` gives the same in plain statements, which are used if
nothing is kept yet, after another import, and for rare questions.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import evolve, field, frozen

from checkdata.adapters.sql.conditions import as_list, can_be_stored
from checkdata.adapters.sql.kept_counts import KeptCounts
from checkdata.adapters.sql.listing_fields import listed_from_cells
from checkdata.adapters.sql.listings import Listing, listing_of
from checkdata.adapters.sql.page_questions import AS_OF, Shape, TermShape, question
from checkdata.adapters.sql.prepared_statement import prepared
from checkdata.adapters.sql.rows_by_school import (
    MOST_ROWS,
    Cut,
    asked_of,
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
from checkdata.domain.listing.filters import slug
from checkdata.domain.listing.orders import BY_NAME
from checkdata.domain.listing.queries import FoundRows, ParticipantQuery
from checkdata.domain.listing.searches import Condition, NumberList

_KEPT: Final = 200
"""How many scopes' numbers are kept; those of each take about 8 kB."""


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
        met = numbers.meeting(query.chosen)
        number = at_school if shape.at_school or shape.terms else met.number
        asked = prepared(AS_OF, dialect) if number == 0 else question(shape, dialect)
        values = {**_values(query, offset, limit), **({} if cut is None else {"urns": cut.urns})}
        if shape.is_of_kinds:
            values["kinds"] = met.kinds
        rows = transaction.ask_ahead(asked, values, listing.organisation, organisation.id)
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


def _shape(query: ParticipantQuery, listing: Listing, numbers: ScopeNumbers) -> Shape:
    return Shape(
        listing=listing,
        scope=None if numbers.whole else query.scope,
        filters=tuple((name, len(values)) for name, values in query.chosen.items()),
        order=query.order,
        terms=tuple(map(TermShape.of, query.search.terms)),
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
