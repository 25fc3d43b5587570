"""OpenDocument spreadsheets are read like workbooks, and refused like them (security.md 38)."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest

from checkdata.domain.errors import ListRefused
from tests.integration.spreadsheets.ods_builder import (
    NAMESPACES,
    blank,
    document_of,
    number,
    ods_of,
    row,
    sheet,
    text,
    value_of,
)
from tests.integration.spreadsheets.test_hostile_files import said_of
from tests.integration.spreadsheets.test_work_and_memory import done_with
from tests.stopped_clock import read_list

FIFTY: Final = 50_000_000
TOO_MUCH: Final = "There is too much in the workbook"
DAMAGED: Final = "The workbook is damaged"


def cells(*sheets: str, styles: str = "") -> list[list[str]]:
    return [list(one.cells) for one in read_list(ods_of(document_of(*sheets, styles=styles)))]


def test_values_of_every_kind_are_read() -> None:
    day = value_of('office:value-type="date" office:date-value="2025-09-01"', "<text:p>1 Sep</text:p>")
    yes = value_of('office:value-type="boolean" office:boolean-value="true"', "<text:p>WAHR</text:p>")
    assert cells(sheet(row(text("Zoë &amp; Co"), number("1234567", "1,234,567"), number("0.5"), day, yes))) == [
        ["Zoë & Co", "1234567", "0.5", "2025-09-01", "TRUE"]
    ]


def test_a_text_keeps_its_paragraphs_spaces_and_spans() -> None:
    name = '<text:p>Anna<text:s text:c="2"/><text:span>Smith</text:span></text:p><text:p>ECT</text:p>'
    cell = value_of('office:value-type="string"', name)
    assert cells(sheet(row(cell))) == [["Anna  Smith\nECT"]]


def test_notes_drawings_and_what_was_deleted_are_no_part_of_a_cell() -> None:
    note = "<office:annotation><text:p>ring back</text:p></office:annotation>"
    drawing = "<draw:frame><draw:text-box><text:p>logo</text:p></draw:text-box></draw:frame>"
    cell = f'<table:table-cell office:value-type="string">{note}<text:p>Anna</text:p>{drawing}</table:table-cell>'
    gone = f"<table:cell-content-deletion>{text('Bob')}</table:cell-content-deletion>"
    deleted = f"<table:tracked-changes>{gone}</table:tracked-changes>"
    assert cells(deleted, sheet(row(cell))) == [["Anna"]]


def test_repeated_and_merged_cells_keep_the_others_in_place() -> None:
    merged = "<table:covered-table-cell/>"
    rows = read_list(
        ods_of(
            document_of(
                sheet(
                    row(text("Our list"), merged),
                    row(blank(16_384), again=3),
                    row(text("ECT", 2), blank(), text("x"), blank(16_000)),
                    row(text("Mentor"), again=2),
                    row(blank(16_384), again=1_048_000),
                )
            )
        )
    )
    assert [(one.number, list(filter(None, one.cells))) for one in rows] == [
        (1, ["Our list"]),
        (5, ["ECT", "ECT", "x"]),
        (6, ["Mentor"]),
        (7, ["Mentor"]),
    ]
    assert rows[1].cells == ("ECT", "ECT", "", "x")


def test_the_first_visible_sheet_with_known_headings_is_the_list() -> None:
    hidden = '<style:style style:name="gone"><style:table-properties table:display="false"/></style:style>'
    cover, people = sheet(row(text("Cover"))), sheet(row(text("TRN"), text("Full name")))
    secret = sheet(row(text("TRN"), text("Full name"), text("secret")), style="gone")
    assert cells(secret, cover, people, styles=hidden) == [["TRN", "Full name"]]


def test_a_formula_tells_its_result_and_one_without_is_a_blank_cell_that_is_named() -> None:
    told = value_of('table:formula="of:=1+1" office:value-type="float" office:value="2"', "<text:p>2</text:p>")
    (one,) = read_list(ods_of(document_of(sheet(row(told, '<table:table-cell table:formula="of:=A1"/>', text("x"))))))
    assert (one.cells, one.unread) == (("2", "", "x"), (1,))


def test_a_password_is_told() -> None:
    locked = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    manifest = f"<manifest:manifest {NAMESPACES}>{locked}</manifest:manifest>"
    with pytest.raises(ListRefused, match="The spreadsheet has a password"):
        read_list(ods_of(b"\x8f\x12", manifest))


def test_a_document_that_is_no_spreadsheet_is_refused_with_what_to_do() -> None:
    with pytest.raises(ListRefused, match="a document and not a spreadsheet"):
        read_list(ods_of(document_of(), kind="application/vnd.oasis.opendocument.text"))


def entities() -> str:
    defined = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY e0 "ha">{defined}]>{document_of(sheet(row(text("&e9;")))).partition("?>")[2]}'


def external(system: str) -> str:
    content = document_of(sheet(row(text("&e;")))).partition("?>")[2]
    return f'<!DOCTYPE x [<!ENTITY e SYSTEM "{system}">]>{content}'


HOSTILE: Final[Mapping[str, tuple[Callable[[], str], str]]] = {
    "zip bomb": (lambda: document_of(sheet(" " * 70_000_000)), TOO_MUCH),
    "billion laughs": (entities, DAMAGED),
    "external entity": (lambda: external("file:///etc/passwd"), DAMAGED),
    "entity from elsewhere": (lambda: external("http://127.0.0.1:9/x"), DAMAGED),
    "a row a million times": (lambda: document_of(sheet(row(text("x"), again=1_000_000))), "more than 20,000 rows"),
    "a cell a million times": (lambda: document_of(sheet(row(text("x", 1_000_000)))), "column CW or beyond"),
    "a long text again and again": (
        lambda: document_of(sheet(row(text("x" * 32_000, 100), again=20_000))),
        TOO_MUCH,
    ),
    "a billion spaces": (lambda: document_of(sheet(row(text('<text:s text:c="1000000"/>' * 9)))), TOO_MUCH),
    "more spaces than there are numbers": (
        lambda: document_of(sheet(row(text(f'<text:s text:c="{"9" * 5000}"/>')))),
        DAMAGED,
    ),
    "rows backwards": (
        lambda: document_of(sheet('<table:table-row table:number-rows-repeated="-3"/>')),
        DAMAGED,
    ),
    "a number that is none": (lambda: document_of(sheet(row(number("one")))), DAMAGED),
    "tables in tables": (lambda: document_of("<table:table>" * 50 + "</table:table>" * 50), TOO_MUCH),
    "endlessly deep": (lambda: "<a>" * 5_000_000, DAMAGED),
    "very many sheets": (lambda: document_of("<table:table/>" * 2000), TOO_MUCH),
    "not well formed": (lambda: document_of(sheet("<table:table-row>")), DAMAGED),
}


@pytest.mark.parametrize(("made", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_spreadsheet_is_refused_within_half_a_gigabyte(made: Callable[[], str], said: str) -> None:
    assert said in said_of(ods_of(made()))


LARGE: Final[Mapping[str, tuple[Callable[[], str], str]]] = {
    "a text of 50 MB": (lambda: document_of(sheet(row(text("x" * FIFTY)))), TOO_MUCH),
    "a note of 50 MB": (
        lambda: document_of(sheet(f"<office:annotation>{'x' * FIFTY}</office:annotation>")),
        "0 rows",
    ),
    "two million styles": (lambda: document_of(styles='<style:style style:name="a"/>' * 1_700_000), "0 rows"),
    "six million blank cells": (lambda: document_of(sheet(row("<table:table-cell/>" * 2_500_000))), "0 rows"),
    "a million rows": (lambda: document_of(sheet("<table:table-row/>" * 2_000_000)), "0 rows"),
}


@pytest.mark.parametrize(("made", "said"), LARGE.values(), ids=LARGE)
def test_a_large_spreadsheet_is_done_with_in_time_and_memory(made: Callable[[], str], said: str) -> None:
    done_with(ods_of(made()), said)


def test_half_a_spreadsheet_is_damaged() -> None:
    file = ods_of(document_of(sheet(row(text("x")))))
    with pytest.raises(ListRefused, match=DAMAGED):
        read_list(file[: len(file) // 2])
