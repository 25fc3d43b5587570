"""The listings, as they are read."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from checkdata.domain.access import Scope
from checkdata.domain.imports import (
    Import,
)
from checkdata.domain.listings import ListedParticipant
from checkdata.domain.queries import ParticipantQuery, Tally
from checkdata.domain.values import ParticipantId


class Participants(Protocol):
    """The listings: participants as organisations see them. There is no way to ask without a scope."""

    def count(self, query: ParticipantQuery, /) -> int:
        """How many rows match."""

    def slice(self, query: ParticipantQuery, offset: int, limit: int, /) -> Sequence[ListedParticipant]:
        """The matching rows from *offset*, at most *limit*, in the query's order."""

    def find(self, query: ParticipantQuery, offset: int, limit: int, /) -> tuple[Sequence[ListedParticipant], int]:
        """The slice from *offset*, and how many rows match in all: one search for both."""

    def rows(self, query: ParticipantQuery, /) -> Iterator[ListedParticipant]:
        """All matching rows in the query's order, streamed; close the iterator or exhaust it."""

    def csv(self, query: ParticipantQuery, /, *, safe: bool = True) -> Iterator[bytes]:
        """`checkdata.domain.downloads.csv_chunks` of the rows, in the columns of the organisation's role.

        *safe* neutralises cells for spreadsheets. Close the iterator or exhaust it.
        """

    def ids(self, query: ParticipantQuery, /) -> Iterator[ParticipantId]:
        """Who the matching rows are about, in their order, streamed; close the iterator or exhaust it."""

    def one(self, scope: Scope, participant_id: ParticipantId, /) -> ListedParticipant | None:
        """The row of one participant; None where it is unknown or not in scope, without a difference."""

    def tallies(self, scope: Scope, /) -> Sequence[Tally]:
        """How many rows in scope there are of each role, academic year and status; those of none are left out."""

    def as_of(self) -> Import | None:
        """The import that the listings show."""
