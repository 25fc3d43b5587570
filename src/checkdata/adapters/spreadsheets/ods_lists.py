"""The rows of an OpenDocument spreadsheet (.ods): of the first of its visible sheets that is a list.

It is read by the same parser and within the same limits as an .xlsx workbook, because no library keeps any: odfpy holds
the whole document as objects, and calamine ends the process for two cells far apart. Of the package only the sheets are
read: never a macro, a script or another document that it names.
"""

from collections.abc import Mapping
from typing import Final

from checkdata.adapters.spreadsheets.limits import LONGEST_VALUE, MOST_PARTS, MOST_TEXT, within_limits
from checkdata.adapters.spreadsheets.xlsx_package import Handlers, Package, damaged, too_much_unpacked
from checkdata.adapters.spreadsheets.xlsx_sheet import number_as_shown
from checkdata.adapters.spreadsheets.xlsx_text import Pieces
from checkdata.domain.errors import ListRefused
from checkdata.domain.reconciliation.time_limit import TimeLimit
from checkdata.domain.reconciliation.uploaded_list import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_TITLE_ROWS,
    UploadedRow,
    has_headings,
    too_many_columns,
    too_many_rows,
)

_CONTENT: Final = "content.xml"
_MANIFEST: Final = "META-INF/manifest.xml"
_LAST: Final = 2**20
"""More rows or columns than a program has."""
_CELLS: Final = frozenset({"table-cell", "covered-table-cell"})
_BESIDE: Final = frozenset({"annotation", "frame", "custom-shape", "shapes", "ruby-text", "tracked-changes"})
"""Elements whose text is not that of a cell: notes, drawings, how a word is read, and what was deleted."""
_NUMBERS: Final = frozenset({"float", "percentage", "currency"})


def rows_of_ods(file: bytes, limit: TimeLimit) -> list[UploadedRow]:
    """The rows of a spreadsheet, all as wide as the widest, with the values that were saved with its formulas.

    Hidden sheets are skipped, and a cover before the list is no list, as in `rows_of_xlsx`. Raises `ListRefused`.
    """
    package = Package(file, limit)
    _refuse_locked(package)
    sheets = _Sheets()
    package.parse(_CONTENT, Handlers(sheets.start, sheets.end, sheets.text))
    written = [rows for sheet in sheets.visible if (rows := sheet.rows())]
    chosen = next((rows for rows in written if has_headings(rows)), written[0] if written else [])
    return within_limits(limit.over(chosen))


def _refuse_locked(package: Package) -> None:
    """With a password the parts are encrypted, and the list of parts says so."""

    def start(element: str, _: Mapping[str, str]) -> None:
        if element == "encryption-data":
            raise ListRefused(
                "The spreadsheet has a password. Take the password off, save the spreadsheet and choose it again."
            )

    if _MANIFEST in package:
        package.parse(_MANIFEST, Handlers(start))


class _Sheet:
    """The rows of one sheet, by their numbers; what is repeated stands in each place."""

    def __init__(self, style: str) -> None:
        self.style = style
        self._rows: list[tuple[int, list[str], list[int]]] = []
        self._next, self._again = 1, 1
        self._cells: list[str] = []
        self._unread: list[int] = []
        self._column = 0

    def begin_row(self, again: int) -> None:
        self._again, self._cells, self._unread, self._column = again, [], [], 0

    def add(self, text: str, again: int, *, unread: bool) -> int:
        """Put a cell into its places; returns how many characters that takes over all of them."""
        if text:
            if self._column + again > MOST_COLUMNS:
                raise too_many_columns(self._next)
            self._cells.extend([""] * (self._column - len(self._cells)) + [text] * again)
        if unread:
            self._unread.append(self._column)
        self._column += again
        return len(text) * again * self._again

    def end_row(self) -> None:
        if self._cells:
            if len(self._rows) + self._again > MOST_ROWS + MOST_TITLE_ROWS:
                raise too_many_rows()
            numbers = range(self._next, self._next + self._again)
            self._rows.extend((number, self._cells, self._unread) for number in numbers)
        self._next += self._again

    def rows(self) -> list[UploadedRow]:
        width = max((len(cells) for _, cells, _ in self._rows), default=0)
        return [
            UploadedRow(number, [*cells, *[""] * (width - len(cells))], tuple(unread))
            for number, cells, unread in self._rows
        ]


