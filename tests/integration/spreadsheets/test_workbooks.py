import io
from collections.abc import Generator, Iterator, Sequence
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from checkdata.adapters.spreadsheets import workbook
from checkdata.domain.listing.columns import BODY_COLUMNS, PARTNER_COLUMNS, Column, ParticipantColumn
from checkdata.domain.listing.rows import ListedParticipant
from tests.stopped_clock import read_list
from tests.strategies import HARD_NAMES, listed_participants
from tests.unit.reconciliation.examples import ANNA, a_participant

PAIR = [
    Column[tuple[str, str]]("a", "First", lambda row: row[0]),
    Column[tuple[str, str]]("b", "TRN", lambda row: row[1]),
]


def opened(rows: Sequence[tuple[str, str]]) -> Worksheet:
    file = b"".join(workbook(rows, PAIR, "Participants"))
    return openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]


def test_every_row_stands_below_the_headings_in_order() -> None:
    rows = [(f"Name {number}", f"{number:07}") for number in range(1234)]
    told = list(opened(rows).iter_rows(values_only=True))
    assert told == [("First", "TRN"), *rows]


def test_a_reader_that_trusts_the_size_that_a_sheet_claims_finds_every_row() -> None:
    file = b"".join(workbook([("Anna", "1")] * 700, PAIR, "Participants"))
    sheet = openpyxl.load_workbook(io.BytesIO(file), read_only=True).worksheets[0]
    assert len(list(sheet.iter_rows())) == 701


def test_a_trn_keeps_its_zeros_as_text() -> None:
    cell = opened([("Anna", "0012345")])["B2"]
    assert (cell.value, cell.data_type, cell.number_format) == ("0012345", "s", "@")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@x", "http://x.example", "{=1}", "1234567", "TRUE", "1/2", " x "]
)
def test_nothing_is_ever_a_formula_a_link_or_a_number(cell: str) -> None:
    sheet = opened([(cell, "")])
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].hyperlink) == (cell, "s", None)


def test_the_headings_stay_in_view_and_have_a_filter_over_all_rows() -> None:
    sheet = opened([("Anna", "1")] * 777)
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("Participants", "A2", "A1:B778")
    assert sheet["A1"].font.bold


def test_columns_are_as_wide_as_what_is_in_them() -> None:
    widths = opened([("x" * 30, "1234567"), ("x" * 500, "")]).column_dimensions
    assert (round(widths["A"].width), round(widths["B"].width)) == (61, 11)


def test_a_download_without_rows_has_its_headings() -> None:
    assert list(opened([]).iter_rows(values_only=True)) == [("First", "TRN")]


@pytest.mark.parametrize("columns", [PARTNER_COLUMNS, BODY_COLUMNS])
def test_the_columns_of_each_role_are_those_of_the_page(columns: Sequence[ParticipantColumn]) -> None:
    file = b"".join(workbook([ANNA], columns, "Participants"))
    told = [row.cells for row in read_list(file)]
    assert told == [tuple(c.heading for c in columns), tuple(c.cell(ANNA) for c in columns)]


@given(st.lists(listed_participants(), max_size=5))
def test_what_is_written_is_read_back(rows: list[ListedParticipant]) -> None:
    told = read_list(b"".join(workbook(rows, PARTNER_COLUMNS, "Participants")))[1:]
    assert [list(row.cells) for row in told] == [[c.cell(row).strip() for c in PARTNER_COLUMNS] for row in rows]


@pytest.mark.parametrize("name", [*HARD_NAMES, "a\ufffeb", "_x0041_", "<&>\"'", "tab\tand\nline", "bell\x07"])
def test_hard_cells_are_as_they_were_for_another_reader(name: str) -> None:
    (_, (cell, _)) = opened([(name, "1")]).iter_rows(values_only=True)
    left_escaped = {"a\ufffeb": "a_xFFFE_b", "_x0041_": "_x005F_x0041_", "bell\x07": "bell_x0007_"}
    assert (cell or "") == left_escaped.get(name, name)


@pytest.mark.parametrize("name", [*HARD_NAMES, "a\ufffeb", "_x0041_", "__x0041_", "<&>\"'", "tab\tand\nline"])
def test_hard_cells_are_as_they_were_for_our_own_reader(name: str) -> None:
    told = read_list(b"".join(workbook([(name, "1")], PAIR, "Participants")))
    assert told[1].cells == (name.strip(), "1")


def test_the_first_piece_comes_before_the_last_row_is_there() -> None:
    asked = 0

    def rows() -> Iterator[ListedParticipant]:
        nonlocal asked
        for asked in range(1, 5001):
            yield a_participant(str(asked), f"Name {asked}")

    pieces = workbook(rows(), PARTNER_COLUMNS, "Participants")
    assert next(pieces).startswith(b"PK")
    assert asked <= 1000
    assert len(list(pieces)) > 5
    assert asked == 5000


def test_a_download_that_is_broken_off_leaves_nothing_open() -> None:
    pieces = workbook((a_participant(str(n), "Anna") for n in range(5000)), PARTNER_COLUMNS, "Participants")
    next(pieces)
    assert isinstance(pieces, Generator)
    pieces.close()
    assert list(pieces) == []


def test_a_row_that_fails_ends_the_download_with_its_fault() -> None:
    def rows() -> Iterator[ListedParticipant]:
        yield ANNA
        raise TimeoutError

    with pytest.raises(TimeoutError):
        list(workbook(rows(), PARTNER_COLUMNS, "Participants"))


def test_the_file_is_whole() -> None:
    file = b"".join(workbook([ANNA] * 2000, PARTNER_COLUMNS, "Participants"))
    with ZipFile(io.BytesIO(file)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(set(archive.namelist()))
