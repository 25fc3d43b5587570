"""What an appropriate body sees: the twin of a delivery partner's page, with its own columns and labels."""

import csv
import io

import pytest
from attrs import evolve

from checkdata.domain.training.facts import TrainingStatus
from tests.integration.web.client import Client
from tests.integration.web.test_filters import options
from tests.integration.web.test_listing import names, row_of
from tests.integration.web.world import BEA, NOW, OAK, RECORDS, World


@pytest.fixture
def bea(client: Client) -> Client:
    client.sign_in(BEA)
    return client


def test_a_body_sees_its_ects_and_no_mentors(bea: Client) -> None:
    assert names(bea.get("/ects")) == ["=1+1", "Ada <b>Bold</b>", "Siobhán O’Neill"]


def test_it_sees_its_own_columns_and_labels(bea: Client) -> None:
    page = bea.get("/ects")
    assert [heading.text for heading in page.one("thead").all("th")] == [
        "Full name",
        "TRN",
        "URN",
        "Status",
        "Since",
        "Induction type",
        "Induction tutor",
    ]
    row = row_of(page, "Ada <b>Bold</b>")
    assert [cell.own_text() for cell in row.all("td")] == [
        "0000001",
        "100001",
        "",
        "15 Jan 2024",
        "Provider-led",
        "tutor@school.example",
    ]
    assert row.one("strong").text == "Induction confirmed"
    assert row_of(page, "Siobhán O’Neill").one("strong").text == "No induction"


def test_it_sees_the_name_of_a_school_below_its_urn_and_on_the_own_page_of_an_ect(bea: Client) -> None:
    listing = bea.get("/ects?query=oak")
    row = row_of(listing, "Ada <b>Bold</b>")
    assert row.all("td")[1].one("small").text == OAK.name
    page = bea.get(listing.one("tbody").link("Ada <b>Bold</b>"))
    assert OAK.name in page.text


def test_it_is_told_nothing_that_only_partners_see(bea: Client) -> None:
    text = bea.http.get("/ects").text
    for hidden in ("person1@school.example", "Beacon", "1999", "0000002"):
        assert hidden not in text


def test_its_download_has_the_same(bea: Client) -> None:
    response = bea.http.get("/ects.csv?query=ada")
    assert list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")))) == [
        ["full_name", "trn", "school_urn", "status", "induction_type", "induction_tutor"],
        ["Ada <b>Bold</b>", "0000001", "100001", "Induction confirmed", "Provider-led", "tutor@school.example"],
    ]
    assert response.headers["content-disposition"] == 'attachment; filename="pennine-induction-2024-06-03.csv"'


def test_it_filters_by_status_in_its_own_words(bea: Client, world: World) -> None:
    world.load([evolve(RECORDS[0], training_status=TrainingStatus.WITHDRAWN, updated_at=NOW)])
    page = bea.get("/ects?status=no_longer_being_trained")
    assert names(page) == ["Ada <b>Bold</b>"]
    assert options(page, "status")["no_longer_being_trained"] == "ECT not currently linked to you (1)"
    assert page.link("Remove status: ECT not currently linked to you")
    assert page.one("h2", id="found").text == "1 early career teacher found"


def test_it_filters_by_who_needs_to_act_and_by_induction_type(bea: Client) -> None:
    assert names(bea.get("/ects?next=school")) == ["Siobhán O’Neill"]
    assert bea.get("/ects?induction_type=school_led").one("h2", id="found").text == "0 early career teachers found"
    page = bea.get("/ects?induction_type=provider_led&next=school")
    assert names(page) == ["Siobhán O’Neill"]
    assert options(page, "induction_type")["provider_led"] == "Provider-led (1)"
    assert page.link("Remove induction type: Provider-led")


def test_it_filters_by_academic_year(bea: Client) -> None:
    page = bea.get("/ects?academic_year=2022")
    assert names(page) == ["Siobhán O’Neill"]
    assert options(page, "academic_year") == {"2023": "2023 (2)", "2022": "2022 (1)"}
    assert page.link("Remove academic year: 2022")
    lines = bea.http.get("/ects.csv?academic_year=2022").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["full_name", "Siobhán O’Neill"]


@pytest.mark.parametrize("words", ["role=ect", "role=mentor"])
@pytest.mark.parametrize("path", ["/ects", "/ects.csv"])
def test_a_filter_that_it_does_not_have_is_not_ignored(bea: Client, path: str, words: str) -> None:
    assert "cannot be filtered by" in bea.get(f"{path}?{words}", 422).text


def test_what_the_statuses_mean_is_told_to_it_without_mentors(bea: Client) -> None:
    assert "mentor" not in bea.get(bea.get("/ects").one("main").link("What the statuses mean")).one("main").text


def test_it_finds_its_ects_by_name(bea: Client) -> None:
    for _ in range(2):  # the first page finds out what the next ones need not ask
        assert names(bea.get("/ects?query=oneill")) == ["Siobhán O’Neill"]