class _Sheets:
    """Gathers the sheets (``table``) of a document from the events of its XML."""

    def __init__(self) -> None:
        self._sheets: list[_Sheet] = []
        self._hidden: set[str] = set()
        self._style = ""
        self._sheet: _Sheet | None = None
        self._cell: Mapping[str, str] | None = None
        self._value = Pieces()
        self._paragraphs = self._beside = 0
        self._text_left = MOST_TEXT

    @property
    def visible(self) -> list[_Sheet]:
        return [sheet for sheet in self._sheets if sheet.style not in self._hidden]

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element in _BESIDE or self._beside:
            self._beside += 1
        elif element == "style":
            self._style = attributes.get("style:name", "")
        elif element == "table-properties" and attributes.get("table:display") == "false":
            self._hidden.add(self._style)
        elif element == "table":
            self._begin_sheet(attributes)
        elif self._sheet is not None:
            self._start_in(self._sheet, element, attributes)

    def text(self, text: str) -> None:
        if self._cell is not None and self._paragraphs and not self._beside:
            self._value.add(text)

    def end(self, element: str) -> None:
        if self._beside:
            self._beside -= 1
        elif element == "table":
            self._sheet = None
        elif element == "table-row" and self._sheet is not None:
            self._sheet.end_row()
        elif element == "p":
            self._paragraphs = max(0, self._paragraphs - 1)
        elif element in _CELLS and self._sheet is not None and self._cell is not None:
            self._end_cell(self._sheet, self._cell)

    def _begin_sheet(self, attributes: Mapping[str, str]) -> None:
        if self._sheet is not None or len(self._sheets) == MOST_PARTS:
            raise too_much_unpacked()  # a table in a cell of a table has no place in a list
        self._sheet = _Sheet(attributes.get("table:style-name", ""))
        self._sheets.append(self._sheet)

    def _start_in(self, sheet: _Sheet, element: str, attributes: Mapping[str, str]) -> None:
        match element:
            case "table-row":
                sheet.begin_row(_times(attributes, "table:number-rows-repeated"))
            case "table-cell" | "covered-table-cell":
                self._cell, self._paragraphs = attributes, 0
                self._value.taken()
            case "p":
                if self._value:
                    self._value.add("\n")
                self._paragraphs += 1
            case "s":
                self._value.add(" " * min(_times(attributes, "text:c"), LONGEST_VALUE + 1))
            case "tab" | "line-break":
                self._value.add("\n" if element == "line-break" else "\t")
            case _:
                pass

    def _end_cell(self, sheet: _Sheet, cell: Mapping[str, str]) -> None:
        text = _read(cell, self._value.taken()).strip()
        unread = bool(cell.get("table:formula")) and "office:value-type" not in cell and not text
        self._text_left -= sheet.add(text, _times(cell, "table:number-columns-repeated"), unread=unread)
        if self._text_left < 0:
            raise too_much_unpacked()
        self._cell = None


def _read(cell: Mapping[str, str], text: str) -> str:
    """The value of a cell; a date is written as 2025-09-01, and a number as programs show it without a format."""
    kind = cell.get("office:value-type", "")
    if kind in _NUMBERS:
        return number_as_shown(cell.get("office:value", ""))
    match kind:
        case "date":
            return cell.get("office:date-value", text)
        case "boolean":
            return cell.get("office:boolean-value", text).upper()
        case _:
            return cell.get("office:string-value") or text


def _times(attributes: Mapping[str, str], name: str) -> int:
    """How often something is repeated."""
    written = attributes.get(name, "1")
    if not (written.isascii() and written.isdigit() and len(written) <= len(str(_LAST)) and 0 < int(written) <= _LAST):
        raise damaged()
    return int(written)
