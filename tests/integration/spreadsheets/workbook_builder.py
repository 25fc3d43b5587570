"""Workbooks part by part, as programs and people with bad intentions make them."""

import io
from collections.abc import Mapping
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET: Final = "xl/worksheets/sheet1.xml"
STRINGS: Final = "xl/sharedStrings.xml"


def relationships(**targets: str) -> str:
    """A part of relationships: each id with "kind target"."""
    told = {name: target.split() for name, target in targets.items()}
    ones = "".join(
        f'<Relationship Id="{name}" Type="{DOCUMENT}/{kind}" Target="{target}"/>'
        for name, (kind, target) in told.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{ones}</Relationships>'


def sheet_of(rows: str) -> str:
    """A sheet with these rows."""
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def strings_of(items: str) -> str:
    """A part of shared strings with these items."""
    return f'<sst xmlns="{MAIN}">{items}</sst>'


PARTS: Final[Mapping[str, str]] = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": relationships(r1="officeDocument xl/workbook.xml"),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets><sheet name="List" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": relationships(
        r1="worksheet worksheets/sheet1.xml", r2="sharedStrings /xl/sharedStrings.xml"
    ),
    SHEET: sheet_of('<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>1234567</v></c></row>'),
    STRINGS: strings_of("<si><t>TRN</t></si>"),
}
"""The least that a workbook is made of, with one short list in it."""


def workbook_of(parts: Mapping[str, str | bytes | None], compression: int = ZIP_DEFLATED) -> bytes:
    """The least workbook with other parts in the place of its own, or without those that are None."""
    made = io.BytesIO()
    with ZipFile(made, "w", compression) as archive:
        for name, content in {**PARTS, **parts}.items():
            if content is not None:
                archive.writestr(name, content)
    return made.getvalue()
