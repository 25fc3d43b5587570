"""Listings in memory: the plain meaning of every question."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.access import Scope
from checkdata.domain.downloads import listing_csv
from checkdata.domain.imports import Import
from checkdata.domain.listings import ListedParticipant
from checkdata.domain.queries import ParticipantQuery, Tally
from checkdata.domain.values import ParticipantId


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

    def find(self, query: ParticipantQuery, offset: int, limit: int, /) -> tuple[Sequence[ListedParticipant], int]:
        """The slice from *offset*, and how many rows match in all."""
        return self.slice(query, offset, limit), self.count(query)

    def rows(self, query: ParticipantQuery, /) -> Iterator[ListedParticipant]:
        """All matching rows."""
        return iter(self._found(query))

    def csv(self, query: ParticipantQuery, /, *, safe: bool = True) -> Iterator[bytes]:
        """The CSV of all matching rows."""
        return listing_csv(self.rows(query), query.scope.organisation.role, safe=safe)

    def ids(self, query: ParticipantQuery, /) -> Iterator[ParticipantId]:
        """Who all matching rows are about."""
        return (row.participant_id for row in self.rows(query))

    def one(self, scope: Scope, participant_id: ParticipantId, /) -> ListedParticipant | None:
        """The row of one participant, if in scope."""
        return next((row for row in self._listed(scope) if row.participant_id == participant_id), None)

    def tallies(self, scope: Scope, /) -> Sequence[Tally]:
        """How many rows in scope there are of each role, academic year and status."""
        numbers = Counter((row.role, row.academic_year, row.status) for row in self._listed(scope))
        return [
            Tally(role=role, academic_year=year, status=status, number=number)
            for (role, year, status), number in numbers.items()
        ]

    def as_of(self) -> Import | None:
        """The import that the listings show."""
        return self._draft.state.last_import

    def _found(self, query: ParticipantQuery) -> list[ListedParticipant]:
        return query.order.arranged(filter(query.matches, self._rows()))

    def _listed(self, scope: Scope) -> Iterator[ListedParticipant]:
        return filter(scope.covers, self._rows())

    def _rows(self) -> Iterator[ListedParticipant]:
        for derivation in self._draft.state.listings.values():
            for entry in derivation.rows.values():
                yield entry.listed


_conforms: type[ports.Participants] = MemoryParticipants
