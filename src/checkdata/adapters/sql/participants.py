"""Listings in SQL: what an organisation may see, found, counted and in order."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select

from checkdata.adapters.sql.conditions import filter_conditions, term_condition, where
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.listing_fields import SHOWN, listed_from_cells
from checkdata.adapters.sql.listing_history import (
    change_from_row,
    changed_rows,
    import_from_cells,
    import_from_row,
    left_from_row,
    left_rows,
    select_rows_as_of,
    versions_of,
)
from checkdata.adapters.sql.listings import SCOPED_FIELDS, Listing, at_school, listed_from_row, listing_of
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
    rows_of_schools,
)
from checkdata.adapters.sql.scope_numbers import ScopeNumbers, count_scope
from checkdata.adapters.sql.stored_csv_lines import csv_lines
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.columns import columns_for, csv_header, listing_csv
from checkdata.domain.listing.departures import TOLD_FOR
from checkdata.domain.listing.history import ChangeKind, RowChange, Version, refuse_search
from checkdata.domain.listing.queries import FoundRows, ParticipantQuery, Search, Tally
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import ImportId, ParticipantId

_STREAMED_ROWS: Final = 1000
_LAST_IMPORT: Final = (
    select(imports.c.id, imports.c.at, imports.c.today, imports.c.made_at).order_by(imports.c.number.desc()).limit(1)
)

_LeftAsked = tuple[ParticipantQuery, datetime, Scope | None]


class SqlParticipants:
    """Participants as organisations see them."""

    def __init__(self, transaction: Transaction, pages: PageStatements) -> None:
        self._transaction = transaction
        self._pages = pages
        self._numbers_of = dict[Scope, ScopeNumbers]()
        self._last_import: Import | None = None
        self._last_left: tuple[_LeftAsked, Sequence[RowChange]] | None = None

    def count(self, query: ParticipantQuery, /) -> int:
        """How many rows match; without a search the tallies tell."""
        listing = self._listing(query.scope.organisation)
        if listing is None:
            return 0
        if query.searched:
            matching = select(func.count()).where(*self._condition(query, listing))
            found: int = self._transaction.execute(matching).scalar_one()
            return found
        return query.number_in(self.tallies(query.scope))

    def slice(self, query: ParticipantQuery, offset: int, limit: int, /) -> Sequence[ListedParticipant]:
        """The matching rows from *offset*: a scan in order."""
        listing = self._listing(query.scope.organisation)
        if listing is None:
            return []
        if is_by_school(query) and self._transaction.sees_one_state:
            cut = cut_out(self._schools(query, listing), query.order, offset, limit)
            if cut.number <= MOST_ROWS:
                return self._rows_at(query, listing, cut)[:limit]
        matching = _shown(listing).where(*self._condition(query, listing)).order_by(*in_order(query.order, listing))
        rows = self._transaction.execute(matching.offset(offset).limit(limit)).all()
        return listed_from_cells(rows, query.scope.organisation)

    def find(self, query: ParticipantQuery, offset: int, limit: int, /) -> FoundRows:
        """The slice from *offset*, the count, the tallies and the import; one statement once numbers are kept."""
        return self._pages.find(self._transaction, query, offset, limit) or self._find(query, offset, limit)

    def rows(self, query: ParticipantQuery, /) -> Iterator[ListedParticipant]:
        """All matching rows, streamed from a cursor of the database's own."""
        listing = self._listing(query.scope.organisation)
        if listing is None:
            return
        matching = _shown(listing).where(*self._condition(query, listing)).order_by(*in_order(query.order, listing))
        found = matching.execution_options(yield_per=_STREAMED_ROWS)
        with self._transaction.execute(found) as rows:
            for some in rows.partitions():
                yield from listed_from_cells(some, query.scope.organisation)

    def csv(self, query: ParticipantQuery, /, *, safe: bool = True) -> Iterator[bytes]:
        """The CSV of all matching rows; the database makes the lines if it can."""
        role, listing = query.scope.organisation.role, self._listing(query.scope.organisation)
        if listing is None:
            yield from listing_csv((), role, safe=safe)
            return
        yield csv_header(columns_for(role))
        condition, order = self._condition(query, listing), in_order(query.order, listing)
        yield from csv_lines(self._transaction.connection, listing, condition, order, safe=safe)

    def ids(self, query: ParticipantQuery, /) -> Iterator[ParticipantId]:
        """The ids of the participants of all matching rows."""
        listing = self._listing(query.scope.organisation)
        if listing is None:
            return
        columns = select(listing.rows.c.participant_id).where(*self._condition(query, listing))
        found = columns.order_by(*in_order(query.order, listing)).execution_options(yield_per=_STREAMED_ROWS)
        with self._transaction.execute(found) as rows:
            yield from rows.scalars()

    def ids_behind(self, scope: Scope, after: ParticipantId | None, limit: int, /) -> Sequence[ParticipantId]:
        """At most *limit* of those in scope whose ids come behind *after*, in the order of ids."""
        listing = self._listing(scope.organisation)
        if listing is None:
            return []
        column = listing.rows.c.participant_id
        found = select(column).where(
            where(scope.predicate, listing.columns), *([] if after is None else [column > after])
        )
        return list(self._transaction.execute(found.order_by(column).limit(limit)).scalars())

    def one(self, scope: Scope, participant_id: ParticipantId, /) -> ListedParticipant | None:
        """The row of one participant, if in scope."""
        listing = self._listing(scope.organisation)
        if listing is None:
            return None
        found = _shown(listing).where(
            listing.rows.c.participant_id == participant_id, where(scope.predicate, listing.columns)
        )
        row = self._transaction.execute(found).one_or_none()
        return None if row is None else listed_from_row(row, scope.organisation)

    def covers(self, scope: Scope, participant_id: ParticipantId, /) -> bool:
        """Whether the row of a participant is in scope."""
        listing = self._listing(scope.organisation)
        if listing is None:
            return False
        asked = {"organisation": scope.organisation.id, "participant": participant_id}
        rows = self._transaction.ask(SCOPED_FIELDS[listing], asked)
        return any(scope.covers(dict(zip(listing.columns, row, strict=True))) for row in rows)

    def tallies(self, scope: Scope, /) -> Sequence[Tally]:
        """How many rows in scope there are of each role, academic year and status."""
        listing = self._listing(scope.organisation)
        return [] if listing is None else self._numbers(scope, listing).tallies

    def as_of(self) -> Import | None:
        """The import that the listings show."""
        if self._last_import is not None:
            return self._last_import
        last = next(map(import_from_cells, self._transaction.ask(_LAST_IMPORT, {})), None)
        if self._transaction.sees_one_state:
            self._last_import = last
        return last

    def history(self, scope: Scope, participant_id: ParticipantId, /) -> Sequence[Version]:
        """The versions of one participant's row in this scope, newest first."""
        listing = self._listing(scope.organisation)
        if listing is None:
            return []
        rows = self._transaction.execute(versions_of(listing, scope, participant_id)).all()
        if not rows or rows[0].shown_until is not None:
            return []
        made = self._imports({number for row in rows for number in (row.shown_from, row.shown_until)})
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
        listing, organisation = self._listing(query.scope.organisation), query.scope.organisation
        if listing is None:
            return
        given = 0
        if kind is not ChangeKind.LEFT_VIEW:
            changed = self._changed(query, listing, since, then, kind)
            cut = changed.order_by(*in_order(query.order, listing)).offset(offset).limit(limit)
            with self._transaction.execute(cut.execution_options(yield_per=_STREAMED_ROWS)) as rows:
                for row in rows:
                    yield change_from_row(row, organisation)
                    given += 1
            offset = max(0, offset - self._number_of(changed)) if offset and not given else 0
        if kind in {None, ChangeKind.LEFT_VIEW}:
            left = self._left(query, listing, since, then)
            yield from left[offset : None if limit is None else offset + limit - given]

    def count_changes(
        self, query: ParticipantQuery, since: datetime, /, *, then: Scope | None = None
    ) -> Mapping[ChangeKind, int]:
        """How many changes there are of each kind."""
        numbers, listing = dict.fromkeys(ChangeKind, 0), self._listing(query.scope.organisation)
        if listing is not None:
            kinds = self._changed(query, listing, since, then, None).subquery().c.kind
            counted = self._transaction.execute(select(kinds, func.count()).group_by(kinds))
            numbers |= {ChangeKind(kind): number for kind, number in counted.all()}
            numbers[ChangeKind.LEFT_VIEW] = len(self._left(query, listing, since, then))
        return numbers

    def import_with(self, import_id: ImportId, /) -> Import | None:
        """The import with this id."""
        row = self._transaction.execute(select(imports).where(imports.c.id == import_id)).one_or_none()
        return None if row is None else import_from_row(row)

    def import_before(self, moment: datetime, /) -> Import | None:
        """The last import made at or before then."""
        return self._imports({number}).get(number) if (number := self._import_at(moment)) else None

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
        listing, organisation = self._listing(query.scope.organisation), query.scope.organisation
        number = self._number_with(import_id)
        if listing is None or number is None:
            return
        began_after = None if after is None else self._number_with(after)
        found = select_rows_as_of(listing, query, number, began_after).offset(offset).limit(limit)
        with self._transaction.execute(found.execution_options(yield_per=_STREAMED_ROWS)) as rows:
            yield from map(partial(listed_from_row, organisation=organisation), rows)

    def _schools(self, query: ParticipantQuery, listing: Listing) -> Sequence[RowsOfSchool]:
        """The schools of matching rows in order; counted once for an import."""

        def count() -> Sequence[RowsOfSchool]:
            counted = self._transaction.execute(count_rows(listing, self._condition(query, listing)))
            return rows_of_schools(counted, listing)

        as_of = self.as_of()
        return count() if as_of is None else self._pages.counts.of(as_of.id, asked_of(query), count)

    def _rows_at(self, query: ParticipantQuery, listing: Listing, cut: Cut) -> Sequence[ListedParticipant]:
        found = _shown(listing).where(*self._condition(query, listing), at_schools(listing, cut.urns))
        rows = self._transaction.execute(found).all()
        return in_cut(listed_from_cells(rows, query.scope.organisation), query, cut)

    def _listing(self, organisation: Organisation) -> Listing | None:
        """The listing with an organisation's rows; from here on no others can be read."""
        listing = listing_of(organisation)
        if listing is not None:
            self._transaction.see_listings()
            self._transaction.let_read(listing.organisation, organisation.id)
        return listing

    def _find(self, query: ParticipantQuery, offset: int, limit: int) -> FoundRows:
        as_of, tallies = self.as_of(), self.tallies(query.scope)
        searched = self._searched(query.scope, query.search) if query.search else tallies
        is_told = not (query.school_urn or query.with_email)
        number = query.number_in(searched) if is_told else self.count(query)
        rows = self.slice(query, offset, limit) if number > offset else []
        return FoundRows(rows=rows, number=number, tallies=tallies, searched=searched, as_of=as_of)

    def _searched(self, scope: Scope, search: Search) -> Sequence[Tally]:
        """How many rows in scope a search finds of each kind."""
        listing = self._listing(scope.organisation)
        if listing is None:
            return []
        words = listing.words.c
        of_organisation = words[listing.organisation] == scope.organisation.id
        in_scope = where(scope.predicate, listing.columns_in(listing.words))
        terms = (term_condition(term, listing.words) for term in search.terms)
        found = select(words.kind, func.count()).where(of_organisation, in_scope, *terms).group_by(words.kind)
        kinds = self._numbers(scope, listing).kinds
        return [Tally(kinds[kind], number) for kind, number in self._transaction.execute(found)]

    def _changed(
        self,
        query: ParticipantQuery,
        listing: Listing,
        since: datetime,
        then: Scope | None,
        kind: ChangeKind | None,
    ) -> Select[Any]:
        """The rows that match now and changed since the last import made at or before that moment."""
        changed = changed_rows(listing, (query.scope, then or query.scope), self._import_at(since), kind)
        return changed.where(*self._condition(query, listing))

    def _left(
        self, query: ParticipantQuery, listing: Listing, since: datetime, then: Scope | None
    ) -> Sequence[RowChange]:
        """Who left view; a page counts them and then lists them, and they are asked once if nothing can change."""
        asked = query, since, then
        if self._last_left is not None and self._last_left[0] == asked:
            return self._last_left[1]
        left = self._find_left(query, listing, since, then)
        if self._transaction.sees_one_state:
            self._last_left = asked, left
        return left

    def _find_left(
        self, query: ParticipantQuery, listing: Listing, since: datetime, then: Scope | None
    ) -> Sequence[RowChange]:
        """The rows that users saw then, have left view and match; there are few, and a search looks at them here."""
        as_of = self.as_of()
        if as_of is None:
            return []
        told_from = self._import_at(as_of.made_at - TOLD_FOR)
        rows = self._transaction.execute(left_rows(listing, query, self._import_at(since), told_from)).all()
        changes = map(partial(left_from_row, scope=then or query.scope), rows)
        return [change for change in changes if change is not None and query.matches(change.now)]

    def _import_at(self, moment: datetime) -> int:
        """The number of the last import made at or before then; 0 before the first."""
        last = select(func.coalesce(func.max(imports.c.number), 0)).where(moment >= imports.c.made_at)
        number: int = self._transaction.execute(last).scalar_one()
        return number

    def _number_with(self, import_id: ImportId) -> int | None:
        named = select(imports.c.number).where(imports.c.id == import_id)
        number: int | None = self._transaction.execute(named).scalar_one_or_none()
        return number

    def _number_of(self, rows: Select[Any]) -> int:
        number: int = self._transaction.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
        return number

    def _imports(self, numbers: AbstractSet[int | None]) -> Mapping[int, Import]:
        found = self._transaction.execute(select(imports).where(imports.c.number.in_(numbers - {None})))
        return {row.number: import_from_row(row) for row in found}

    def _condition(self, query: ParticipantQuery, listing: Listing) -> tuple[ColumnElement[bool], ...]:
        """The condition of rows that match; it checks the scope only if the scope does not cover all rows."""
        of_organisation = listing.rows.c[listing.organisation] == query.scope.organisation.id
        covers_all = self._covers_all(query.scope, listing)
        return (
            of_organisation if covers_all else where(query.scope.predicate, listing.columns),
            *filter_conditions(query, listing.rows),
            *_found(query, listing, on_postgresql=self._transaction.on_postgresql),
        )

    def _covers_all(self, scope: Scope, listing: Listing) -> bool:
        return self._numbers(scope, listing).whole

    def _numbers(self, scope: Scope, listing: Listing) -> ScopeNumbers:
        """What the tallies of the organisation tell of a scope; asked once for an import if nothing can change."""
        if not self._transaction.sees_one_state:
            return count_scope(self._transaction, scope, listing, self.as_of())
        numbers = self._numbers_of.get(scope)
        if numbers is None:
            as_of, generation = self.as_of(), self._transaction.generation
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


def _shown(listing: Listing) -> Select[Any]:
    return select(*(listing.rows.c[name] for name in SHOWN))


_conforms: type[ports.Participants] = SqlParticipants
