"""How much of a file is read before it is refused (security.md 38)."""

import re
from collections.abc import Iterable
from typing import Final

from checkdata.domain.errors import ListRefused
from checkdata.domain.reconciliation.uploaded_list import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TITLE_ROWS,
    UploadedRow,
    column_letters,
    too_many_columns,
    too_many_rows,
)

MOST_BYTES: Final = 10_000_000
MOST_UNPACKED: Final = 64_000_000
"""In bytes, over all parts of a workbook that are read."""
MOST_ELEMENTS: Final = 6_000_000
"""Over the same parts: a cell takes two or three."""
MOST_ATTRIBUTES: Final = 12_000_000
"""Over the same parts: a cell has two or three, a row up to eight."""
LONGEST_TOKEN: Final = 2**18
"""In bytes: an element's name with its attributes, or a comment. With each piece expat scans it from its start."""
LONGEST_NAMES: Final = 100_000
"""In characters, over all names of elements and attributes of a part: expat keeps each until the part ends."""
LONGEST_VALUE: Final = 2**18
"""In characters, of a cell or a shared string before ``_x000D_`` and the like are read."""
MOST_PARTS: Final = 1000
"""How many parts are read or referred to, and how many sheets there are."""
MOST_ENTRIES: Final = 10_000
"""How many files the package may hold."""
MOST_STRINGS: Final = MOST_ROWS * MOST_COLUMNS
MOST_CELLS: Final = 16_384
"""Of a row of a CSV, blank ones among them: as many columns as Excel has."""
MOST_TEXT: Final = 20_000_000
"""In characters, over all cells: a workbook may name one long text in every cell."""
LONGEST_CELL: Final = 32_767
"""In characters, as in Excel."""

_UNREADABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def cell_name(row: int, column: int) -> str:
    """Where a cell is, for a sentence; the column from 0."""
    return f"row {row}, column {column_letters(column)}"


def too_much_text(place: str) -> ListRefused:
    """The error for a cell that is too long."""
    return ListRefused(f"There is too much text in {place}. A cell can have up to {LONGEST_CELL:,} characters.")


def within_limits(rows: Iterable[UploadedRow]) -> list[UploadedRow]:
    """The rows that are not blank; `ListRefused` as soon as a limit is passed or a cell can't be read."""
    kept: list[UploadedRow] = []
    text_left = MOST_TEXT
    for row in rows:
        if not row.blank:
            _check_cells(row)
            kept.append(UploadedRow(row.number, row.cells[:MOST_COLUMNS], row.unread))
            text_left -= sum(map(len, row.cells))
        if len(kept) > MOST_ROWS + MOST_TITLE_ROWS:
            raise too_many_rows()
        if text_left < 0:
            raise ListRefused(
                "There is too much text in the file. Take out the columns that are not part of your list."
            )
    return kept


def _check_cells(row: UploadedRow) -> None:
    if any(row.cells[MOST_COLUMNS:]):
        raise too_many_columns(row.number)
    for column, cell in enumerate(row.cells):
        if len(cell) > LONGEST_CELL:
            raise too_much_text(cell_name(row.number, column))
        if not cell.isprintable() and _UNREADABLE.search(cell):
            raise ListRefused(
                f"There is a character that cannot be read in {cell_name(row.number, column)}. Type the cell again, "
                "save the file and choose it again."
            )
