import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Font

from checkdata.domain.errors import ListRefused
from checkdata.domain.reconciliation.uploaded_list import MOST_COLUMNS, MOST_ROWS
from tests.integration.spreadsheets.workbook_builder import (
    MAIN,
    PARTS,
    SHEET,
    STRINGS,
    relationships,
    sheet_of,
    strings_of,
    workbook_of,
)
from tests.stopped_clock import read_list


def cells(file: bytes) -> list[list[str]]:
    return [list(row.cells) for row in read_list(file)]


def saved(workbook: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def by_openpyxl(*rows: Sequence[Any]) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.worksheets[0].append(list(row))
    return saved(workbook)


def test_the_least_workbook_is_read() -> None:
    assert cells(workbook_of({})) == [["TRN"], ["1234567"]]


def test_texts_of_every_kind_are_read() -> None:
    written = ["Zoë “Ω” 😀", "a & <b>", "line\nend", "_x0041_", "=not a formula", " spaced "]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, written)
        sheet.write_rich_string(1, 0, workbook.add_format({"bold": True}), "Anna", " Smith")
    assert cells(file.getvalue())[0] == [text.strip() for text in written]
    assert cells(file.getvalue())[1][0] == "Anna Smith"


def test_texts_in_the_cells_themselves_are_read() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        workbook.add_worksheet().write_row(0, 0, ["Zoë & Co", "0012345"])
    assert cells(file.getvalue()) == [["Zoë & Co", "0012345"]]


def test_how_a_text_is_read_aloud_is_no_part_of_it() -> None:
    aloud = '<si><r><t>王</t></r><r><t>小明</t></r><rPh sb="0" eb="1"><t>わん</t></rPh></si>'
    inline = '<row r="2"><c r="A2" t="inlineStr"><is><t>王</t><rPh sb="0" eb="1"><t>わん</t></rPh></is></c></row>'
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    assert cells(workbook_of({STRINGS: strings_of(aloud), SHEET: sheet_of(rows + inline)})) == [["王小明"], ["王"]]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234567, "1234567"),
        (1234567.0, "1234567"),
        (12345.5, "12345.5"),
        (0, "0"),
        (-3, "-3"),
        (True, "TRUE"),
        (False, "FALSE"),
        (1e20, "1e+20"),
        (date(2023, 9, 1), "45170"),
        (datetime(2023, 9, 1, 12), "45170.5"),  # noqa: DTZ001 - a spreadsheet has no zones
        (time(6), "0.25"),
        ("#N/A", "#N/A"),
    ],
)
def test_values_that_are_no_text_are_shown_as_excel_keeps_them(value: object, shown: str) -> None:
    assert cells(by_openpyxl(["x", value]))[0][1] == shown


@pytest.mark.parametrize("number", ["1234567", "1234567.0", "1.234567E6", "1234567.00000"])
def test_a_trn_in_a_number_cell_is_its_digits(number: str) -> None:
    file = workbook_of({SHEET: sheet_of(f'<row r="1"><c r="A1"><v>{number}</v></c></row>')})
    assert cells(file) == [["1234567"]]


def test_formulas_tell_the_result_that_was_saved() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_formula(0, 0, '="Anna "&"Smith"', value="Anna Smith")
        sheet.write_formula(0, 1, "=1234566+1", value=1234567)
        sheet.write_formula(0, 2, '=HYPERLINK("http://x.example","here")', value="here")
    assert cells(file.getvalue()) == [["Anna Smith", "1234567", "here"]]


def test_a_formula_whose_result_is_nothing_is_a_blank_cell() -> None:
    as_excel_has_it = '<row r="1"><c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c></row>'
    assert cells(workbook_of({SHEET: sheet_of(as_excel_has_it)})) == [["", "1"]]


def test_a_formula_without_its_result_is_a_blank_cell_that_is_named() -> None:
    rows = read_list(by_openpyxl(["TRN"], ["1234567", "Anna", "=A2&B2", "x"]))
    assert [(row.cells, row.unread) for row in rows] == [
        (("TRN", "", "", ""), ()),
        (("1234567", "Anna", "", "x"), (2,)),
    ]


def test_blank_and_missing_rows_and_cells_keep_the_others_in_place() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet["C5"], sheet["B9"] = "TRN", "x"
    sheet["A7"].font = Font(bold=True)
    rows = read_list(saved(workbook))
    assert [(row.number, row.cells) for row in rows] == [(5, ("", "", "TRN")), (9, ("", "x", ""))]


