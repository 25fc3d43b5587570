"""The rows of one sheet of a workbook, from the events of its XML."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from checkdata.adapters.spreadsheets.limits import MOST_TEXT
from checkdata.adapters.spreadsheets.xlsx_package import Handlers, Package, damaged, too_much_unpacked
from checkdata.adapters.spreadsheets.xlsx_text import Pieces, unescaped
from checkdata.domain.reconciliation.uploaded_list import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TITLE_ROWS,
    UploadedRow,
    too_many_columns,
    too_many_rows,
)

_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
_DIGITS: Final = "0123456789"
_WHOLE: Final = 1e15
_LONGEST_NUMBER: Final = 1000
"""In characters."""


def sheet_rows(package: Package, part: str, strings: Sequence[str]) -> list[UploadedRow]:
    """The rows of a sheet that have anything in them, all as wide as the widest; `ListRefused`."""
    sheet = _Sheet(strings)
    package.parse(part, Handlers(sheet.start, sheet.end, sheet.text))
    width = max((len(cells) for _, cells, _ in sheet.rows), default=0)
    return [
        UploadedRow(number, [*cells, *[""] * (width - len(cells))], tuple(unread))
        for number, cells, unread in sheet.rows
    ]


class _Sheet:
    """Gathers rows (``row``) of cells (``c``) with a value (``v``, or ``t`` where it stands in the cell itself)."""

    def __init__(self, strings: Sequence[str]) -> None:
        self.rows: list[tuple[int, list[str], list[int]]] = []
        self._strings = strings
        self._row, self._column = 0, -1
        self._cells: list[str] = []
        self._unread: list[int] = []
        self._kind = "n"
        self._value = Pieces()
        self._formula = False
        self._gathering = False
        self._aloud = False
        self._text_left = MOST_TEXT

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        match element:
            case "row":
                self._begin_row(attributes.get("r"))
            case "c":
                self._begin_cell(attributes)
            case "f":
                self._formula = True
            case "rPh":
                self._aloud = True
            case "v" | "t":
                self._gathering = not self._aloud
            case _:
                pass

    def text(self, text: str) -> None:
        if self._gathering:
            self._value.add(text)

    def end(self, element: str) -> None:
        match element:
            case "v" | "t":
                self._gathering = False
            case "rPh":
                self._aloud = False
            case "c":
                self._end_cell()
            case "row":
                self._end_row()
            case _:
                pass

    def _begin_row(self, number: str | None) -> None:
        row = int(number) if number else self._row + 1
        if not self._row < row <= _LAST_ROW:
            raise damaged()
        self._row, self._column, self._cells, self._unread = row, -1, [], []

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        place = attributes.get("r")
        self._column = _column(place.rstrip(_DIGITS)) if place else self._column + 1
        if self._column >= _LAST_COLUMN:
            raise damaged()
        self._kind, self._formula = attributes.get("t", "n"), False
        self._value.taken()

    def _end_cell(self) -> None:
        value = self._value.taken()
        if self._formula and not value and self._kind == "n":
            self._unread.append(self._column)
        text = self._read(value).strip() if value else ""
        if text:
            self._keep(text)

    def _keep(self, text: str) -> None:
        if self._column >= MOST_COLUMNS:
            raise too_many_columns(self._row)
        self._text_left -= len(text)
        if self._text_left < 0:
            raise too_much_unpacked()
        self._cells.extend([""] * (self._column + 1 - len(self._cells)))
        self._cells[self._column] = text

    def _read(self, value: str) -> str:
        match self._kind:
            case "s":
                return self._shared(value)
            case "str" | "inlineStr":
                return unescaped(value)
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "n":
                return number_as_shown(value)
            case _:
                return value

    def _shared(self, value: str) -> str:
        place = int(value)
        if not 0 <= place < len(self._strings):
            raise damaged()
        return self._strings[place]

    def _end_row(self) -> None:
        if self._cells:
            self.rows.append((self._row, self._cells, self._unread))
            self._cells = []
        if len(self.rows) > MOST_ROWS + MOST_TITLE_ROWS:
            raise too_many_rows()


@lru_cache(maxsize=_LAST_COLUMN)
def _column(letters: str) -> int:
    """The column, from 0, with these letters: A, B … Z, AA."""
    column = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or column > _LAST_COLUMN:
            raise damaged()
        column = column * 26 + ord(letter) - ord("A") + 1
    if not 0 < column <= _LAST_COLUMN:
        raise damaged()
    return column - 1


def number_as_shown(value: str) -> str:
    """A number as a spreadsheet shows it: a whole one without a point or an exponent."""
    if len(value) > _LONGEST_NUMBER:
        raise damaged()
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < _WHOLE else value
