"""OpenDocument spreadsheets part by part, as LibreOffice and people with bad intentions make them."""

import io
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

KIND: Final = "application/vnd.oasis.opendocument.spreadsheet"
NAMESPACES: Final = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "draw": "drawing",
        "manifest": "manifest",
    }.items()
)


def ods_of(content: str | bytes, manifest: str = "", kind: str = KIND) -> bytes:
    """A spreadsheet with this content; its kind is its first part, and is not packed."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, ZIP_STORED)
        if manifest:
            archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
        archive.writestr("Basic/Standard/Module1.xml", "Sub Main: Shell(&quot;calc&quot;)")
    return made.getvalue()


def document_of(*sheets: str, styles: str = "") -> str:
    """The content with these sheets."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMESPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body></office:document-content>"
    )


def sheet(*rows: str, style: str = "ta1") -> str:
    """A sheet with these rows."""
    return f'<table:table table:name="List" table:style-name="{style}">{"".join(rows)}</table:table>'


def row(*cells: str, again: int = 1) -> str:
    """A row of these cells."""
    return f'<table:table-row table:number-rows-repeated="{again}">{"".join(cells)}</table:table-row>'


def text(words: str, again: int = 1) -> str:
    """A cell with a text."""
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{again}">'
        f"<text:p>{words}</text:p></table:table-cell>"
    )


def number(value: str, shown: str = "") -> str:
    """A cell with a number."""
    return value_of(f'office:value-type="float" office:value="{value}"', f"<text:p>{shown}</text:p>")


def value_of(attributes: str, content: str = "") -> str:
    """A cell with these attributes."""
    return f"<table:table-cell {attributes}>{content}</table:table-cell>"


def blank(again: int = 1) -> str:
    """Blank cells."""
    return f'<table:table-cell table:number-columns-repeated="{again}"/>'
