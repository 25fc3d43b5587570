import codecs
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.errors import ListRefused
from checkdata.domain.reconciliation.uploaded_list import MOST_COLUMNS, MOST_ROWS
from tests.stopped_clock import read_list

LIST = "Name,TRN,Note\nZoë,1234567,“left”\n"
NO_LIST = r"not an Excel workbook \(.xlsx\), an OpenDocument spreadsheet \(.ods\) or a CSV file that we can read"
CELLS = [["Name", "TRN", "Note"], ["Zoë", "1234567", "“left”"]]


def cells(file: bytes) -> list[list[str]]:
    return [list(row.cells) for row in read_list(file)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_list_is_read_however_a_spreadsheet_saved_it(encoding: str, delimiter: str, line_end: str) -> None:
    text = LIST.replace(",", delimiter).replace("\n", line_end)
    assert cells(text.encode(encoding)) == CELLS


def test_delimiters_and_line_ends_and_quotation_marks_may_stand_in_quoted_cells() -> None:
    rows = read_list(b'Name;Note\r\n"Smith; Anna";"two\r\nlines, ""three"""\r\nBob;\r\n')
    assert [list(row.cells) for row in rows[1:]] == [["Smith; Anna", 'two\r\nlines, "three"'], ["Bob", ""]]
    assert [row.number for row in rows] == [1, 2, 3]


def test_the_delimiter_is_the_one_that_divides_rows_alike() -> None:
    assert cells(b'Name;Email;TRN\n"Smith, Anna";a@x.example;1\nJones, Bob;b@x.example;2\n')[2][0] == "Jones, Bob"
    assert cells(b"Name,Notes\nAnna,a;b;c\nBob,\n")[1] == ["Anna", "a;b;c"]
    assert cells(b"TRN\n1234567\n7654321\n") == [["TRN"], ["1234567"], ["7654321"]]


def test_rows_keep_their_numbers_and_blank_ones_are_left_out() -> None:
    assert [row.number for row in read_list(b"\n,,\nTRN,Name\n  ,\n1234567,Anna\n")] == [3, 5]


def test_an_empty_file_has_no_rows() -> None:
    assert read_list(b"") == read_list(codecs.BOM_UTF8) == read_list(b"\r\n , \r\n") == []


@pytest.mark.parametrize(
    ("file", "place"),
    [
        (b'TRN,Name\n1234567,"Anna\n7654321,Bob\n', "row 2, column B"),
        (b'TRN,Name\n"1234567"x,Anna\n', "row 2, column A"),
        (b'TRN,Name,Note\n\n1,"a""b","c" d\n', "row 3, column C"),
        (b'TRN;Name\n"1\n2";Anna\n3;"An"na"\n', "row 3, column B"),
        (b"TRN,Name\n1234567,An\x07na\n", "row 2, column B"),
    ],
)
def test_a_fault_is_told_with_its_row_and_column(file: bytes, place: str) -> None:
    with pytest.raises(ListRefused, match=f"{place}\\."):
        read_list(file)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", NO_LIST),
        ("TRN\n1234567\n".encode("utf-32"), NO_LIST),
        (b"Name\nZo\x81\n", NO_LIST),
        (b"\xff\xfeT", NO_LIST),
        ("TRN\n1234567\n".encode("utf-16-le"), NO_LIST),
        (b"\r\n<html><table><tr><td>TRN</td></tr><tr><td>1234567</td></tr></table></html>", NO_LIST),
        (b"%PDF-1.4\nTRN\n1234567\n", NO_LIST),
        (b"{\\rtf1 TRN\n1234567\n}", NO_LIST),
        (b"x" * 10_000_001, "bigger than 10 MB"),
        (b"TRN\n" + b"1234567\n" * (MOST_ROWS + 20), "more than 20,000 rows"),
        (b"TRN\n1" + b"," * MOST_COLUMNS + b"x\n", "Row 2 has something in column CW or beyond"),
        (b"TRN\n" + b"x" * 32_768 + b"\n", "too much text in row 2, column A"),
        (b"TRN\n" + b"x" * 200_000 + b"\n", "row 2, column A"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(file: bytes, sentence: str) -> None:
    with pytest.raises(ListRefused, match=sentence):
        read_list(file)


def test_no_sentence_repeats_a_cell() -> None:
    with pytest.raises(ListRefused) as refused:
        read_list(b'TRN,Name\n7654321,"Siobhan\n')
    assert not any(cell in str(refused.value) for cell in ("Siobhan", "7654321"))


@given(st.binary(max_size=200) | st.text('a,;\t"\r\n=', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(file: bytes) -> None:
    try:
        rows: Sequence[object] = read_list(file)
    except ListRefused:
        return
    assert all(rows)
