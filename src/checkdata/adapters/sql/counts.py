"""Counts that imports keep, in SQL."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Sized
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import and_, case, func, select

from checkdata.adapters.sql.conditions import where
from checkdata.adapters.sql.kept_counts import KeptCounts
from checkdata.adapters.sql.listings import Listing, listing_of
from checkdata.adapters.sql.participants import SqlParticipants
from checkdata.adapters.sql.rows_by_school import CountedSchools, schools_asked
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.counts import SchoolCounts, StatusCount
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.schools import most_to_resolve_first
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.who_acts import WhoActs

Counted = TypeVar("Counted", bound=Sized)


class SqlCounts:
    """Counts of participants as organisations see them."""

    def __init__(self, transaction: Transaction, participants: SqlParticipants, kept: KeptCounts) -> None:
        self._transaction = transaction
        self._participants = participants
        self._kept = kept

    def of_past_days(self, scope: Scope, academic_year: int, role: ParticipantRole, /) -> Sequence[StatusCount]:
        """How many participants of a year and a role had each status, day by day."""
        listing = listing_of(scope.organisation)
        if listing is None:
            return []
        count = partial(self._past_days, listing, scope, academic_year, role)
        return self._once(("past days", scope, academic_year, role), count)

    def of_schools(self, scope: Scope, /) -> Sequence[SchoolCounts]:
        """The schools that have participants in scope."""
        return self._schools_of(scope).in_order

    def of_school(self, scope: Scope, urn: str, /) -> SchoolCounts | None:
        """One school of a scope."""
        return self._schools_of(scope).by_urn.get(urn)

    def of_changes(self, scope: Scope, since: datetime, /, *, then: Scope) -> int:
        """How many changes there are."""

        def count() -> Sequence[int]:
            query = ParticipantQuery(scope=scope)
            return [sum(self._participants.count_changes(query, since, then=then).values())]

        [number] = self._once(("changes", scope, since, then), count)
        return number

    def _schools_of(self, scope: Scope) -> CountedSchools:
        listing = listing_of(scope.organisation)
        if listing is None:
            return CountedSchools([])
        return self._once(schools_asked(scope), partial(self._schools, listing, scope))

    def _once(self, asked: Hashable, count: Callable[[], Counted]) -> Counted:
        """What is counted, once for an import if nothing can change meanwhile."""
        as_of = self._participants.as_of()
        if as_of is None or not self._transaction.sees_one_state:
            return count()
        return self._kept.of(as_of.id, asked, count)

    def _past_days(
        self, listing: Listing, scope: Scope, academic_year: int, role: ParticipantRole
    ) -> Sequence[StatusCount]:
        self._transaction.let_read(listing.organisation, scope.organisation.id)
        counts = listing.past_counts.c
        is_meant = and_(counts.academic_year == academic_year, counts.role == role.value)
        found = (
            select(counts.day, counts.status, func.sum(case((is_meant, counts.number), else_=0)))
            .where(
                counts[listing.organisation] == scope.organisation.id,
                where(scope.predicate, listing.columns_in(listing.past_counts)),
            )
            .group_by(counts.day, counts.status)
            .order_by(counts.day, counts.status)
        )
        rows = self._transaction.execute(found).all()
        return [StatusCount(day=day, status=Status(status), number=number) for day, status, number in rows]

    def _schools(self, listing: Listing, scope: Scope) -> CountedSchools:
        self._transaction.see_listings()
        self._transaction.let_read(listing.organisation, scope.organisation.id)
        schools = listing.schools.c
        found = (
            select(schools.school_urn, func.max(schools.school), schools.next, func.sum(schools.number))
            .where(
                schools[listing.organisation] == scope.organisation.id,
                where(scope.predicate, listing.columns_in(listing.schools)),
            )
            .group_by(schools.school_urn, schools.next)
            .order_by(schools.school_urn)
        )
        return CountedSchools(most_to_resolve_first(_counted(self._transaction.execute(found))))


def _counted(rows: Iterable[Any]) -> Iterator[SchoolCounts]:
    """The schools of rows that are in their order; those of one kind share their numbers, because they are kept."""
    shared = dict[Hashable, Mapping[WhoActs, int]]()
    for urn, of_school in groupby(rows, key=itemgetter(0)):
        numbers, called = dict[WhoActs, int](), ""
        for _, name, who, number in of_school:
            numbers[WhoActs(who)], called = number, max(name, called)
        yield SchoolCounts(urn=urn, name=called, next=shared.setdefault(frozenset(numbers.items()), numbers))


_conforms: type[ports.Counts] = SqlCounts
