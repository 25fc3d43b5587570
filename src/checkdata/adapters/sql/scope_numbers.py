"""What the tallies of an organisation tell of a scope: how many rows it has of each kind, and whether those are all."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from attrs import frozen
from sqlalchemy import Select, case, func, select

from checkdata.adapters.sql.conditions import where
from checkdata.adapters.sql.listings import Listing, tally_from_row
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.filters import FILTERED_FIELDS
from checkdata.domain.listing.queries import Tally


@frozen(kw_only=True)
class ScopeNumbers:
    """What holds for a scope as of an import; ``whole`` says that no row of its organisation is outside.

    ``kinds`` are the values of tallies by the number of their kind; ``last_kind`` is the organisation's greatest one.
    """

    as_of: Import | None
    generation: int
    tallies: Sequence[Tally]
    kinds: Mapping[int, tuple[Any, ...]]
    last_kind: int
    whole: bool

    def tallies_told(self, told: str | None) -> Sequence[Tally]:
        """The tallies of a text that tells each kind and its number, "3 17,5 1"; none where no row was counted."""
        pairs = (pair.split(" ") for pair in (told or "").split(",") if pair)
        return [Tally(self.kinds[int(kind)], int(number)) for kind, number in pairs]

    @cached_property
    def _kind_of(self) -> Mapping[Tally, int]:
        return dict(zip(self.tallies, self.kinds, strict=True))

    def bits_of(self, tallies: Iterable[Tally]) -> bytes:
        """The kinds of some of the tallies: a bit for each of the organisation's, least first in each byte."""
        return sum(1 << self._kind_of[tally] for tally in tallies).to_bytes(self.last_kind // 8 + 1, "little")


def count_scope(transaction: Transaction, scope: Scope, listing: Listing, as_of: Import | None) -> ScopeNumbers:
    """Ask the tallies of the listing that is seen, which *as_of* made."""
    rows = transaction.execute(_numbers(scope, listing)).all()
    tallies = {row.kind: tally_from_row(row) for row in rows if row.in_scope}
    return ScopeNumbers(
        as_of=as_of,
        generation=transaction.generation,
        tallies=[*tallies.values()],
        kinds={kind: tally.values for kind, tally in tallies.items()},
        last_kind=max((row.kind for row in rows), default=0),
        whole=all(row.in_scope == row.number for row in rows),
    )


@lru_cache(maxsize=1000)
def _numbers(scope: Scope, listing: Listing) -> Select[Any]:
    """How many rows of each kind an organisation has, and how many of them are in scope."""
    tallies = listing.tallies
    in_scope = case((where(scope.predicate, listing.columns_in(tallies)), tallies.c.number), else_=0)
    kind = [tallies.c[name] for name in ("kind", *FILTERED_FIELDS)]
    return (
        select(*kind, func.sum(in_scope).label("in_scope"), func.sum(tallies.c.number).label("number"))
        .where(tallies.c[listing.organisation] == scope.organisation.id)
        .group_by(*kind)
    )
