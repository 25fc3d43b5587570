"""What changed in a listing since a moment, and who left view (service rule 16)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Select, func, select

from checkdata.adapters.sql.listing_history import change_from_row, changed_rows, left_from_row, left_rows
from checkdata.adapters.sql.listings import Listing
from checkdata.adapters.sql.matching_rows import MatchingRows
from checkdata.adapters.sql.orders import in_order
from checkdata.adapters.sql.seen_imports import SeenImports
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.departures import TOLD_FOR
from checkdata.domain.listing.history import ChangeKind, RowChange
from checkdata.domain.listing.queries import ParticipantQuery

_STREAMED_ROWS: Final = 1000
_LeftAsked = tuple[ParticipantQuery, datetime, Scope]


class ListedChanges:
    """The changes of rows that match a query."""

    def __init__(self, transaction: Transaction, matching: MatchingRows, imports: SeenImports) -> None:
        self._transaction = transaction
        self._matching = matching
        self._imports = imports
        self._last_left: tuple[_LeftAsked, Sequence[RowChange]] | None = None

    def of(  # noqa: PLR0913 - what the port asks
        self,
        query: ParticipantQuery,
        since: datetime,
        then: Scope,
        *,
        kind: ChangeKind | None,
        offset: int,
        limit: int | None,
    ) -> Iterator[RowChange]:
        """The changes of a kind, or of all, streamed; *then* is the scope at that moment."""
        listing, organisation = self._matching.listing(query.scope.organisation), query.scope.organisation
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

    def count(self, query: ParticipantQuery, since: datetime, then: Scope) -> Mapping[ChangeKind, int]:
        """How many changes there are of each kind."""
        numbers, listing = dict.fromkeys(ChangeKind, 0), self._matching.listing(query.scope.organisation)
        if listing is not None:
            kinds = self._changed(query, listing, since, then, None).subquery().c.kind
            counted = self._transaction.execute(select(kinds, func.count()).group_by(kinds))
            numbers |= {ChangeKind(kind): number for kind, number in counted.all()}
            numbers[ChangeKind.LEFT_VIEW] = len(self._left(query, listing, since, then))
        return numbers

    def _changed(
        self,
        query: ParticipantQuery,
        listing: Listing,
        since: datetime,
        then: Scope,
        kind: ChangeKind | None,
    ) -> Select[Any]:
        """The rows that match now and changed since the last import made at or before that moment."""
        changed = changed_rows(listing, (query.scope, then), self._imports.number_at(since), kind)
        return changed.where(*self._matching.condition(query, listing))

    def _left(self, query: ParticipantQuery, listing: Listing, since: datetime, then: Scope) -> Sequence[RowChange]:
        """Who left view; a page counts them and then lists them, and they are asked once if nothing can change."""
        asked = query, since, then
        if self._last_left is not None and self._last_left[0] == asked:
            return self._last_left[1]
        left = self._find_left(query, listing, since, then)
        if self._transaction.sees_one_state:
            self._last_left = asked, left
        return left

    def _find_left(
        self, query: ParticipantQuery, listing: Listing, since: datetime, then: Scope
    ) -> Sequence[RowChange]:
        """The rows that users saw then, have left view and match; there are few, and a search looks at them here."""
        as_of = self._imports.last()
        if as_of is None:
            return []
        told_from = self._imports.number_at(as_of.made_at - TOLD_FOR)
        rows = self._transaction.execute(left_rows(listing, query, self._imports.number_at(since), told_from)).all()
        changes = map(partial(left_from_row, scope=then), rows)
        return [change for change in changes if change is not None and query.matches(change.now)]

    def _number_of(self, rows: Select[Any]) -> int:
        number: int = self._transaction.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
        return number
