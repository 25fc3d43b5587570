from collections.abc import Mapping, Sequence

import pytest

from checkdata.domain.errors import ListRefused
from checkdata.domain.listing.columns import BODY_COLUMNS, PARTNER_COLUMNS, ParticipantColumn
from checkdata.domain.reconciliation.column_guess import guess_columns
from checkdata.domain.reconciliation.column_headings import LONGEST_HEADING, Clarity, HeadingMeaning, heading_meaning
from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.uploaded_list import (
    MOST_COLUMNS,
    MOST_ROWS,
    ChosenColumns,
    UploadedList,
    UploadedRow,
    column_letters,
)
from tests.unit.reconciliation.examples import OF_PARTNERS, a_list

HEADINGS = ["Name", "TRN"]


def test_columns_are_called_as_a_spreadsheet_calls_them() -> None:
    assert [column_letters(column) for column in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_titles_and_blank_rows_above_the_headings_are_passed_over() -> None:
    found = a_list(["Our ECTs"], ["Printed on", "1 May"], [], HEADINGS, ["Anna", "1234567"], ["", " "], ["Bob", ""])
    assert found.headings == ("Name", "TRN")
    assert [row.number for row in found.rows] == [5, 7]


def test_a_list_without_known_headings_has_its_first_row_for_headings() -> None:
    assert a_list(["Foo", "Bar"], ["1", "2"]).headings == ("Foo", "Bar")


def test_a_list_that_begins_with_a_person_has_no_headings() -> None:
    found = a_list(["Anna Smith", "anna@school.example"], ["Bob Jones", "bob@school.example", "ECT"])
    assert [row.number for row in found.rows] == [1, 2]
    assert [found.heading(column) for column in range(3)] == ["Column A", "Column B", "Column C"]
    assert guess_columns(found, OF_PARTNERS) == {1: Detail.EMAIL, 2: Detail.ROLE}


def test_a_row_with_a_value_in_it_is_no_heading_row_whatever_words_it_has() -> None:
    assert a_list(["School", "1234567"], ["Full name", "7654321"]).rows[0].number == 1


def test_a_column_without_a_heading_is_called_by_its_letter() -> None:
    assert a_list(["Name", "", "TRN"], ["Anna", "x", "1234567"]).heading(1) == "Column B"


def test_cells_lose_the_space_around_them() -> None:
    assert a_list([" TRN\u00a0"], ["\t1234567 "]).rows == (UploadedRow(2, ("1234567",)),)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "The file has nothing in it"),
        ([["", " "]], "The file has nothing in it"),
        ([HEADINGS], "The file has headings but no rows below them"),
        ([HEADINGS, ["Smith", "Anna", "1234567"]], "Row 2 goes on to column C, where there is no heading"),
        ([["TRN"], *[["1234567"]] * (MOST_ROWS + 1)], "The list has more than 20,000 rows"),
        ([["TRN"] * (MOST_COLUMNS + 1), ["1234567"]], "Row 1 has something in column CW or beyond"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(rows: Sequence[Sequence[str]], sentence: str) -> None:
    with pytest.raises(ListRefused, match=sentence):
        a_list(*rows)


def test_the_longest_list_is_not_refused() -> None:
    assert len(a_list(["TRN"], *[["1234567"]] * MOST_ROWS).rows) == MOST_ROWS


def test_blank_cells_beyond_the_headings_are_no_fault() -> None:
    assert len(a_list(HEADINGS, ["Anna", "1234567", "", ""]).rows) == 1


@pytest.mark.parametrize("column", [*PARTNER_COLUMNS, *BODY_COLUMNS])
def test_every_heading_of_a_download_means_its_column(column: ParticipantColumn) -> None:
    detail = next(detail for detail in Detail if detail.heading == column.heading)
    named = HeadingMeaning(detail, Clarity.NAMED)
    assert [heading_meaning(column.name), heading_meaning(column.heading)] == [named, named]


@pytest.mark.parametrize(
    ("headings", "guessed"),
    [
        (
            ["ECT name", "E-mail", "Teacher reference number (TRN)", "Cohort"],
            "full_name email_address trn academic_year",
        ),
        (["First name", "Surname", "TRN"], "full_name full_name trn"),
        (["Name", "Surname", "TRN"], "full_name full_name trn"),
        (["Name", "First name", "Last name"], "- full_name full_name"),
        (["Full name", "First name", "Surname"], "full_name - -"),
        (["Name", "School name", "School URN"], "full_name school school_unique_reference_number"),
        (["Induction tutor email", "Email", "Provider", "Type"], "- email_address lead_provider role"),
        (["Delivery partner", "Name", "School", "Notes"], "- full_name school -"),
        (["Known as (name)", "Setting", "Training status"], "full_name school status"),
    ],
)
def test_headings_tell_which_column_is_which(headings: Sequence[str], guessed: str) -> None:
    columns = guess_columns(a_list(headings, ["x"]), OF_PARTNERS)
    assert [columns[c].value if c in columns else "-" for c in range(len(headings))] == guessed.split()


def test_cells_tell_what_headings_do_not() -> None:
    cells = ["a@school.example", "1234567", "100001", "Mentor", "Checking QTS", "2023/24", "Anna", "07700900123"]
    columns = guess_columns(a_list([f"Column {n}" for n in range(len(cells))], cells, cells), OF_PARTNERS)
    assert list(columns.values()) == [
        Detail.EMAIL,
        Detail.TRN,
        Detail.SCHOOL_URN,
        Detail.ROLE,
        Detail.STATUS,
        Detail.ACADEMIC_YEAR,
    ]


def test_a_heading_that_only_mentions_a_detail_needs_cells_like_it() -> None:
    assert guess_columns(a_list(["TRN known?", "Ref"], ["yes", "1234567"], ["no", "7654321"]), OF_PARTNERS) == {
        1: Detail.TRN
    }


def test_of_two_columns_the_one_with_the_better_cells_is_guessed() -> None:
    found = a_list(["Email", "Email address"], ["", "a@school.example"], ["see right", "b@school.example"])
    assert guess_columns(found, OF_PARTNERS) == {1: Detail.EMAIL}


def test_a_long_cell_is_no_heading() -> None:
    assert heading_meaning("TRN " + "x" * LONGEST_HEADING) is None


@pytest.mark.parametrize(
    "chosen",
    [
        {0: Detail.TRN},
        {0: Detail.EMAIL},
        {0: Detail.FULL_NAME, 1: Detail.SCHOOL},
        {0: Detail.FULL_NAME, 3: Detail.FULL_NAME, 1: Detail.SCHOOL_URN},
    ],
)
def test_columns_by_which_a_participant_can_be_recognised_are_enough(chosen: Mapping[int, Detail]) -> None:
    assert set(ChosenColumns.of(chosen).details) == set(chosen.values())


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({}, "Choose which column holds the TRN"),
        ({0: Detail.FULL_NAME, 1: Detail.ROLE}, "Choose which column holds the TRN"),
        ({0: Detail.SCHOOL, 1: Detail.SCHOOL_URN}, "Choose which column holds the TRN"),
        ({0: Detail.TRN, 27: Detail.TRN}, "Columns A and AB are both set as TRN"),
    ],
)
def test_a_choice_of_columns_that_can_not_be_compared_is_refused(chosen: Mapping[int, Detail], sentence: str) -> None:
    with pytest.raises(ListRefused, match=sentence):
        ChosenColumns.of(chosen)


def test_a_name_in_several_columns_is_read_from_left_to_right() -> None:
    columns = ChosenColumns.of({2: Detail.FULL_NAME, 0: Detail.FULL_NAME, 1: Detail.TRN})
    assert columns.texts(UploadedRow(1, ["Anna", "1234567", "Smith"]))[:3] == ("Anna Smith", "", "1234567")


def test_a_short_row_tells_nothing_in_the_columns_that_it_lacks() -> None:
    assert not any(ChosenColumns.of({5: Detail.TRN}).texts(UploadedRow(1, ["Anna"])))


def test_no_sentence_repeats_a_cell() -> None:
    with pytest.raises(ListRefused) as refused:
        UploadedList.of([UploadedRow(1, HEADINGS), UploadedRow(2, ["Siobhan", "1234567", "secret"])])
    assert not any(cell in str(refused.value) for cell in ("Siobhan", "1234567", "secret"))
