"""The counts that imports keep, as they are read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.counts import SchoolCounts, StatusCount
from checkdata.domain.training.facts import ParticipantRole


class Counts(Protocol):
    """Counts of participants as organisations see them. Every question needs a scope, which bounds what is counted."""

    def of_past_days(self, scope: Scope, academic_year: int, role: ParticipantRole, /) -> Sequence[StatusCount]:
        """How many participants of a year and a role had each status, day by day, the oldest day first.

        There are counts of each day on which an import changed the listings, as the last one of that day left them.
        A day on which the scope covers nobody at all is left out; older days are thinned (`days_to_forget`).
        """

    def of_schools(self, scope: Scope, /) -> Sequence[SchoolCounts]:
        """The schools that have participants in scope, one for each URN, the one with most to resolve first."""

    def of_school(self, scope: Scope, urn: str, /) -> SchoolCounts | None:
        """One of them; None where the scope has no participants at the school."""

    def of_changes(self, scope: Scope, since: datetime, /, *, then: Scope) -> int:
        """How many changes `Participants.changes` gives of all rows in scope."""
