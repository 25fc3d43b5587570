import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from attrs import evolve
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from checkdata.adapters.spreadsheets import workbook
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.listing.columns import BODY_COLUMNS, PARTNER_COLUMNS, neutralised
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.domain.training.facts import Eligibility, EligibilityReason
from tests.integration.web.client import Client, check_laws
from tests.integration.web.test_listing import row_of, rows, values
from tests.integration.web.world import (
    ANN,
    BEA,
    NORTHS_RULES,
    NOW,
    RECORDS,
    REFERENCES,
    World,
    a_record,
    with_feed_and_access,
)
from tests.storages import owners
from tests.unit.reconciliation.examples import ANNA

HEADER = "full_name,email_address,trn,role,lead_provider,school,school_unique_reference_number,academic_year,status"
QUERIES = [
    "",
    "?sort=school&direction=descending",
    "?query=a",
    "?role=mentor",
    "?academic_year=2023&status=dfe_checking_eligibility",
    "?query=nobody",
]


def download(client: Client, path: str) -> bytes:
    response = client.http.get(path)
    assert response.status_code == 200
    check_laws(response, client.world)
    return response.content


def test_a_download_is_a_csv_that_excel_opens_and_nothing_keeps(ann: Client) -> None:
    response = ann.http.get("/participants.csv")
    assert response.content.startswith(b"\xef\xbb\xbffull_name,")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert b"\r" not in response.content


def sheet_of(file: bytes) -> Worksheet:
    sheet = load_workbook(io.BytesIO(file)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def workbook_rows(file: bytes) -> list[list[str]]:
    return [[str(cell.value or "") for cell in row] for row in sheet_of(file).iter_rows()]


@pytest.mark.parametrize("query", QUERIES)
def test_it_has_what_the_page_shows_in_the_same_order(ann: Client, query: str) -> None:
    page = ann.get(f"/participants{query}")
    shown = [[neutralised(value) for value in values(row)] for row in (rows(page) if page.all("tbody") else [])]
    text = download(ann, f"/participants.csv{query}").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1:] == shown
    assert text.splitlines()[0] == HEADER


def test_the_pages_link_leads_to_it_with_the_same_words(ann: Client) -> None:
    page = ann.get("/participants?query=a&role=ect&per_page=20")
    place = page.link("Download all 3 participants as CSV")
    assert place.startswith("/participants.csv?query=a&role=ect&acting=")
    assert len(download(ann, place).splitlines()) == 1 + 3


@pytest.mark.parametrize("query", QUERIES)
def test_the_workbook_has_the_same_cells_as_the_page(ann: Client, query: str) -> None:
    page = ann.get(f"/participants{query}")
    shown = [values(row) for row in (rows(page) if page.all("tbody") else [])]
    headings, *cells = workbook_rows(download(ann, f"/participants.xlsx{query}"))
    assert headings == [*(column.heading for column in PARTNER_COLUMNS), "Prior induction"]
    assert [row[:-1] for row in cells] == shown


def test_a_prior_induction_is_told_in_the_list_and_in_a_column_of_the_workbook(ann: Client, world: World) -> None:
    prior = evolve(
        RECORDS[0],
        eligibility=Eligibility.INELIGIBLE,
        eligibility_reason=EligibilityReason.PREVIOUS_INDUCTION,
        updated_at=NOW,
    )
    world.load([prior])
    status = row_of(ann.get("/participants"), "Ada <b>Bold</b>").all("td")[-2]
    assert status.text == "Not eligiblePrior induction registered"
    headings, *cells = workbook_rows(download(ann, "/participants.xlsx"))
    assert {row[0]: row[headings.index("Prior induction")] for row in cells if row[-1]} == {"Ada <b>Bold</b>": "Yes"}
    assert download(ann, "/participants.csv").decode("utf-8-sig").splitlines()[0] == HEADER


def test_in_the_workbook_everything_is_text_with_its_zeros(ann: Client) -> None:
    sheet = sheet_of(download(ann, "/participants.xlsx"))
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert {type(cell.value) for row in sheet.iter_rows() for cell in row} == {str, type(None)}
    assert "0000001" in {row[2].value for row in sheet.iter_rows()}
    assert "=1+1" in {row[0].value for row in sheet.iter_rows()}
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:J5"


def test_a_workbook_is_an_attachment_that_nothing_keeps(ann: Client) -> None:
    response = ann.http.get("/participants.xlsx")
    assert response.headers["content-type"].endswith(".spreadsheetml.sheet")
    assert response.headers["content-disposition"].endswith('2024-06-03.xlsx"')
    assert response.headers["cache-control"] == "no-store"


def test_appropriate_bodies_get_a_workbook_of_what_they_see(client: Client) -> None:
    client.sign_in(BEA)
    query = "?status=training_or_eligible_for_training"
    as_csv = list(csv.reader(io.StringIO(download(client, f"/ects.csv{query}").decode("utf-8-sig"))))
    headings, *cells = workbook_rows(download(client, f"/ects.xlsx{query}"))
    assert headings == [column.heading for column in BODY_COLUMNS]
    assert [[neutralised(cell) for cell in row] for row in cells] == as_csv[1:]
    assert cells


