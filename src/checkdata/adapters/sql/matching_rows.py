"""Which rows of a listing match a query, as a condition, and what the tallies tell of its scope."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select

from checkdata.adapters.sql.conditions import filter_conditions, term_condition, where
from checkdata.adapters.sql.listings import Listing, at_school, listing_of
from checkdata.adapters.sql.page_statements import PageStatements
from checkdata.adapters.sql.scope_numbers import ScopeNumbers, count_scope
from checkdata.adapters.sql.seen_imports import SeenImports
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Organisation


class MatchingRows:
    """The rows that queries match in a transaction."""

    def __init__(self, transaction: Transaction, pages: PageStatements, imports: SeenImports) -> None:
        self._transaction = transaction
        self._pages = pages
        self._imports = imports
        self._numbers_of = dict[Scope, ScopeNumbers]()

    def listing(self, organisation: Organisation) -> Listing | None:
        """The listing with an organisation's rows; from here on no others can be read."""
        listing = listing_of(organisation)
        if listing is not None:
            self._transaction.see_listings()
            self._transaction.let_read(listing.organisation, organisation.id)
        return listing

    def condition(self, query: ParticipantQuery, listing: Listing) -> tuple[ColumnElement[bool], ...]:
        """The condition of rows that match; it checks the scope only if the scope does not cover all rows."""
        of_organisation = listing.rows.c[listing.organisation] == query.scope.organisation.id
        covers_all = self.numbers(query.scope, listing).whole
        return (
            of_organisation if covers_all else where(query.scope.predicate, listing.columns),
            *filter_conditions(query, listing.rows),
            *_found(query, listing, on_postgresql=self._transaction.on_postgresql),
        )

    def numbers(self, scope: Scope, listing: Listing) -> ScopeNumbers:
        """What the tallies of the organisation tell of a scope; asked once for an import if nothing can change."""
        if not self._transaction.sees_one_state:
            return count_scope(self._transaction, scope, listing, self._imports.last())
        numbers = self._numbers_of.get(scope)
        if numbers is None:
            as_of, generation = self._imports.last(), self._transaction.generation
            numbers = None if as_of is None else self._pages.kept(scope, as_of, generation)
            if numbers is None:
                numbers = count_scope(self._transaction, scope, listing, as_of)
                self._pages.keep(scope, numbers)
            self._numbers_of[scope] = numbers
        return numbers


def _found(query: ParticipantQuery, listing: Listing, *, on_postgresql: bool) -> Iterator[ColumnElement[bool]]:
    """The condition of the rows that a search finds, by what stands in the words of the listing, or a school has."""
    if query.search:
        words = listing.words
        here = words.c[listing.organisation] == query.scope.organisation.id
        terms = (term_condition(term, words) for term in query.search.terms)
        yield listing.rows.c.pos.in_(select(words.c.pos).where(here, *terms))
    if query.school_urn:
        yield at_school(
            listing, listing.rows, query.scope.organisation.id, query.school_urn, on_postgresql=on_postgresql
        )
