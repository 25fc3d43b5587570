"""Three lists as people keep them: what differs is told, and what only looks so is not (service rule 17)."""

import io
from datetime import date

from openpyxl import Workbook

from tests.integration.spreadsheets.ods_builder import blank, document_of, number, ods_of, row, sheet, text, value_of
from tests.integration.web.client import Client
from tests.integration.web.reconciling import cells, counts, reconciled


def test_a_csv_of_excel_with_semicolons_totals_and_letters_of_windows(ann: Client) -> None:
    lines = [
        "Our ECTs – autumn;;;;",
        ";;;;",
        "Surname;First name;TRN;School;Cohort",
        "O’NEILL;Siobhán;;Oak <Primary>;22-23",
        "ünal;Zoë;3;Élm;Sept 2023",
        "Known;Nobody;7654321;Elsewhere;",
        ";;;;",
        "Grand total;;3;;",
    ]
    page = reconciled(ann, "\r\n".join(lines).encode("windows-1252"))
    assert counts(page) == {"same": 1, "different": 1, "only_yours": 1, "only_dfe": 2}
    assert [(row[-3], row[-2]) for row in cells(page)] == [("School", "Élm")]
    assert "We left out row 8" in page.text


def test_a_workbook_with_a_cover_merged_headings_formulas_and_dates(ann: Client) -> None:
    book = Workbook()
    book.worksheets[0].append(["Cover", "Printed for the board"])
    people = book.create_sheet("ECTs")
    people.append(["Participants", None, "Placement", None, None])
    people.merge_cells("A1:B1")
    people.merge_cells("C1:E1")
    people.append(["Full name", "TRN", "School URN", "Academic year", "Email"])
    people.append(["Ada <b>Bold</b>", 1, 100001, date(2023, 9, 4), '=B3&"@x"'])
    people.append(["=1+1", "0000004", "URN 100001", "2023/24", None])
    people.append(["Count", "=COUNTA(B3:B4)", None, None, None])
    made = io.BytesIO()
    book.save(made)
    page = reconciled(ann, made.getvalue())
    assert counts(page) == {"same": 2, "different": 0, "only_yours": 0, "only_dfe": 2}
    assert "no result for the formula in row 3, column E; row 4, column A, so we took that as blank" in page.text
    assert "We left out row 5" in page.text


def test_an_open_document_made_by_hand(ann: Client) -> None:
    started = value_of('office:value-type="date" office:date-value="2023-09-04"', "<text:p>04/09/23</text:p>")
    page = reconciled(
        ann,
        ods_of(
            document_of(
                sheet(row(text("About this file"))),
                sheet(
                    row(text("Name"), text("TRN"), text("School"), text("URN"), text("Year"), blank(1_000)),
                    row(text("ada bold"), number("1"), text("Oak"), number("100001"), started),
                    row(text("Zoe Unal"), number("3"), text("Oak"), number("100001"), text("2023-2024")),
                    row(text("Total"), number("2")),
                    row(blank(16_384), again=1_048_000),
                ),
            )
        ),
    )
    assert counts(page)["only_yours"] == 0
    assert {row[-3] for row in cells(page)} <= {"Full name", "School", "School unique reference number"}
    assert "We left out row 4" in page.text