def test_excel_comes_first_and_says_why(ann: Client) -> None:
    page = ann.get("/downloads")
    headings = [heading.text for heading in page.one("main").all("h2")]
    assert headings[:2] == ["Excel workbook", "CSV file"]
    assert "TRNs keep the zeros at their front" in page.text
    assert "opens a CSV file drops the zeros at the front of a TRN" in page.text


def test_an_extended_file_has_what_the_list_says_beside_the_nine_columns(ann: Client, world: World) -> None:
    text = download(ann, "/participants/extended.csv?query=ada").decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text))
    assert header == [*HEADER.split(","), "since", "or_earlier", "next", "prior_induction", "changed_on"]
    assert row[9:] == ["2024-01-15", "Yes", "Nobody", "", RECORDS[0].updated_at.date().isoformat()]
    headings, *cells = workbook_rows(download(ann, "/participants/extended.xlsx?query=siobhan"))
    assert headings[9:] == [
        "Since",
        "Or earlier",
        "Who needs to act",
        "Prior induction",
        "Training record last updated on",
    ]
    assert cells[0][9:12] == ["2024-01-15", "Yes", "School"]
    assert [event.details["format"] for event in world.audit(AuditKind.DOWNLOADED)] == ["extended", "extended_xlsx"]
    assert [event.details["rows"] for event in world.audit(AuditKind.FILE_SENT)] == [1, 1]


def test_a_bodys_extended_file_has_no_column_of_partners(client: Client) -> None:
    client.sign_in(BEA)
    header = download(client, "/ects/extended.csv").decode("utf-8-sig").splitlines()[0]
    assert header == (
        "full_name,trn,school_urn,status,induction_type,induction_tutor,since,or_earlier,next,prior_induction,changed_on"
    )


def test_the_page_of_downloads_shows_no_participant_and_offers_no_empty_file(ann: Client, world: World) -> None:
    page = ann.get("/downloads?query=nobody")
    assert page.text.count("There is nothing to download") == 5
    assert not world.audit(AuditKind.DOWNLOADED)
    assert not world.audit(AuditKind.LIST_VIEWED)


@pytest.mark.parametrize(
    "path",
    [
        "/downloads",
        "/participants.csv",
        "/participants.xlsx",
        "/participants/contacts.csv",
        "/participants/all-contacts.csv",
        "/participants/extended.csv",
    ],
)
def test_a_filter_that_is_not_understood_downloads_nothing(ann: Client, world: World, path: str) -> None:
    page = ann.get(f"{path}?status=x", 422)
    assert "Select a status from the list" in page.text
    assert not world.audit(AuditKind.DOWNLOADED)


def test_the_first_piece_of_a_workbook_leaves_before_its_last_row_is_read() -> None:
    read = 0

    def participants() -> Iterator[ListedParticipant]:
        nonlocal read
        for number in range(60_000):
            read += 1
            yield evolve(ANNA, full_name=f"Anna {number}")

    pieces = workbook(participants(), PARTNER_COLUMNS, "Participants")
    assert next(pieces)
    assert read < 5000


def test_it_has_all_pages(ann: Client, world: World) -> None:
    world.load([a_record(number, f"Pat {number}") for number in range(1000, 2300)])
    assert len(download(ann, "/participants.csv?query=pat&page=2&per_page=20").splitlines()) == 1 + 1300


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("St Cuthbert’s & North Hub", "st-cuthberts-north-hub"),
        ("Łódź Çédille/..\\ Hub\r\n", "lodz-cedille-hub"),
        ("教师", "dp-north"),
    ],
)
def test_its_name_is_the_partners_slug_and_londons_date(name: str, file: str) -> None:
    world = with_feed_and_access(World())
    world.now = datetime(2024, 6, 2, 23, 30, tzinfo=UTC)
    partners = [DeliveryPartner("dp-north", name), *(REFERENCES.delivery_partners or ())[1:]]
    with owners(world.storage).writing() as work:
        work.feed_store.put_references(evolve(REFERENCES, delivery_partners=partners))
        work.commit()
    client = Client(world)
    client.sign_in(ANN)
    disposition = client.http.get("/participants.csv").headers["content-disposition"]
    assert disposition == f'attachment; filename="{file}-2024-06-03.csv"'


def test_it_is_on_record_before_its_first_byte(ann: Client, world: World) -> None:
    download(ann, "/participants.csv?query=ada&role=ect")
    (event,) = world.audit(AuditKind.DOWNLOADED)
    assert event.details == {
        "role": "ect",
        "searched": True,
        "agreements": "ag-dp-north",
        "rules": NORTHS_RULES,
        "download": event.details["download"],
        "format": "csv",
        "rows": 1,
    }
    assert event.import_id is not None


@pytest.mark.parametrize(("path", "ending"), [("/participants.csv", "csv"), ("/participants.xlsx", "xlsx")])
def test_asking_for_its_headers_downloads_nothing(ann: Client, world: World, path: str, ending: str) -> None:
    response = ann.http.head(path)
    assert response.status_code == 200
    assert re.fullmatch(rf'attachment; filename="[a-z0-9-]+\.{ending}"', response.headers["content-disposition"])
    assert not world.audit(AuditKind.DOWNLOADED)
