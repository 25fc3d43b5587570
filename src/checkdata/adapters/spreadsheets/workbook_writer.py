"""Excel workbooks for downloads, sent while they are made: nothing waits in memory or on disk."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Final, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

from checkdata.adapters.spreadsheets.xlsx_text import escaped
from checkdata.domain import ports
from checkdata.domain.listing.columns import Column
from checkdata.domain.reconciliation.uploaded_list import column_letters

Row = TypeVar("Row")
Cells = Sequence[str]

_SHEET: Final = "xl/worksheets/sheet1.xml"
_WORKBOOK: Final = "xl/workbook.xml"
_ROWS_END: Final = b"</sheetData>"
_SIZE: Final = re.compile(rb"<dimension [^>]*/>")
_CHUNK_ROWS: Final = 500
_TEXT: Final = 49
"""The number of Excel's own format for text."""
_NARROWEST: Final = 8
_WIDEST: Final = 60


def workbook(rows: Iterable[Row], columns: Sequence[Column[Row]], sheet: str) -> Iterator[bytes]:
    """A workbook of one sheet, in pieces: the columns' headings, frozen and with a filter, and the rows below.

    Every cell is text, so that a TRN keeps its zeros and nothing is ever a formula; columns are as wide as the first
    500 rows need. *sheet*, its name, has at most 31 characters.

    xlsxwriter makes the workbook around the rows (twice, because its filter needs their number), and the rows are added
    here as they come. It would itself keep them in named files until the last one is there.
    """
    headings = [column.heading for column in columns]
    chunks = _chunks([column.cell(row) for column in columns] for row in rows)
    first = next(chunks, [])
    without_rows = partial(_workbook_without_rows, sheet, headings, _widths([headings, *first]))
    sent, count = _Sent(), 0
    with ZipFile(sent, "w", ZIP_DEFLATED) as target:
        empty = without_rows(0)
        for part in empty.namelist():
            if part not in (_SHEET, _WORKBOOK):
                target.writestr(part, empty.read(part))
        with target.open(_SHEET, "w") as out:
            out.write(_SIZE.sub(b"", empty.read(_SHEET)).partition(_ROWS_END)[0])
            for chunk in chain([first], chunks):
                out.write("".join(_row(number, cells) for number, cells in enumerate(chunk, count + 2)).encode())
                count += len(chunk)
                yield from sent.taken()
            full = without_rows(count)
            out.write(b"".join(full.read(_SHEET).partition(_ROWS_END)[1:]))
        target.writestr(_WORKBOOK, full.read(_WORKBOOK))
    yield from sent.taken()


def _chunks(rows: Iterator[Cells]) -> Iterator[Sequence[Cells]]:
    while chunk := list(islice(rows, _CHUNK_ROWS)):
        yield chunk


def _widths(rows: Sequence[Cells]) -> list[int]:
    return [min(max(_NARROWEST, *map(len, column)) + 2, _WIDEST) for column in zip(*rows, strict=True)]


def _row(number: int, cells: Cells) -> str:
    written = "".join(
        f'<c r="{column_letters(column)}{number}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        for column, text in enumerate(map(escaped, cells))
        if text
    )
    return f'<row r="{number}">{written}</row>'


def _workbook_without_rows(sheet: str, headings: Cells, widths: Sequence[int], count: int) -> ZipFile:
    """A workbook with everything but its rows; *rows* is their number."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - 2 MiB that a worker holds once a user wants a workbook

    made, last = io.BytesIO(), len(headings) - 1
    with Workbook(made, {"in_memory": True, "default_format_properties": {"num_format": _TEXT}}) as workbook:
        page = workbook.add_worksheet(sheet)
        bold = workbook.add_format({"bold": True, "num_format": _TEXT})
        for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
            page.set_column(column, column, width)
            page.write_string(0, column, heading, bold)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, count, last)
        page.ignore_errors({"number_stored_as_text": f"A1:{column_letters(last)}{count + 1}"})
    return ZipFile(made)


class _Sent:
    """A buffer that a workbook is written to while its bytes are taken; what was taken is gone."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, b: bytes) -> int:
        self._pieces.append(bytes(b))
        return len(b)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is left open."""

    def taken(self) -> Iterator[bytes]:
        """What was written since it was taken last, in one piece."""
        if self._pieces:
            yield b"".join(self._pieces)
            self._pieces.clear()


_conforms: ports.WorkbookWriter = workbook
