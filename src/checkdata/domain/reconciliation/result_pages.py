"""One group of a reconciliation, a page of it at a time (service rule 17)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE, checked_page
from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.matching import Sureness
from checkdata.domain.reconciliation.reconcile import Reconciliation
from checkdata.domain.reconciliation.result_rows import Outcome, ReconciledRow, rows_of_group, with_suggestions

_MATCHED: Final = (Outcome.SAME, Outcome.DIFFERENT)
_NEARLY_ALL: Final = 0.9
_FEW: Final = 3
"""Of fewer rows nothing is told about a column."""
_FIRST_LOOKED_AT: Final = (Outcome.DIFFERENT, Outcome.ONLY_THEIRS, Outcome.ONLY_OURS, Outcome.SAME)


@frozen(kw_only=True)
class WantedPage:
    """What a user wants to see of a reconciliation.

    ``outcome`` is None for the first group that needs attention. ``differing_in``, which only the group
    of those that differ has, leaves out rows that do not differ in it. ``sureness``, which both groups of matches
    have, leaves out matches that are surer or less sure. ``page`` is from 1.
    """

    outcome: Outcome | None = None
    differing_in: Detail | None = None
    sureness: Sureness | None = None
    page: int = 1


@frozen(kw_only=True)
class ReconciledPage:
    """A page of a group: its rows, its number from 1, and how many rows there are in all.

    ``counts`` has every group; those of theirs add up to the rows of their list. ``differing`` counts by what differs,
    ``by_sureness`` the rows of this group by how sure their match is. ``doubtful`` are the details whose column may be
    the wrong one: three rows or more give it, and nine in ten of those differ in it.
    """

    outcome: Outcome
    differing_in: Detail | None
    sureness: Sureness | None
    rows: Sequence[ReconciledRow]
    number: int
    found: int
    counts: Mapping[Outcome, int]
    differing: Mapping[Detail, int]
    by_sureness: Mapping[Sureness, int]
    doubtful: Sequence[Detail]

    @property
    def matches_none(self) -> bool:
        """Whether no row of a list that has some matches anyone, though there are participants."""
        matched = sum(self.counts[outcome] for outcome in _MATCHED)
        return not matched and self.counts[Outcome.ONLY_THEIRS] >= _FEW and bool(self.counts[Outcome.ONLY_OURS])

    @property
    def count(self) -> int:
        """How many pages there are; at least one, which may be empty."""
        return max(1, -(-self.found // DEFAULT_PAGE_SIZE))


def reconciled_page(reconciliation: Reconciliation, wanted: WantedPage) -> ReconciledPage:
    """The page that is wanted; raises `PageNotFound` past the end of its group."""
    counts = _counts(reconciliation)
    outcome = wanted.outcome or next((group for group in _FIRST_LOOKED_AT if counts[group]), Outcome.SAME)
    differing_in = wanted.differing_in if outcome is Outcome.DIFFERENT else None
    sureness = wanted.sureness if outcome in _MATCHED else None
    rows, differing = list(rows_of_group(reconciliation, outcome)), _differing(reconciliation)
    group = [row for row in rows if _differs(row, differing_in) and sureness in (None, _sureness(row))]
    start = checked_page(wanted.page, DEFAULT_PAGE_SIZE, len(group))
    return ReconciledPage(
        outcome=outcome,
        differing_in=differing_in,
        sureness=sureness,
        rows=list(with_suggestions(reconciliation, group[start : start + DEFAULT_PAGE_SIZE])),
        number=wanted.page,
        found=len(group),
        counts=counts,
        differing=differing,
        by_sureness=Counter(sure for row in rows if (sure := _sureness(row))),
        doubtful=[detail for detail, given in reconciliation.given.items() if _all_differ(differing[detail], given)],
    )


def _counts(reconciliation: Reconciliation) -> Mapping[Outcome, int]:
    return {
        Outcome.SAME: sum(len(one.rows) for one in reconciliation.same),
        Outcome.DIFFERENT: sum(len(one.rows) for one in reconciliation.different),
        Outcome.ONLY_THEIRS: len(reconciliation.only_theirs),
        Outcome.ONLY_OURS: len(reconciliation.only_ours),
    }


def _all_differ(differing: int, given: int) -> bool:
    return given >= _FEW and differing >= given * _NEARLY_ALL


def _differing(reconciliation: Reconciliation) -> Counter[Detail]:
    rows = (row for one in reconciliation.different for row in one.rows)
    return Counter(difference.detail for row in rows for difference in row.differences)


def _sureness(row: ReconciledRow) -> Sureness | None:
    return row.matched.sureness if row.matched else None


def _differs(row: ReconciledRow, detail: Detail | None) -> bool:
    differences = row.matched.differences if row.matched else ()
    return detail is None or any(difference.detail is detail for difference in differences)
