"""An appropriate body's own list, compared with what its listing shows and nothing more (security.md 26 and 27)."""

import csv
import io

import pytest

from checkdata.domain.audit.events import AuditKind
from tests.integration.web.client import Client
from tests.integration.web.reconciling import cells, chosen, compare, counts, go_on, reconciled, upload
from tests.integration.web.world import BEA, World

PATH = "/ects/reconcile"


@pytest.fixture
def bea(client: Client) -> Client:
    client.sign_in(BEA)
    return client


def listed(bea: Client) -> list[dict[str, str]]:
    text = bea.http.get("/ects.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_bodys_download_compared_with_its_listing_is_the_same_throughout(bea: Client) -> None:
    for ending in ("csv", "xlsx"):
        page = reconciled(bea, bea.http.get(f"/ects.{ending}").content, PATH)
        assert counts(page) == {"same": len(listed(bea)), "different": 0, "only_yours": 0, "only_dfe": 0}


def test_only_what_a_bodys_listing_shows_is_offered_for_a_column(bea: Client) -> None:
    page = upload(
        bea, "Name,Email,Role,Year,URN,TRN,Lead provider\nAda,ada@x.example,ECT,2023,100001,1,Beacon\n", path=PATH
    )
    offered = {option.attributes["value"] for option in page.one("select", id="column_0").all("option")}
    assert not offered & {"email_address", "role", "academic_year", "lead_provider"}
    assert {"full_name", "trn", "school_unique_reference_number", "status", "induction_type"} <= offered
    compare(bea, page, 400, column_1="email_address")
    compare(bea, page, 400, column_3="academic_year")


def test_nothing_but_what_a_bodys_listing_shows_leaves(bea: Client, world: World) -> None:
    form = chosen(reconciled(bea, "Name,TRN\nNobody,7654321\n", PATH))
    text = bea.post(f"{PATH}/result.csv", form, 200).content.decode("utf-8-sig")
    pages = [
        go_on(bea, reconciled(bea, "Name,TRN\nNobody,7654321\n", PATH), show=group).text
        for group in ("only_dfe", "only_yours")
    ]
    for leaked in ("@school.example", "Beacon", "2023"):
        assert not any(leaked in shown for shown in (text, *pages))
    (event, *_) = world.audit(AuditKind.LIST_RECONCILED)
    assert event.organisation_id == "ab-north"


def test_a_bodys_names_lead_to_its_own_pages(bea: Client) -> None:
    page = go_on(bea, reconciled(bea, "Name,TRN\nNobody,7654321\n", PATH), show="only_dfe")
    assert len(cells(page)) == len(listed(bea))
    for link in page.one("tbody").all("a"):
        assert link.attributes["href"].startswith("/ects/")
        bea.get(link.attributes["href"])


def test_a_body_that_chooses_too_few_columns_is_told_what_it_needs(bea: Client) -> None:
    page = compare(bea, upload(bea, "Status\nChecking QTS\n", path=PATH), 422)
    assert "Choose which column holds the TRN, or choose both the full name and the school’s URN." in page.text


def test_the_pages_of_the_two_roles_are_apart(bea: Client) -> None:
    bea.get("/reconcile", 404)
