from collections.abc import Sequence

import pytest
from attrs import evolve

from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.matching import Basis, Sureness
from checkdata.domain.reconciliation.reconcile import Difference, Reconciliation, reconcile
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.values import ParticipantId
from tests.stopped_clock import IN_TIME
from tests.unit.reconciliation.examples import ANNA, a_list, a_participant, exactly_alike, reconciled

MENTOR = evolve(ANNA, participant_id=ParticipantId("anna-2"), role=ParticipantRole.MENTOR)


def found(result: Reconciliation) -> list[tuple[int, str, Basis, Sureness]]:
    """Each row of theirs that has a match, with whom, by what and how surely."""
    matches = [*result.same, *result.different]
    rows = [(row.row.number, one.ours.participant_id, row.basis, row.sureness) for one in matches for row in one.rows]
    return sorted(rows, key=lambda row: row[0])


def only(result: Reconciliation) -> tuple[list[int], list[str]]:
    """The numbers of the rows that are only theirs, and the ids of those who are only ours."""
    return [row.number for row in result.only_theirs], [ours.participant_id for ours in result.only_ours]


def differing(result: Reconciliation) -> list[Difference]:
    return [difference for one in result.different for row in one.rows for difference in row.differences]


@pytest.mark.parametrize(
    ("headings", "row", "basis", "sureness"),
    [
        (["TRN", "Role"], ["12/34567", "ECT"], Basis.TRN_AND_ROLE, Sureness.SURE),
        (["TRN", "Role"], ["1234567", "Mentor"], Basis.TRN, Sureness.FAIRLY_SURE),
        (["TRN", "Role"], ["1234567", "Trainee"], Basis.TRN, Sureness.FAIRLY_SURE),
        (["TRN"], ["1234567"], Basis.TRN, Sureness.FAIRLY_SURE),
        (["Email", "TRN"], ["ANNA@school.example", ""], Basis.EMAIL, Sureness.FAIRLY_SURE),
        (["Email", "TRN"], ["anna@school.example", "7654321"], Basis.EMAIL, Sureness.UNSURE),
        (["Name", "School"], ["SMITH, Anna", "St Marys"], Basis.NAME_AND_SCHOOL, Sureness.UNSURE),
        (["Name", "URN"], ["Anna Smith", "100001"], Basis.NAME_AND_SCHOOL, Sureness.UNSURE),
        (["Name", "TRN", "Role"], ["Bob Khan", "1234567", "ECT"], Basis.TRN_AND_ROLE, Sureness.FAIRLY_SURE),
        (["Name", "Email"], ["Bob Khan", "anna@school.example"], Basis.EMAIL, Sureness.UNSURE),
    ],
)
def test_a_match_says_what_it_rests_on_and_how_sure_it_is(
    headings: Sequence[str], row: Sequence[str], basis: Basis, sureness: Sureness
) -> None:
    assert found(reconciled(a_list(headings, row), [ANNA])) == [(2, "anna", basis, sureness)]


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (["TRN"], ["7654321"]),
        (["TRN"], ["1234"]),
        (["TRN"], ["not yet"]),
        (["Email"], ["anna@other.example"]),
        (["Name", "School"], ["Anna Smith", "St Bede's"]),
        (["Name", "School"], ["Anna Smyth", "St Mary's"]),
        (["Name", "School"], ["", "St Mary's"]),
        (["Name", "URN", "School"], ["Anna Smith", "100002", "St Mary's"]),
    ],
)
def test_what_agrees_in_nothing_is_only_theirs_and_only_ours(headings: Sequence[str], row: Sequence[str]) -> None:
    assert only(reconciled(a_list(headings, row), [ANNA])) == ([2], ["anna"])


def test_the_school_name_counts_where_a_row_has_no_urn() -> None:
    uploaded_list = a_list(["Name", "URN", "School"], ["Anna Smith", "", "St Mary's"], ["Bob", "100001", ""])
    assert [row[0] for row in found(reconciled(uploaded_list, [ANNA]))] == [2]


def test_nothing_blank_is_ever_a_match() -> None:
    uploaded_list = a_list(["Name", "School", "TRN", "Email"], ["Bob", "", "", ""], ["", "St Mary's", "", ""])
    assert only(reconciled(uploaded_list, [a_participant("a", "Ann"), a_participant("b", "Bea", school="")]))[0] == [
        2,
        3,
    ]


def test_each_difference_stands_side_by_side_as_each_has_it() -> None:
    headings = ["TRN", "Full name", "Email", "Role", "Lead provider", "School", "URN", "Year", "Status"]
    row = ["1234567", "anna jones", "ANNA@SCHOOL.EXAMPLE", "mentor", "", "St Bede's", "100009", "2022/23", "Active"]
    assert differing(reconciled(a_list(headings, row), [ANNA])) == [
        Difference(Detail.FULL_NAME, "anna jones", "Anna Smith"),
        Difference(Detail.ROLE, "mentor", "Early career teacher"),
        Difference(Detail.SCHOOL, "St Bede's", "St Mary's"),
        Difference(Detail.SCHOOL_URN, "100009", "100001"),
        Difference(Detail.ACADEMIC_YEAR, "2022/23", "2023"),
        Difference(Detail.STATUS, "Active", "Training or eligible for training"),
    ]


