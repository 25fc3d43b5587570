import csv
import io
import re
from datetime import UTC, datetime

import pytest
from attrs import evolve

from checkdata.domain.audit import AuditKind
from checkdata.domain.downloads import neutralised
from checkdata.domain.organisations import DeliveryPartner
from tests.integration.web.client import Client, check_laws
from tests.integration.web.test_listing import rows, values
from tests.integration.web.world import ANN, REFERENCES, World, a_record, with_everybody

HEADER = "full_name,email_address,trn,role,lead_provider,school,school_unique_reference_number,academic_year,status"
QUERIES = [
    "",
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
    world = with_everybody(World())
    world.now = datetime(2024, 6, 2, 23, 30, tzinfo=UTC)
    partners = [DeliveryPartner("dp-north", name), *(REFERENCES.delivery_partners or ())[1:]]
    with world.storage.writing() as work:
        work.feed_store.put_references(evolve(REFERENCES, delivery_partners=partners))
        work.commit()
    client = Client(world)
    client.sign_in(ANN)
    disposition = client.http.get("/participants.csv").headers["content-disposition"]
    assert disposition == f'attachment; filename="{file}-2024-06-03.csv"'


def test_it_is_on_record_before_its_first_byte(ann: Client, world: World) -> None:
    download(ann, "/participants.csv?query=ada&role=ect")
    (event,) = world.audit(AuditKind.DOWNLOADED)
    assert event.details == {"role": "ect", "searched": True, "agreements": "ag-dp-north", "rows": 1}
    assert event.import_id is not None


def test_asking_for_its_headers_downloads_nothing(ann: Client, world: World) -> None:
    response = ann.http.head("/participants.csv")
    assert response.status_code == 200
    assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.csv"', response.headers["content-disposition"])
    assert not world.audit(AuditKind.DOWNLOADED)
