"""What a download of a reconciliation holds: a row for each row of either side, and the columns told of it."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import chain
from typing import Final, assert_never

from attrs import evolve, frozen

from checkdata.domain.listing.columns import Column
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.matching import Basis, Sureness
from checkdata.domain.reconciliation.reconcile import Match, MatchedRow, Reconciliation, Suggestion
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedRow


class Outcome(Enum):
    """The group in which a row is, in the order of a page and a download."""

    SAME = "same"
    DIFFERENT = "different"
    ONLY_THEIRS = "only_yours"
    ONLY_OURS = "only_dfe"


OUTCOME_LABELS: Final = {
    Outcome.SAME: "The same",
    Outcome.DIFFERENT: "Different",
    Outcome.ONLY_THEIRS: "Only in your list",
    Outcome.ONLY_OURS: "Only in the department's list",
}
BASIS_LABELS: Final = {
    Basis.TRN_AND_ROLE: "TRN and role",
    Basis.TRN: "TRN",
    Basis.EMAIL: "Email address",
    Basis.NAME_AND_SCHOOL: "Name and school",
}
SURENESS_LABELS: Final = {
    Sureness.SURE: "Matched",
    Sureness.FAIRLY_SURE: "Probable match",
    Sureness.UNSURE: "Check this match",
}

MOST_REPEATS: Final = 10
"""How many other rows for the same participant a row names: a list may repeat one row twenty thousand times."""


@frozen(kw_only=True)
class ReconciledRow:
    """One line of a reconciliation: a row of theirs, a participant of ours, or both where they were matched.

    A participant to whom several rows of theirs were matched has a line for each, and ``person_rows`` are all their
    numbers.
    """

    outcome: Outcome
    theirs: UploadedRow | None = None
    ours: ListedParticipant | None = None
    matched: MatchedRow | None = None
    person_rows: Sequence[int] = ()
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def repeats(self) -> Sequence[int]:
        """The numbers of the first `MOST_REPEATS` other rows of theirs that are this participant too."""
        own = self.theirs.number if self.theirs else None
        return [number for number in self.person_rows[: MOST_REPEATS + 1] if number != own][:MOST_REPEATS]

    @property
    def more_repeats(self) -> int:
        """How many others there are beyond those."""
        return max(0, len(self.person_rows) - 1 - MOST_REPEATS)


def rows_of_group(reconciliation: Reconciliation, outcome: Outcome) -> Iterator[ReconciledRow]:
    """The rows of one group in its own order, without suggestions."""
    match outcome:
        case Outcome.SAME:
            return _matched(outcome, reconciliation.same)
        case Outcome.DIFFERENT:
            return _matched(outcome, reconciliation.different)
        case Outcome.ONLY_THEIRS:
            return (ReconciledRow(outcome=outcome, theirs=row) for row in reconciliation.only_theirs)
        case Outcome.ONLY_OURS:
            return (ReconciledRow(outcome=outcome, ours=ours) for ours in reconciliation.only_ours)
        case _:
            assert_never(outcome)


def with_suggestions(reconciliation: Reconciliation, rows: Iterable[ReconciledRow]) -> Iterator[ReconciledRow]:
    """The rows; only rows of theirs have the names that are close to them."""
    told = list(rows)
    close = reconciliation.suggest(row.theirs for row in told if row.theirs is not None and row.ours is None)
    for row in told:
        yield row if row.theirs is None or row.ours is not None else evolve(row, suggestions=next(close))


def reconciled_rows(reconciliation: Reconciliation) -> Iterator[ReconciledRow]:
    """Every row of both sides, group by group, each group in its own order."""
    return with_suggestions(
        reconciliation, chain.from_iterable(rows_of_group(reconciliation, outcome) for outcome in Outcome)
    )


def reconciled_columns(columns: ChosenColumns) -> Sequence[Column[ReconciledRow]]:
    """The columns of a download: how each row came out, then each detail compared, theirs beside ours."""
    details = [pair for detail in columns.details for pair in _side_by_side(detail, columns)]
    return (*_OUTCOME_COLUMNS, *details, _SUGGESTED)


def school_of(ours: ListedParticipant) -> str:
    """The participant's school by its name, or by its URN in a listing that has no names."""
    return ours.school or f"URN {ours.school_urn}"


def _matched(outcome: Outcome, matches: Iterable[Match]) -> Iterator[ReconciledRow]:
    for one in matches:
        numbers = [matched.row.number for matched in one.rows]
        for matched in one.rows:
            yield ReconciledRow(
                outcome=outcome, theirs=matched.row, ours=one.ours, matched=matched, person_rows=numbers
            )


def _side_by_side(detail: Detail, columns: ChosenColumns) -> Iterator[Column[ReconciledRow]]:
    yield Column(
        f"your_{detail.value}",
        f"{detail.heading} in your list",
        lambda row: columns.text(row.theirs, detail) if row.theirs else "",
    )
    yield Column(
        f"dfe_{detail.value}",
        f"{detail.heading} in the department's list",
        lambda row: detail.of(row.ours) if row.ours else "",
    )


def _same_person(row: ReconciledRow) -> str:
    return ", ".join(map(str, row.repeats)) + (f" and {row.more_repeats:,} more" if row.more_repeats else "")


def _differs_in(row: ReconciledRow) -> str:
    return ", ".join(difference.detail.heading for difference in row.matched.differences) if row.matched else ""


def _suggested(row: ReconciledRow) -> str:
    return "; ".join(f"{one.ours.full_name}, {school_of(one.ours)}" for one in row.suggestions)


_OUTCOME_COLUMNS: Final[Sequence[Column[ReconciledRow]]] = (
    Column("result", "Result", lambda row: OUTCOME_LABELS[row.outcome]),
    Column("row_in_your_list", "Row in your list", lambda row: str(row.theirs.number) if row.theirs else ""),
    Column("matched_by", "Matched by", lambda row: BASIS_LABELS[row.matched.basis] if row.matched else ""),
    Column("how_sure", "How sure", lambda row: SURENESS_LABELS[row.matched.sureness] if row.matched else ""),
    Column("differs_in", "Differs in", _differs_in),
    Column("same_person_as_rows", "Same person as rows", _same_person),
)
_SUGGESTED: Final = Column[ReconciledRow]("close_names", "Close names in the department's list", _suggested)
