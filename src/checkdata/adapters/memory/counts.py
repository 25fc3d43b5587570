"""Counts that imports keep, in memory."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from checkdata.adapters.memory.participants import MemoryParticipants
from checkdata.adapters.memory.state import Derivation, Draft
from checkdata.domain import ports
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.counts import PastCount, SchoolCounts, StatusCount
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.schools import most_to_resolve_first
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import ParticipantId

_KIND: Final = (
    "delivery_partner_id",
    "appropriate_body_id",
    "lead_provider_id",
    "academic_year",
    "role",
    "status",
    "next",
)


class MemoryCounts:
    """The counts of a draft."""

    def __init__(self, draft: Draft, participants: MemoryParticipants) -> None:
        self._draft = draft
        self._participants = participants

    def of_past_days(self, scope: Scope, academic_year: int, role: ParticipantRole, /) -> Sequence[StatusCount]:
        """How many participants of a year and a role had each status, day by day."""
        numbers = Counter[tuple[date, Status]]()
        for count in filter(scope.covers, self._draft.state.past_counts):
            is_meant = (count.academic_year, count.role) == (academic_year, role)
            numbers[count.day, count.status] += count.number if is_meant else 0
        days = sorted(numbers, key=lambda key: (key[0], key[1].value))
        return [StatusCount(day=day, status=status, number=numbers[day, status]) for day, status in days]

    def of_schools(self, scope: Scope, /) -> Sequence[SchoolCounts]:
        """The schools that have participants in scope."""
        names, numbers = dict[str, str](), dict[str, Counter[WhoActs]]()
        for row in self._participants.rows(ParticipantQuery(scope=scope)):
            names[row.school_urn] = max(row.school, names.get(row.school_urn, ""))
            numbers.setdefault(row.school_urn, Counter())[row.next] += 1
        names |= {urn: school.name for urn, school in self._draft.state.schools.items() if urn in names}
        return most_to_resolve_first(
            SchoolCounts(urn=urn, name=names[urn], next=of_school) for urn, of_school in numbers.items()
        )

    def of_school(self, scope: Scope, urn: str, /) -> SchoolCounts | None:
        """One school of a scope."""
        return next((school for school in self.of_schools(scope) if school.urn == urn), None)

    def of_changes(self, scope: Scope, since: datetime, /, *, then: Scope) -> int:
        """How many changes there are."""
        return sum(self._participants.count_changes(ParticipantQuery(scope=scope), since, then=then).values())


def counts_with(
    before: Iterable[PastCount], listings: Mapping[ParticipantId, Derivation], day: date
) -> tuple[PastCount, ...]:
    """The counts of other days, and those of these listings on this day."""
    rows = (entry.listed for derivation in listings.values() for entry in derivation.rows.values())
    numbers = Counter(tuple(getattr(row, name) for name in _KIND) for row in rows)
    made = (
        PastCount(day=day, number=number, **dict(zip(_KIND, kind, strict=True))) for kind, number in numbers.items()
    )
    return (*(count for count in before if count.day != day), *made)


_conforms: type[ports.Counts] = MemoryCounts
