from collections.abc import Sequence

import pytest

from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.result_pages import ReconciledPage, WantedPage, reconciled_page
from tests.unit.reconciliation.examples import a_list, a_participant, reconciled

HEADINGS = ["TRN", "School"]


def ours(number: int) -> list[ListedParticipant]:
    return [a_participant(f"p{n}", f"Pat {n}", trn=f"{n:07}") for n in range(1, number + 1)]


def page_of(*rows: Sequence[str]) -> ReconciledPage:
    return reconciled_page(reconciled(a_list(HEADINGS, *rows), ours(20)), WantedPage())


@pytest.mark.parametrize(
    ("different", "same", "doubtful"),
    [(3, 0, True), (10, 0, True), (9, 1, True), (8, 2, False), (2, 0, False), (0, 3, False)],
)
def test_a_column_in_which_nearly_all_rows_differ_is_doubted(different: int, same: int, doubtful: bool) -> None:  # noqa: FBT001 - a table of cases
    schools = ["Elsewhere"] * different + ["St Mary's"] * same
    found = page_of(*([f"{n:07}", school] for n, school in enumerate(schools, 1)))
    assert found.doubtful == ([Detail.SCHOOL] if doubtful else [])


def test_blank_cells_say_nothing_about_their_column() -> None:
    schools = ["Elsewhere"] * 3 + [""] * 10
    found = page_of(*([f"{n:07}", school] for n, school in enumerate(schools, 1)))
    assert found.doubtful == [Detail.SCHOOL]


def test_a_list_of_which_no_row_matches_is_told_from_one_that_is_short_or_has_nobody_to_match() -> None:
    strangers = [["7654321", ""], ["7654322", ""], ["7654323", ""]]
    assert page_of(*strangers).matches_none
    assert not page_of(*strangers[:2]).matches_none
    assert not page_of(*strangers, ["0000001", ""]).matches_none
    assert not reconciled_page(reconciled(a_list(HEADINGS, *strangers), []), WantedPage()).matches_none
