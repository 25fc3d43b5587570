"""Listings in SQL: what an organisation may see, found, counted and in order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Select, func, select

from checkdata.adapters.sql.conditions import term_condition, where
from checkdata.adapters.sql.listed_changes import ListedChanges
from checkdata.adapters.sql.listing_fields import SHOWN, listed_from_cells
from checkdata.adapters.sql.listing_history import (
    select_rows_as_of,
    versions_of,
)
from checkdata.adapters.sql.listings import SCOPED_FIELDS, Listing, listed_from_row
from checkdata.adapters.sql.matching_rows import MatchingRows
from checkdata.adapters.sql.orders import in_order
from checkdata.adapters.sql.page_statements import PageStatements
from checkdata.adapters.sql.rows_by_school import (
    MOST_ROWS,
    Cut,
    RowsOfSchool,
    asked_of,
    at_schools,
    count_rows,
    cut_out,
    in_cut,
    is_by_school,
    on_page_of,
    rows_of_schools,
)
from checkdata.adapters.sql.seen_imports import SeenImports
from checkdata.adapters.sql.stored_csv_lines import csv_lines
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.columns import columns_for, csv_header, listing_csv
from checkdata.domain.listing.history import ChangeKind, RowChange, Version, refuse_search
from checkdata.domain.listing.queries import FoundRows, ParticipantQuery, Tally
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.listing.searches import Search
from checkdata.domain.values import ImportId, ParticipantId

_STREAMED_ROWS: Final = 1000


class SqlParticipants:
    """Participants as organisations see them."""

    def __init__(self, transaction: Transaction, pages: PageStatements) -> None:
        self._transaction = transaction
        self._pages = pages
        self._imports = SeenImports(transaction)
        self._matching = MatchingRows(transaction, pages, self._imports)
        self._changes = ListedChanges(transaction, self._matching, self._imports)

    def count(self, query: ParticipantQuery, /) -> int:
        """How many rows match; without a search the tallies tell."""
        listing = self._matching.listing(query.scope.organisation)
        if listing is None:
            return 0
        if query.searched:
            matching = select(func.count()).where(*self._matching.condition(query, listing))
            found: int = self._transaction.execute(matching).scalar_one()
            return found
        return query.number_in(self.tallies(query.scope))

    def slice(self, query: ParticipantQuery, offset: int, limit: int, /) -> Sequence[ListedParticipant]:
        """The matching rows from *offset*: a scan in order."""
        listing = self._matching.listing(query.scope.organisation)
        if listing is None:
            return []
        if is_by_school(query) and self._transaction.sees_one_state:
            cut = cut_out(self._schools(query, listing), query.order, offset, limit)
            if cut.number <= MOST_ROWS:
                return self._rows_at(query, listing, cut)[:limit]
        rows = self._transaction.execute(self._ordered(query, listing).offset(offset).limit(limit)).all()
        return listed_from_cells(rows, query.scope.organisation)

    def find(self, query: ParticipantQuery, offset: int, limit: int, /) -> FoundRows:
        """The slice from *offset*, the count, the tallies and the import; one statement once numbers are kept."""
        return self._pages.find(self._transaction, query, offset, limit) or self._find(query, offset, limit)

    def rows(self, query: ParticipantQuery, /) -> Iterator[ListedParticipant]:
        """All matching rows, streamed from a cursor of the database's own."""
        listing = self._matching.listing(query.scope.organisation)
        if listing is None:
            return
        found = self._ordered(query, listing).execution_options(yield_per=_STREAMED_ROWS)
        with self._transaction.execute(found) as rows:
            for some in rows.partitions():
                yield from listed_from_cells(some, query.scope.organisation)

    def csv(self, query: ParticipantQuery, /, *, safe: bool = True) -> Iterator[bytes]:
        """The CSV of all matching rows; the database makes the lines if it can."""
        role, listing = query.scope.organisation.role, self._matching.listing(query.scope.organisation)
        if listing is None:
            yield from listing_csv((), role, safe=safe)
            return
        yield csv_header(columns_for(role))
        condition, order = self._matching.condition(query, listing), in_order(query.order, listing)
        yield from csv_lines(self._transaction.connection, listing, condition, order, safe=safe)

    def ids(self, query: ParticipantQuery, /) -> Iterator[ParticipantId]:
        """The ids of the participants of all matching rows."""
        listing = self._matching.listing(query.scope.organisation)
        if listing is None:
            return
        columns = select(listing.rows.c.participant_id).where(*self._matching.condition(query, listing))
        found = columns.order_by(*in_order(query.order, listing)).execution_options(yield_per=_STREAMED_ROWS)
        with self._transaction.execute(found) as rows:
            yield from rows.scalars()

    def ids_behind(self, scope: Scope, after: ParticipantId | None, limit: int, /) -> Sequence[ParticipantId]:
        """At most *limit* of those in scope whose ids come behind *after*, in the order of ids."""
        listing = self._matching.listing(scope.organisation)
        if listing is None:
            return []
        column = listing.rows.c.participant_id
        found = select(column).where(
            where(scope.predicate, listing.columns), *([] if after is None else [column > after])
        )
        return list(self._transaction.execute(found.order_by(column).limit(limit)).scalars())

    def one(self, scope: Scope, participant_id: ParticipantId, /) -> ListedParticipant | None:
        """The row of one participant, if in scope."""
        listing = self._matching.listing(scope.organisation)
        if listing is None:
            return None
        found = _shown(listing).where(
            listing.rows.c.participant_id == participant_id, where(scope.predicate, listing.columns)
        )
        row = self._transaction.execute(found).one_or_none()
        return None if row is None else listed_from_row(row, scope.organisation)

    def covers(self, scope: Scope, participant_id: ParticipantId, /) -> bool:
        """Whether the row of a participant is in scope."""
        listing = self._matching.listing(scope.organisation)
        if listing is None:
            return False
        asked = {"organisation": scope.organisation.id, "participant": participant_id}
        rows = self._transaction.ask(SCOPED_FIELDS[listing], asked)
        return any(scope.covers(dict(zip(listing.columns, row, strict=True))) for row in rows)

    def tallies(self, scope: Scope, /) -> Sequence[Tally]:
        """How many rows in scope there are of each role, academic year and status."""
        listing = self._matching.listing(scope.organisation)
        return [] if listing is None else self._matching.numbers(scope, listing).tallies

    def as_of(self) -> Import | None:
        """The import that the listings show."""
        return self._imports.last()

    def import_with(self, import_id: ImportId, /) -> Import | None:
        """The import with this id."""
        return self._imports.with_id(import_id)

    def import_before(self, moment: datetime, /) -> Import | None:
        """The last import made at or before then."""
        return self._imports.before(moment)

    def history(self, scope: Scope, participant_id: ParticipantId, /) -> Sequence[Version]:
        """The versions of one participant's row in this scope, newest first."""
        listing = self._matching.listing(scope.organisation)
        if listing is None:
            return []
        rows = self._transaction.execute(versions_of(listing, scope, participant_id)).all()
        if not rows or rows[0].shown_until is not None:
            return []
        made = self._imports.by_number({number for row in rows for number in (row.shown_from, row.shown_until)})
        return [
            Version(
                listed=listed_from_row(row, scope.organisation),
                began=made[row.shown_from],
                ended=None if row.shown_until is None else made[row.shown_until],
            )
            for row in rows
            if row.shown_from in made
        ]

    def changes(  # noqa: PLR0913 - what the port asks
        self,
        query: ParticipantQuery,
        since: datetime,
        /,
        *,
        then: Scope | None = None,
        kind: ChangeKind | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Iterator[RowChange]:
        """What changed of the rows that match now, streamed, and then who left view."""
        return self._changes.of(query, since, then or query.scope, kind=kind, offset=offset, limit=limit)

    def count_changes(
        self, query: ParticipantQuery, since: datetime, /, *, then: Scope | None = None
    ) -> Mapping[ChangeKind, int]:
        """How many changes there are of each kind."""
        return self._changes.count(query, since, then or query.scope)

    def rows_at(
        self,
        query: ParticipantQuery,
        import_id: ImportId,
        /,
        *,
        after: ImportId | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Iterator[ListedParticipant]:
        """The rows that matched as of an import, streamed."""
        refuse_search(query)
        return self._rows_as_of(query, import_id, after, offset, limit)

    def _rows_as_of(
        self, query: ParticipantQuery, import_id: ImportId, after: ImportId | None, offset: int, limit: int | None
    ) -> Iterator[ListedParticipant]:
        listing, organisation = self._matching.listing(query.scope.organisation), query.scope.organisation
        number = self._imports.number_with(import_id)
        if listing is None or number is None:
            return
        began_after = None if after is None else self._imports.number_with(after)
        found = select_rows_as_of(listing, query, number, began_after).offset(offset).limit(limit)
        with self._transaction.execute(found.execution_options(yield_per=_STREAMED_ROWS)) as rows:
            yield from map(partial(listed_from_row, organisation=organisation), rows)

    def _ordered(self, query: ParticipantQuery, listing: Listing) -> Select[Any]:
        """The matching rows in the query's order."""
        matching = _shown(listing).where(*self._matching.condition(query, listing))
        return matching.order_by(*in_order(query.order, listing))

    def _schools(self, query: ParticipantQuery, listing: Listing) -> Sequence[RowsOfSchool]:
        """The schools of matching rows in order; counted once for an import."""

        def count() -> Sequence[RowsOfSchool]:
            counted = self._transaction.execute(count_rows(listing, self._matching.condition(query, listing)))
            return rows_of_schools(counted, listing)

        as_of = self.as_of()
        return count() if as_of is None else self._pages.counts.of(as_of.id, asked_of(query), count)

    def _rows_at(self, query: ParticipantQuery, listing: Listing, cut: Cut) -> Sequence[ListedParticipant]:
        asked = partial(on_page_of, listing, query.scope.organisation.id, cut.urns)
        here = at_schools(listing, asked, on_postgresql=self._transaction.on_postgresql)
        found = _shown(listing).where(*self._matching.condition(query, listing), here)
        rows = self._transaction.execute(found).all()
        return in_cut(listed_from_cells(rows, query.scope.organisation), query, cut)

    def _find(self, query: ParticipantQuery, offset: int, limit: int) -> FoundRows:
        as_of, tallies = self.as_of(), self.tallies(query.scope)
        searched = self._searched(query.scope, query.search) if query.search else tallies
        is_told = not (query.school_urn or query.with_email)
        number = query.number_in(searched) if is_told else self.count(query)
        rows = self.slice(query, offset, limit) if number > offset else []
        return FoundRows(rows=rows, number=number, tallies=tallies, searched=searched, as_of=as_of)

    def _searched(self, scope: Scope, search: Search) -> Sequence[Tally]:
        """How many rows in scope a search finds of each kind."""
        listing = self._matching.listing(scope.organisation)
        if listing is None:
            return []
        words = listing.words.c
        of_organisation = words[listing.organisation] == scope.organisation.id
        in_scope = where(scope.predicate, listing.columns_in(listing.words))
        terms = (term_condition(term, listing.words) for term in search.terms)
        found = select(words.kind, func.count()).where(of_organisation, in_scope, *terms).group_by(words.kind)
        kinds = self._matching.numbers(scope, listing).kinds
        return [Tally(kinds[kind], number) for kind, number in self._transaction.execute(found)]


def _shown(listing: Listing) -> Select[Any]:
    return select(*(listing.rows.c[name] for name in SHOWN))


_conforms: type[ports.Participants] = SqlParticipants
