"""The rows of a CSV file as spreadsheet programs and people make them."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final, Self

from checkdata.adapters.spreadsheets.limits import LONGEST_CELL, MOST_CELLS, cell_name, too_much_text, within_limits
from checkdata.domain.errors import ListRefused
from checkdata.domain.reconciliation.time_limit import TimeLimit
from checkdata.domain.reconciliation.uploaded_list import UploadedRow, too_many_columns

_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_GUESSES: Final = ("utf-8", "windows-1252")
_DELIMITERS: Final = (",", ";", "\t")
_NO_LISTS: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<|%PDF|\{\\rtf)")
"""How files begin that are no lists: web pages (which some programs call .xls), other XML, PDF and word processors'
files."""
_SAMPLE_CHARACTERS: Final = 2**16
_SAMPLE_ROWS: Final = 50
_MOST_SEARCHED: Final = 2**20
"""How many characters of a row are searched for the place of a fault."""


def rows_of_csv(file: bytes, limit: TimeLimit) -> list[UploadedRow]:
    """The rows of a file in UTF-8, Windows-1252 or (with its mark) UTF-16, with commas, semicolons or tabs.

    Rows are numbered as a spreadsheet shows them: a cell with a line end in it is in one row. Raises `ListRefused`.
    """
    text = _decoded(file)
    return within_limits(_rows(text, _delimiter(text), limit))


def _decoded(file: bytes) -> str:
    marked = [encoding for mark, encoding in _MARKS.items() if file.startswith(mark)]
    for encoding in () if _NO_LISTS.match(file) else marked or _GUESSES:
        try:
            text = file.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ListRefused(
        "The file is not an Excel workbook (.xlsx), an OpenDocument spreadsheet (.ods) or a CSV file that we can read. "
        'Open your list in your spreadsheet program, save it as an Excel workbook or as "CSV UTF-8" and choose that.'
    )


def _delimiter(text: str) -> str:
    """The delimiter that divides the most rows alike into the most cells."""
    sample = text[:_SAMPLE_CHARACTERS]
    return max(_DELIMITERS, key=lambda delimiter: _cells_divided(sample, delimiter))


def _cells_divided(sample: str, delimiter: str) -> int:
    rows = islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _SAMPLE_ROWS)
    widths = Counter(len(cells) for cells in rows)
    return max(((width - 1) * times for width, times in widths.items()), default=0)


def _rows(text: str, delimiter: str, limit: TimeLimit) -> Iterator[UploadedRow]:
    lines = _Lines(text, delimiter)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for cells in limit.over(reader):
            lines.begin_row()
            if any(cells):
                yield UploadedRow(lines.row - 1, cells)
    except csv.Error:
        raise _refusal_of(text[lines.start : lines.start + _MOST_SEARCHED], lines.row, delimiter) from None


class _Lines:
    """The lines of a text, while the row that they belong to has no more cells than a spreadsheet has columns."""

    def __init__(self, text: str, delimiter: str) -> None:
        self.row, self.start = 1, 0
        """The row that is read, and where it begins."""
        self._lines, self._delimiter = io.StringIO(text, newline=""), delimiter
        self._read, self._cells = 0, 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._read += len(line)
        self._cells += line.count(self._delimiter)
        if self._cells > MOST_CELLS:
            raise too_many_columns(self.row)
        return line

    def begin_row(self) -> None:
        """The row is complete; the next one begins after the lines that were read."""
        self.row, self.start, self._cells = self.row + 1, self._read, 0


def _refusal_of(rest: str, row: int, delimiter: str) -> ListRefused:
    """What is wrong with the first row of the rest of a text: a quotation mark, or a cell too long for Python's csv."""
    place = cell_name(row, _faulty_column(rest, delimiter))
    if '"' not in rest[:LONGEST_CELL]:
        return too_much_text(place)
    return ListRefused(
        f"There is a quotation mark out of place in {place}. Write a quotation mark that is part of a cell twice "
        '(""), and close each that is opened.'
    )


def _faulty_column(record: str, delimiter: str) -> int:
    """The column, from 0, of the first cell of a record that is not quoted as RFC 4180 wants."""
    cell = re.compile(rf'(?:"(?:[^"]++|"")*+"|[^"{delimiter}\r\n][^{delimiter}\r\n]*+)?+{delimiter}')
    column, good = 0, cell.match(record)
    while good:
        column, good = column + 1, cell.match(record, good.end())
    return column
