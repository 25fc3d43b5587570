"""Counts that imports keep, in SQL."""

from collections.abc import Sequence

from sqlalchemy import func, select

from checkdata.adapters.sql.conditions import where
from checkdata.adapters.sql.listings import listing_of
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain import ports
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.counts import StatusCount
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status


class SqlCounts:
    """Counts of participants as organisations see them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def of_past_days(self, scope: Scope, academic_year: int, role: ParticipantRole, /) -> Sequence[StatusCount]:
        """How many participants of a year and a role had each status, day by day."""
        listing = listing_of(scope.organisation)
        if listing is None:
            return []
        self._transaction.let_read(listing.organisation, scope.organisation.id)
        counts = listing.past_counts.c
        found = (
            select(counts.day, counts.status, func.sum(counts.number))
            .where(
                counts[listing.organisation] == scope.organisation.id,
                counts.academic_year == academic_year,
                counts.role == role.value,
                where(scope.predicate, listing.columns_in(listing.past_counts)),
            )
            .group_by(counts.day, counts.status)
            .order_by(counts.day, counts.status)
        )
        rows = self._transaction.execute(found).all()
        return [StatusCount(day=day, status=Status(status), number=number) for day, status, number in rows]


_conforms: type[ports.Counts] = SqlCounts
