"""What a download of a reconciliation holds: a row for each row of either side, and the columns told of it."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Final

from attrs import frozen

from checkdata.domain.details import Detail
from checkdata.domain.downloads import Column
from checkdata.domain.listings import ListedParticipant
from checkdata.domain.matching import Basis, Sureness
from checkdata.domain.reconciliation import Match, MatchedRow, Reconciliation, Suggestion
from checkdata.domain.their_list import Columns, TheirRow


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
    Sureness.SURE: "Sure",
    Sureness.FAIRLY_SURE: "Fairly sure",
    Sureness.UNSURE: "Not sure: check it is the same person",
}


@frozen(kw_only=True)
class ReconciledRow:
    """One line of a reconciliation: a row of theirs, a participant of ours, or both where they were matched.

    A participant whom several rows of theirs are has a line for each; ``repeats`` are the numbers of the others.
    """

    outcome: Outcome
    theirs: TheirRow | None = None
    ours: ListedParticipant | None = None
    matched: MatchedRow | None = None
    repeats: tuple[int, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


def reconciled_rows(reconciliation: Reconciliation) -> Iterator[ReconciledRow]:
    """Every row of both sides, group by group, each group in its own order."""
    for outcome, matches in ((Outcome.SAME, reconciliation.same), (Outcome.DIFFERENT, reconciliation.different)):
        for match in matches:
            yield from _matched(outcome, match)
    for only in reconciliation.only_theirs:
        yield ReconciledRow(outcome=Outcome.ONLY_THEIRS, theirs=only.row, suggestions=only.suggestions)
    for ours in reconciliation.only_ours:
        yield ReconciledRow(outcome=Outcome.ONLY_OURS, ours=ours)


def reconciled_columns(columns: Columns) -> Sequence[Column[ReconciledRow]]:
    """The columns of a download: how each row came out, then each detail compared, theirs beside ours."""
    details = [pair for detail in columns.details for pair in _side_by_side(detail, columns)]
    return (*_OUTCOME_COLUMNS, *details, _SUGGESTED)


def _matched(outcome: Outcome, match: Match) -> Iterator[ReconciledRow]:
    numbers = [matched.row.number for matched in match.rows]
    for matched in match.rows:
        others = tuple(number for number in numbers if number != matched.row.number)
        yield ReconciledRow(outcome=outcome, theirs=matched.row, ours=match.ours, matched=matched, repeats=others)


def _side_by_side(detail: Detail, columns: Columns) -> Iterator[Column[ReconciledRow]]:
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


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _differs_in(row: ReconciledRow) -> str:
    return ", ".join(difference.detail.heading for difference in row.matched.differences) if row.matched else ""


def _suggested(row: ReconciledRow) -> str:
    return "; ".join(f"{one.ours.full_name}, {one.ours.school}" for one in row.suggestions)


_OUTCOME_COLUMNS: Final[Sequence[Column[ReconciledRow]]] = (
    Column("result", "Result", lambda row: OUTCOME_LABELS[row.outcome]),
    Column("row_in_your_list", "Row in your list", lambda row: str(row.theirs.number) if row.theirs else ""),
    Column("matched_by", "Matched by", lambda row: BASIS_LABELS[row.matched.basis] if row.matched else ""),
    Column("how_sure", "How sure", lambda row: SURENESS_LABELS[row.matched.sureness] if row.matched else ""),
    Column("differs_in", "Differs in", _differs_in),
    Column("same_person_as_rows", "Same person as rows", lambda row: _numbers(row.repeats)),
)
_SUGGESTED: Final = Column[ReconciledRow]("close_names", "Close names in the department's list", _suggested)
