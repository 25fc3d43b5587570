"""What the tallies of an organisation tell of a scope: how many rows it has of each kind, and whether those are all."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from attrs import field, frozen
from sqlalchemy import Select, case, func, select

from checkdata.adapters.sql.conditions import where
from checkdata.adapters.sql.listings import Listing, tally_from_row
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.filters import FILTERED_FIELDS
from checkdata.domain.listing.queries import Tally, meeting

_KEPT: Final = 20
"""Of how many filters together it is kept what meets them."""


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
    _met: dict[Any, "Met"] = field(init=False, factory=dict, eq=False, repr=False)

    def tallies_told(self, told: str | None) -> Sequence[Tally]:
        """The tallies of a text that tells each kind and its number, "3 17,5 1"; none where no row was counted."""
        pairs = (pair.split(" ") for pair in (told or "").split(",") if pair)
        return [Tally(self.kinds[int(kind)], int(number)) for kind, number in pairs]

    def meeting(self, chosen: Mapping[str, tuple[Any, ...]]) -> "Met":
        """What meets filters; kept, because users turn the pages of one list."""
        asked = tuple(chosen.items())
        found = self._met.get(asked)
        if found is None:
            if len(self._met) >= _KEPT:
                self._met.clear()
            found = self._met[asked] = self._counted(chosen)
        return found

    def _counted(self, chosen: Mapping[str, tuple[Any, ...]]) -> "Met":
        kind_of = dict(zip(self.tallies, self.kinds, strict=True))
        tallies = list(meeting(self.tallies, chosen))
        bits = sum(1 << kind_of[tally] for tally in tallies)
        number = sum(tally.number for tally in tallies)
        return Met(number=number, kinds=bits.to_bytes(self.last_kind // 8 + 1, "little"))


@frozen(kw_only=True)
class Met:
    """How many rows in scope meet filters, and of which kinds they are: a bit for each kind, least first in a byte."""

    number: int
    kinds: bytes


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
