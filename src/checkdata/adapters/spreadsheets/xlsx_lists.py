"""The rows of an .xlsx workbook: of the first of its visible sheets that is a list."""

from collections.abc import Iterator, Mapping
from typing import Final

from checkdata.adapters.spreadsheets.limits import MOST_PARTS, within_limits
from checkdata.adapters.spreadsheets.xlsx_package import Handlers, Package, too_much_unpacked
from checkdata.adapters.spreadsheets.xlsx_sheet import sheet_rows
from checkdata.adapters.spreadsheets.xlsx_strings import shared_strings
from checkdata.domain.reconciliation.time_limit import TimeLimit
from checkdata.domain.reconciliation.uploaded_list import UploadedRow, has_headings

_WORKBOOK: Final = "officeDocument"
_SHEET: Final = "worksheet"
_STRINGS: Final = "sharedStrings"


def rows_of_xlsx(file: bytes, limit: TimeLimit) -> list[UploadedRow]:
    """The rows of a workbook, all as wide as the widest, with the values that were saved with its formulas.

    They come from the first sheet with headings that we know or, if there is none, from the first with anything in it,
    because a cover often comes before the list. Hidden sheets are skipped. Styles are not looked at, so that a date is
    the number that Excel keeps for it. Raises `ListRefused`.
    """
    package = Package(file, limit)
    workbook = next((one.target for one in package.relationships("").values() if one.kind == _WORKBOOK), "")
    parts = package.relationships(workbook)
    strings = [text for one in parts.values() if one.kind == _STRINGS for text in shared_strings(package, one.target)]
    first: list[UploadedRow] = []
    for sheet in _visible_sheets(package, workbook):
        if sheet in parts and parts[sheet].kind == _SHEET:
            rows = sheet_rows(package, parts[sheet].target, strings)
            if has_headings(rows):
                return within_limits(limit.over(rows))
            first = first or rows
    return within_limits(limit.over(first))


def _visible_sheets(package: Package, workbook: str) -> Iterator[str]:
    """The relationship ids of the sheets that are not hidden, in the order of their tabs."""
    sheets: list[Mapping[str, str]] = []

    def start(element: str, attributes: Mapping[str, str]) -> None:
        if element == "sheet" and attributes.get("state", "visible") == "visible":
            if len(sheets) == MOST_PARTS:
                raise too_much_unpacked()
            sheets.append(attributes)

    package.parse(workbook, Handlers(start))
    for attributes in sheets:
        yield next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")