def test_only_the_columns_that_they_have_are_compared() -> None:
    result = reconciled(a_list(["TRN", "Notes"], ["1234567", "left?"]), [ANNA])
    assert (result.details, len(result.same)) == ((Detail.TRN,), 1)


def test_a_column_that_is_not_chosen_is_not_compared() -> None:
    uploaded_list = a_list(["TRN", "Name"], ["1234567", "Bob"])
    assert len(reconcile(uploaded_list, ChosenColumns.of({0: Detail.TRN}), [ANNA], exactly_alike, IN_TIME).same) == 1


def test_a_blank_cell_of_theirs_is_not_given_and_a_blank_of_ours_differs() -> None:
    unchecked = a_participant("u", "Una", email="una@school.example")
    uploaded_list = a_list(["TRN", "Email"], ["", "anna@school.example"], ["7654321", "una@school.example"])
    result = reconciled(uploaded_list, [ANNA, unchecked])
    assert differing(result) == [Difference(Detail.TRN, "7654321", "")]
    assert [match.ours.participant_id for match in result.same] == ["anna"]


@pytest.mark.parametrize("urn", ["100001", "URN 100001", "urn:100001", "100,001", "100001.0"])
def test_a_school_with_one_urn_is_one_school_however_it_is_spelt(urn: str) -> None:
    result = reconciled(a_list(["TRN", "School", "URN"], ["1234567", "Saint Mary's C of E", urn]), [ANNA])
    assert len(result.same) == 1
    other = reconciled(a_list(["TRN", "School", "URN"], ["1234567", "Saint Mary's C of E", "100002"]), [ANNA])
    assert [one.detail for one in differing(other)] == [Detail.SCHOOL, Detail.SCHOOL_URN]


def test_rows_of_theirs_that_are_one_participant_are_shown_as_such() -> None:
    headings = ["TRN", "Role", "Email", "Name", "School"]
    rows = [
        ["1234567", "ECT", "", "Anna Smith", "St Mary's"],
        ["1234567", "ECT", "anna@school.example", "Anna Smith", "St Mary's"],
        ["1234567", "", "", "A Smith", ""],
        ["", "ECT", "anna@school.example", "Anna Jones", ""],
        ["", "", "", "Anna Smith", "St Mary's"],
    ]
    result = reconciled(a_list(headings, *rows), [ANNA])
    (match,) = result.different
    assert match.repeated
    assert [(row.row.number, row.basis, row.differences == ()) for row in match.rows] == [
        (2, Basis.TRN_AND_ROLE, True),
        (3, Basis.TRN_AND_ROLE, True),
        (4, Basis.TRN, False),
        (5, Basis.EMAIL, False),
        (6, Basis.NAME_AND_SCHOOL, True),
    ]
    assert only(result) == ([], [])


def test_rows_that_repeat_a_participant_and_agree_in_everything_are_the_same() -> None:
    (match,) = reconciled(a_list(["TRN"], ["1234567"], ["12/34567"]), [ANNA]).same
    assert match.repeated


def test_one_person_in_two_roles_is_two_participants() -> None:
    uploaded_list = a_list(["TRN", "Role"], ["1234567", "Mentor"], ["1234567", "ECT"])
    assert [row[:2] for row in found(reconciled(uploaded_list, [ANNA, MENTOR]))] == [(2, "anna-2"), (3, "anna")]


def test_a_second_role_that_we_do_not_have_is_only_theirs() -> None:
    uploaded_list = a_list(
        ["TRN", "Role", "Email"], ["1234567", "ECT", ""], ["1234567", "Mentor", "anna@school.example"]
    )
    assert only(reconciled(uploaded_list, [ANNA])) == ([3], [])


def test_without_roles_each_row_of_theirs_is_another_participant_while_there_are_any() -> None:
    uploaded_list = a_list(["TRN"], ["1234567"], ["1234567"], ["1234567"])
    result = reconciled(uploaded_list, [ANNA, MENTOR])
    assert sorted(len(match.rows) for match in result.same) == [1, 2]


def test_which_of_several_rows_is_whom_follows_from_what_they_say_not_from_where_they_stand() -> None:
    rows = [["1234567", "Bea"], ["1234567", "Cy"]]
    for order in (rows, rows[::-1]):
        result = reconciled(a_list(["TRN", "Name"], *order), [ANNA, MENTOR])
        pairs = {one.ours.participant_id: [row.row.cells[1] for row in one.rows] for one in result.different}
        assert pairs == {"anna": ["Bea"], "anna-2": ["Cy"]}


