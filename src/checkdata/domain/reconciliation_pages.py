"""One group of a reconciliation, a page of it at a time (service rule 17)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.details import Detail
from checkdata.domain.queries import DEFAULT_PAGE_SIZE, checked_page
from checkdata.domain.reconciliation import Reconciliation
from checkdata.domain.reconciliation_downloads import Outcome, ReconciledRow, reconciled_rows

_FIRST_LOOKED_AT: Final = (Outcome.DIFFERENT, Outcome.ONLY_THEIRS, Outcome.ONLY_OURS, Outcome.SAME)


@frozen(kw_only=True)
class Wanted:
    """What somebody wants to see of a reconciliation.

    ``outcome`` is None for the first group in which there is something to do. ``differing_in``, which only the group
    of those that differ has, leaves out whoever does not differ in it. ``page`` is from 1.
    """

    outcome: Outcome | None = None
    differing_in: Detail | None = None
    page: int = 1


@frozen(kw_only=True)
class ReconciledPage:
    """A page of a group: its rows, its number from 1, and how many rows there are in all.

    ``counts`` has every group; those of theirs add up to the rows of their list. ``differing`` counts by what differs.
    """

    outcome: Outcome
    differing_in: Detail | None
    rows: Sequence[ReconciledRow]
    number: int
    found: int
    counts: Mapping[Outcome, int]
    differing: Mapping[Detail, int]

    @property
    def count(self) -> int:
        """How many pages there are; one at least, which may be empty."""
        return max(1, -(-self.found // DEFAULT_PAGE_SIZE))


def page_of(reconciliation: Reconciliation, wanted: Wanted) -> ReconciledPage:
    """The page that is wanted; raises `PageNotFound` past the end of its group."""
    rows = list(reconciled_rows(reconciliation))
    counts = Counter(row.outcome for row in rows)
    outcome = wanted.outcome or next((group for group in _FIRST_LOOKED_AT if counts[group]), Outcome.SAME)
    differing_in = wanted.differing_in if outcome is Outcome.DIFFERENT else None
    group = [row for row in rows if row.outcome is outcome and _differs(row, differing_in)]
    start = checked_page(wanted.page, DEFAULT_PAGE_SIZE, len(group))
    return ReconciledPage(
        outcome=outcome,
        differing_in=differing_in,
        rows=group[start : start + DEFAULT_PAGE_SIZE],
        number=wanted.page,
        found=len(group),
        counts={one: counts[one] for one in Outcome},
        differing=Counter(detail for row in rows for detail in _differences(row)),
    )


def _differs(row: ReconciledRow, detail: Detail | None) -> bool:
    return detail is None or detail in _differences(row)


def _differences(row: ReconciledRow) -> Sequence[Detail]:
    return [] if row.matched is None else [difference.detail for difference in row.matched.differences]
