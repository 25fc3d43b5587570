"""Listings in SQL: what an organisation may see, found, counted and in order."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Select, func, select

from checkdata.adapters.sql.conditions import filters_of, found_by, where
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.listings import SHOWN, Cell, Listing, cell_from_row, listed_from_row, listing_of
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access import Scope
from checkdata.domain.imports import Import
from checkdata.domain.listings import ListedParticipant
from checkdata.domain.queries import ParticipantQuery, Tally
from checkdata.domain.values import ImportId, ParticipantId

_STREAMED_ROWS: Final = 1000
_LAST_IMPORT: Final = select(imports).order_by(imports.c.number.desc()).limit(1)


class SqlParticipants:
    """Participants as organisations see them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def count(self, query: ParticipantQuery, /) -> int:
        """How many rows match; without a search the tallies tell."""
        if not query.search:
            return sum(cell.number for cell in self._cells(query) if query.scope.covers(cell))
        listing = listing_of(query.scope.organisation)
        if listing is None:
            return 0
        found: int = self._transaction.execute(_matching(query, listing, select(func.count()))).scalar_one()
        return found

    def slice(self, query: ParticipantQuery, offset: int, limit: int, /) -> Sequence[ListedParticipant]:
        """The matching rows from *offset*: a range of positions where all rows match, else a scan in order."""
        listing = listing_of(query.scope.organisation)
        if listing is None:
            return []
        if self._all_match(query):
            pos = listing.rows.c.pos
            of_organisation = listing.rows.c[listing.organisation] == query.scope.organisation.id
            found = _shown(listing).where(of_organisation, pos >= offset, pos < offset + limit).order_by(pos)
        else:
            found = _found(query, listing).offset(offset).limit(limit)
        return [listed_from_row(row, query.scope.organisation) for row in self._transaction.execute(found).all()]

    def rows(self, query: ParticipantQuery, /) -> Iterator[ListedParticipant]:
        """All matching rows, streamed from a cursor of the database's own."""
        listing = listing_of(query.scope.organisation)
        if listing is None:
            return
        found = _found(query, listing).execution_options(yield_per=_STREAMED_ROWS)
        with self._transaction.execute(found) as rows:
            yield from map(partial(listed_from_row, organisation=query.scope.organisation), rows)

    def one(self, scope: Scope, participant_id: ParticipantId, /) -> ListedParticipant | None:
        """The row of one participant, if in scope."""
        listing = listing_of(scope.organisation)
        if listing is None:
            return None
        found = _shown(listing).where(
            listing.rows.c.participant_id == participant_id, where(scope.predicate, listing.columns)
        )
        row = self._transaction.execute(found).one_or_none()
        return None if row is None else listed_from_row(row, scope.organisation)

    def tallies(self, scope: Scope, /) -> Sequence[Tally]:
        """How many rows in scope there are of each role, academic year and status."""
        numbers = Counter[tuple[Any, ...]]()
        for cell in filter(scope.covers, self._cells(ParticipantQuery(scope=scope))):
            numbers[cell.role, cell.academic_year, cell.status] += cell.number
        return [
            Tally(role=role, academic_year=year, status=status, number=number)
            for (role, year, status), number in numbers.items()
        ]

    def as_of(self) -> Import | None:
        """The import that the listings show."""
        row = self._transaction.execute(_LAST_IMPORT).one_or_none()
        return None if row is None else Import(id=ImportId(row.id), at=row.at, today=row.today)

    def _all_match(self, query: ParticipantQuery) -> bool:
        return not query.narrowed and all(map(query.scope.covers, self._cells(query)))

    def _cells(self, query: ParticipantQuery) -> list[Cell]:
        """The tallies of the organisation that meet the filters, in scope or not."""
        organisation = query.scope.organisation
        listing = listing_of(organisation)
        if listing is None:
            return []
        of_organisation = listing.tallies.c[listing.organisation] == organisation.id
        found = select(listing.tallies).where(of_organisation, *filters_of(query, listing.tallies))
        return [cell_from_row(row, organisation) for row in self._transaction.execute(found)]


def _shown(listing: Listing) -> Select[Any]:
    return select(*(listing.rows.c[name] for name in SHOWN))


def _found(query: ParticipantQuery, listing: Listing) -> Select[Any]:
    """The rows that a query finds, in the order of the listing."""
    return _matching(query, listing, _shown(listing)).order_by(listing.rows.c.pos)


def _matching(query: ParticipantQuery, listing: Listing, rows: Select[Any]) -> Select[Any]:
    return rows.where(
        where(query.scope.predicate, listing.columns),
        *filters_of(query, listing.rows),
        *(found_by(term, listing.rows) for term in query.search.terms),
    )


_conforms: type[ports.Participants] = SqlParticipants