def test_a_stronger_basis_goes_before_a_weaker_one_whatever_the_order() -> None:
    namesake = a_participant("namesake", "Anna Smith")
    rows = [["", "Anna Smith", "St Mary's"], ["1234567", "Anna Smith", "St Mary's"]]
    for order in (rows, rows[::-1]):
        result = reconciled(a_list(["TRN", "Name", "School"], *order), [namesake, ANNA])
        assert {(row[1], row[2]) for row in found(result)} == {
            ("anna", Basis.TRN),
            ("namesake", Basis.NAME_AND_SCHOOL),
        }


@pytest.mark.parametrize("ids", ["ab", "ba"])
@pytest.mark.parametrize(
    ("heading", "cells", "detail", "values"),
    [
        ("Year", ["2022", "2023"], "academic_year", [2022, 2023]),
        ("Role", ["ECT", "Mentor"], "role", [ParticipantRole.ECT, ParticipantRole.MENTOR]),
    ],
)
def test_namesakes_are_told_apart_by_what_else_agrees(
    ids: str, heading: str, cells: Sequence[str], detail: str, values: Sequence[object]
) -> None:
    ours = [a_participant(ids[place], "Anna Smith", **{detail: value}) for place, value in enumerate(values)]
    rows = [["Anna Smith", "St Mary's", cell] for cell in cells]
    result = reconciled(a_list(["Name", "School", heading], *rows), ours)
    assert [row[:2] for row in found(result)] == [(2, ids[0]), (3, ids[1])]
    assert not result.different


@pytest.mark.parametrize("ids", ["ab", "ba"])
def test_namesakes_that_differ_otherwise_are_told_apart_by_their_role(ids: str) -> None:
    roles = (ParticipantRole.ECT, ParticipantRole.MENTOR)
    ours = [a_participant(ids[place], "Anna Smith", role=role) for place, role in enumerate(roles)]
    rows = [["Anna Smith", "St Mary's", "ECT", "2020"], ["Anna Smith", "St Mary's", "Mentor", "2020"]]
    result = reconciled(a_list(["Name", "School", "Role", "Year"], *rows), ours)
    assert [row[:2] for row in found(result)] == [(2, ids[0]), (3, ids[1])]


def test_a_namesake_with_another_trn_is_another_person() -> None:
    rows = [["1234567", "Anna Smith", "St Mary's"], ["7654321", "Anna Smith", "St Mary's"]]
    assert only(reconciled(a_list(["TRN", "Name", "School"], *rows), [ANNA])) == ([3], [])


def test_an_address_that_many_share_identifies_no_participant() -> None:
    office = "office@school.example"
    ours = [a_participant(name, name, email=office) for name in ("Ann Ash", "Bea Birch", "Cy Cedar", "Dot Dogwood")]
    rows = [["Bea Birch", office], ["Zed Zander", office], ["ASH, Ann-Marie", office], ["Cy Elm", office]]
    result = reconciled(a_list(["Name", "Email"], *rows), ours)
    assert [row[:2] for row in found(result)] == [(2, "Bea Birch"), (4, "Ann Ash"), (5, "Cy Cedar")]
    assert only(result) == ([3], ["Dot Dogwood"])


def test_close_names_are_suggested_and_change_nothing() -> None:
    ours = [a_participant("jo", "Jo Smith", school_urn="100002", school="Other"), a_participant("al", "Al Smith")]
    uploaded_list = a_list(["Name", "School"], ["Joe Smith", "St Mary's"], ["Kim Lee", "St Mary's"])

    def all_close(_: str, names: Sequence[str]) -> list[tuple[int, float]]:
        return [(place, 0.9) for place in range(len(names))]

    columns = ChosenColumns.of({0: Detail.FULL_NAME, 1: Detail.SCHOOL})
    result = reconcile(uploaded_list, columns, ours, all_close, IN_TIME)
    assert only(result) == ([2, 3], ["al", "jo"])
    suggested = [[(s.ours.participant_id, s.closeness) for s in close] for close in result.suggest(result.only_theirs)]
    assert suggested == [[("al", 0.9), ("jo", 0.9)], [("al", 0.9)]]


def test_a_matched_participant_is_not_suggested() -> None:
    uploaded_list = a_list(
        ["Name", "School", "TRN"], ["Anna Smith", "St Mary's", "1234567"], ["Anna Smith", "", "7654321"]
    )
    result = reconciled(uploaded_list, [ANNA])
    assert list(result.suggest(result.only_theirs)) == [()]


def test_groups_are_in_the_order_of_the_listing_and_of_the_file() -> None:
    ours = [a_participant(name, name) for name in ("Cy", "Ann", "Bea", "Dee")]
    rows = [["Zed"], ["Bea"], ["Ann"], ["Una"]]
    result = reconciled(a_list(["Name", "School"], *([*row, "St Mary's"] for row in rows)), ours)
    assert [match.ours.full_name for match in result.same] == ["Ann", "Bea"]
    assert only(result) == ([2, 5], ["Cy", "Dee"])


def test_nothing_on_either_side_is_no_fault() -> None:
    assert only(reconciled(a_list(["TRN"], ["1234567"]), [])) == ([2], [])
