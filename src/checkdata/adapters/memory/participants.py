"""Listings in memory: the plain meaning of every question."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from checkdata.adapters.memory.listing_history import history, rows_as_of
from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.columns import listing_csv
from checkdata.domain.listing.departures import TOLD_FOR
from checkdata.domain.listing.filters import FILTERED_FIELDS
from checkdata.domain.listing.history import (
    ChangeKind,
    RowChange,
    Version,
    change_of,
    left_view,
    refuse_search,
)
from checkdata.domain.listing.queries import FoundRows, ParticipantQuery, Tally
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.values import ImportId, ParticipantId


class MemoryParticipants:
    """The listings of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def count(self, query: ParticipantQuery, /) -> int:
        """How many rows match."""
        return len(self._found(query))

    def slice(self, query: ParticipantQuery, offset: int, limit: int, /) -> Sequence[ListedParticipant]:
        """The matching rows from *offset*, at most *limit*."""
        return list(islice(self._found(query), offset, offset + limit))

    def find(self, query: ParticipantQuery, offset: int, limit: int, /) -> FoundRows:
        """The slice from *offset*, the count, the tallies and the import."""
        return FoundRows(
            rows=self.slice(query, offset, limit),
            number=self.count(query),
            tallies=self.tallies(query.scope),
            searched=_tallied(self._found(ParticipantQuery(scope=query.scope, search=query.search))),
            as_of=self.as_of(),
        )

    def rows(self, query: ParticipantQuery, /) -> Iterator[ListedParticipant]:
        """All matching rows."""
        return iter(self._found(query))

    def csv(self, query: ParticipantQuery, /, *, safe: bool = True) -> Iterator[bytes]:
        """The CSV of all matching rows."""
        return listing_csv(self.rows(query), query.scope.organisation.role, safe=safe)

    def ids(self, query: ParticipantQuery, /) -> Iterator[ParticipantId]:
        """Who all matching rows are about."""
        return (row.participant_id for row in self.rows(query))

    def ids_behind(self, scope: Scope, after: ParticipantId | None, limit: int, /) -> Sequence[ParticipantId]:
        """At most *limit* of those in scope whose ids come behind *after*, in the order of ids."""
        ids = sorted(row.participant_id for row in self._listed(scope))
        return [each for each in ids if after is None or each > after][:limit]

    def one(self, scope: Scope, participant_id: ParticipantId, /) -> ListedParticipant | None:
        """The row of one participant, if in scope."""
        return next((row for row in self._listed(scope) if row.participant_id == participant_id), None)

    def covers(self, scope: Scope, participant_id: ParticipantId, /) -> bool:
        """Whether the row of a participant is in scope."""
        return self.one(scope, participant_id) is not None

    def tallies(self, scope: Scope, /) -> Sequence[Tally]:
        """How many rows in scope there are of each role, academic year and status."""
        return _tallied(self._listed(scope))

    def as_of(self) -> Import | None:
        """The import that the listings show."""
        return self._draft.state.imports[-1] if self._draft.state.imports else None

    def history(self, scope: Scope, participant_id: ParticipantId, /) -> Sequence[Version]:
        """The versions of one participant's row, newest first."""
        return history(self._draft.state, scope, participant_id)

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
        """What changed of the rows that match now."""
        imports = enumerate(self._draft.state.imports, start=1)
        number = max((number for number, made in imports if made.made_at <= since), default=0)
        before = {row.participant_id: row for row in rows_as_of(self._draft.state, number) if query.scope.covers(row)}
        seen = before.keys() if then is None else {old.participant_id for old in filter(then.covers, before.values())}
        changes = [
            change_of(before.get(row.participant_id), row, covered=row.participant_id in seen)
            for row in self._found(query)
        ]
        changes += self._left(query, number, then or query.scope, before)
        found = (change for change in changes if change is not None and kind in (None, change.kind))
        return islice(found, offset, None if limit is None else offset + limit)

    def count_changes(
        self, query: ParticipantQuery, since: datetime, /, *, then: Scope | None = None
    ) -> Mapping[ChangeKind, int]:
        """How many changes there are of each kind."""
        numbers = Counter(change.kind for change in self.changes(query, since, then=then))
        return {kind: numbers[kind] for kind in ChangeKind}

    def import_with(self, import_id: ImportId, /) -> Import | None:
        """The import with this id."""
        return next((made for made in self._draft.state.imports if made.id == import_id), None)

    def import_before(self, moment: datetime, /) -> Import | None:
        """The last import made at or before then."""
        return next((made for made in reversed(self._draft.state.imports) if made.made_at <= moment), None)

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
        """The rows that matched as of an import."""
        refuse_search(query)
        ids = [made.id for made in self._draft.state.imports]
        began_after = ids.index(after) + 1 if after in ids else 0
        rows = rows_as_of(self._draft.state, ids.index(import_id) + 1, began_after) if import_id in ids else ()
        found = sorted(filter(query.matches, rows), key=lambda row: row.order)
        return islice(found, offset, None if limit is None else offset + limit)

    def _left(
        self, query: ParticipantQuery, number: int, then: Scope, before: Mapping[ParticipantId, ListedParticipant]
    ) -> Iterator[RowChange]:
        """The rows that users saw at import *number* and that left since, not long ago, as they were last."""
        state, viewer = self._draft.state, query.scope.organisation
        listed = {name for name, derivation in state.listings.items() if viewer in derivation.rows}
        past = [row for row in state.past_rows if row.viewer == viewer and row.listed.participant_id not in listed]
        stood = {
            row.listed.participant_id
            for row in past
            if row.shown_from <= number < row.shown_until and then.covers(row.listed)
        }
        last = {row.listed.participant_id: row for row in sorted(past, key=lambda row: row.shown_until)}
        told_from = state.imports[-1].made_at - TOLD_FOR if state.imports else None
        left = [
            row.listed
            for name, row in last.items()
            if name in stood and told_from is not None and state.imports[row.shown_until - 1].made_at > told_from
        ]
        for row in sorted(filter(query.matches, left), key=lambda row: row.order):
            yield left_view(before.get(row.participant_id), row)

    def _found(self, query: ParticipantQuery) -> list[ListedParticipant]:
        return query.order.arranged(filter(query.matches, self._rows()))

    def _listed(self, scope: Scope) -> Iterator[ListedParticipant]:
        return filter(scope.covers, self._rows())

    def _rows(self) -> Iterator[ListedParticipant]:
        for derivation in self._draft.state.listings.values():
            for entry in derivation.rows.values():
                yield entry.listed


def _tallied(rows: Iterable[ListedParticipant]) -> Sequence[Tally]:
    numbers = Counter(tuple(getattr(row, name) for name in FILTERED_FIELDS) for row in rows)
    return [Tally(values, number) for values, number in numbers.items()]


_conforms: type[ports.Participants] = MemoryParticipants