def test_rows_and_cells_without_places_follow_each_other() -> None:
    rows = '<row><c t="str"><v>TRN</v></c><c/><c t="str"><v>x</v></c></row><row><c><v>1</v></c></row>'
    assert cells(workbook_of({SHEET: sheet_of(rows)})) == [["TRN", "", "x"], ["1", "", ""]]


def test_the_first_visible_sheet_with_anything_in_it_is_the_list() -> None:
    workbook = openpyxl.Workbook()
    hidden = workbook.create_sheet("Hidden")
    hidden.append(["secret"])
    hidden.sheet_state = "hidden"
    workbook.create_chartsheet("Chart")
    workbook.create_sheet("List").append(["TRN"])
    workbook.create_sheet("Later").append(["x"])
    assert cells(saved(workbook)) == [["TRN"]]


def test_a_cover_before_the_list_is_not_the_list() -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].append(["Our cohort", "Questions to mentoring@ambition.example"])
    workbook.create_sheet("List").append(["TRN", "Full name"])
    assert cells(saved(workbook)) == [["TRN", "Full name"]]


def test_without_a_heading_that_we_know_the_first_sheet_is_the_list() -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].append(["1234567", "Anna Smith"])
    workbook.create_sheet("Notes").append(["Ring back"])
    assert cells(saved(workbook)) == [["1234567", "Anna Smith"]]


def test_a_workbook_with_nothing_in_it_has_no_rows() -> None:
    assert read_list(saved(openpyxl.Workbook())) == []


def test_prefixes_other_folders_and_strict_files_are_read() -> None:
    strict = "http://purl.oclc.org/ooxml"
    main, document = f"{strict}/spreadsheetml/main", f"{strict}/officeDocument/relationships"

    def related(kind: str, target: str) -> str:
        return (
            '<p:Relationships xmlns:p="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<p:Relationship Id="a" Type="{document}/{kind}" Target="{target}"/></p:Relationships>'
        )

    file = workbook_of(
        dict.fromkeys(PARTS)
        | {
            "_rels/.rels": related("officeDocument", "/office/book.xml"),
            "office/book.xml": (
                f'<x:workbook xmlns:x="{main}" xmlns:q="{document}"><x:sheets><x:sheet name="L" sheetId="1" q:id="a"/>'
                "</x:sheets></x:workbook>"
            ),
            "office/_rels/book.xml.rels": related("worksheet", "../data/one.xml"),
            "data/one.xml": (
                f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>TRN</x:t></x:is>'
                "</x:c></x:row></x:sheetData></x:worksheet>"
            ),
        }
    )
    assert cells(file) == [["TRN"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_encoding_of_a_part_is_the_one_that_it_names(encoding: str) -> None:
    part = f'<?xml version="1.0" encoding="{encoding}"?><sst xmlns="{MAIN}"><si><t>Zoë</t></si></sst>'
    assert cells(workbook_of({STRINGS: part.encode(encoding)}))[0] == ["Zoë"]


def test_a_size_that_a_sheet_only_claims_costs_nothing() -> None:
    claimed = sheet_of('<row r="1"><c r="A1"><v>1</v></c></row>').replace(
        "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'
    )
    assert cells(workbook_of({SHEET: claimed})) == [["1"]]


def test_cells_that_are_formatted_to_the_last_row_and_empty_are_no_rows() -> None:
    formatted = "".join(f'<row r="{row}"><c r="A{row}" s="1"/></row>' for row in range(2, 300_000))
    rows = f'<row r="1"><c r="A1"><v>1</v></c></row>{formatted}<row r="1048576" ht="20"/>'
    assert cells(workbook_of({SHEET: sheet_of(rows)})) == [["1"]]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["x"]] * (MOST_ROWS + 21), "more than 20,000 rows"),
        ([["TRN"], [*[""] * MOST_COLUMNS, "x"]], "Row 2 has something in column CW or beyond"),
    ],
)
def test_more_than_a_list_can_have_is_refused(rows: Sequence[Sequence[str]], sentence: str) -> None:
    with pytest.raises(ListRefused, match=sentence):
        read_list(by_openpyxl(*rows))


def test_relationships_are_told_apart_by_their_kind() -> None:
    other = relationships(r1="chartsheet worksheets/sheet1.xml", r2="worksheet worksheets/sheet1.xml")
    assert read_list(workbook_of({"xl/_rels/workbook.xml.rels": other})) == []
