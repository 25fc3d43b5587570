"""The rows of a CSV file as spreadsheet programs and people make them."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

from checkdata.adapters.spreadsheets.limits import cell_name, within_limits
from checkdata.domain.errors import ListRefused
from checkdata.domain.their_list import TheirRow
from checkdata.domain.time_limits import TimeLimit

_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_GUESSES: Final = ("utf-8", "windows-1252")
_DELIMITERS: Final = (",", ";", "\t")
_NO_LISTS: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<|%PDF|\{\\rtf)")
"""How web pages (which some programs call .xls), other XML, PDF and word processors' files begin, and no list does."""
_SAMPLE_CHARACTERS: Final = 2**16
_SAMPLE_ROWS: Final = 50


def rows_of_csv(file: bytes, limit: TimeLimit) -> list[TheirRow]:
    """The rows of a file in UTF-8, Windows-1252 or (with its mark) UTF-16, with commas, semicolons or tabs.

    Rows are numbered as a spreadsheet shows them: a cell with a line end in it is in one row. Raises `ListRefused`.
    """
    text = _decoded(file)
    return within_limits(limit.over(_rows(text, _delimiter(text))))


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
        "The file is not an Excel workbook (.xlsx) or a CSV file that we can read. Open your list in your spreadsheet "
        'program, save it as an Excel workbook or as "CSV UTF-8" and choose that.'
    )


def _delimiter(text: str) -> str:
    """The delimiter that divides the most rows alike into the most cells."""
    sample = text[:_SAMPLE_CHARACTERS]
    return max(_DELIMITERS, key=lambda delimiter: _cells_divided(sample, delimiter))


def _cells_divided(sample: str, delimiter: str) -> int:
    rows = islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _SAMPLE_ROWS)
    widths = Counter(len(cells) for cells in rows)
    return max(((width - 1) * times for width, times in widths.items()), default=0)


def _rows(text: str, delimiter: str) -> Iterator[TheirRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number, lines = 0, 0
    try:
        for number, cells in enumerate(reader, 1):
            if any(cells):
                yield TheirRow(number, cells)
            lines = reader.line_num
    except csv.Error:
        rest = "".join(islice(io.StringIO(text, newline=""), lines, None))
        place = cell_name(number + 1, _faulty_column(rest, delimiter))
        raise ListRefused(
            f"There is a quotation mark out of place in {place}. Write a quotation mark that is part of a cell twice "
            '(""), and close each that is opened.'
        ) from None


def _faulty_column(record: str, delimiter: str) -> int:
    """The column, from 0, of the first cell of a record that is not quoted as RFC 4180 wants."""
    cell = re.compile(rf'(?:"(?:[^"]++|"")*+"|[^"{delimiter}\r\n][^{delimiter}\r\n]*+)?+{delimiter}')
    column, good = 0, cell.match(record)
    while good:
        column, good = column + 1, cell.match(record, good.end())
    return column
