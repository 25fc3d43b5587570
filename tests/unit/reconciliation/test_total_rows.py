from collections.abc import Sequence

import pytest

from checkdata.domain.errors import ListRefused
from tests.unit.reconciliation.examples import a_list

HEADINGS = ["Name", "TRN", "School"]
ANNA = ["Anna Smith", "1234567", "St Mary's"]
BOB = ["Bob Khan", "", "St Mary's"]


@pytest.mark.parametrize(
    "row",
    [
        ["Total", "2", ""],
        ["Grand total", "", "2"],
        ["", "Total: 2", ""],
        ["TOTAL ECTs", "2", ""],
        ["Sub-total", "2", ""],
        ["Count", "2", ""],
        ["Count: 2", "", ""],
        ["Number of participants", "2", ""],
        ["2 participants", "", ""],
        ["", "2", ""],
        ["Total", "1,234", "56%"],
    ],
)
def test_a_row_that_counts_others_is_left_out_and_named(row: Sequence[str]) -> None:
    found = a_list(HEADINGS, ANNA, BOB, row)
    assert ([one.number for one in found.rows], found.totals) == ([2, 3], (4,))


@pytest.mark.parametrize(
    "row",
    [
        ["Total Smith", "1234567", "St Mary's"],
        ["Total", "1234567", ""],
        ["Bob Total", "", ""],
        ["Totally Khan", "", ""],
        ["Count Basie", "", ""],
        ["", "", "2 Total Street School"],
        ["", "3", ""],
        ["", "1234567", ""],
    ],
)
def test_a_row_that_may_be_a_person_is_kept(row: Sequence[str]) -> None:
    found = a_list(HEADINGS, ANNA, BOB, row)
    assert (len(found.rows), found.totals) == (3, ())


def test_a_list_of_one_column_has_no_count_of_its_rows() -> None:
    assert a_list(["TRN"], ["1234567"], ["7654321"], ["2"]).totals == ()


@pytest.mark.parametrize("name", ["Total Teacher", "Totals Ann", "Count: Smith", "Count of Monte Cristo"])
def test_a_person_whose_name_begins_like_a_total_is_a_person(name: str) -> None:
    found = a_list(HEADINGS, ANNA, [name, ""])
    assert (len(found.rows), found.totals) == (2, ())


def test_totals_between_groups_are_left_out_too() -> None:
    assert a_list(HEADINGS, ANNA, ["Subtotal", "1"], BOB, ["Subtotal", "1"], ["Total", "2"]).totals == (3, 5, 6)


def test_a_list_with_nothing_but_a_total_has_no_rows() -> None:
    with pytest.raises(ListRefused, match="no rows below"):
        a_list(HEADINGS, ["Total", "0", ""])
