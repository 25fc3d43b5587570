"""The overview: what there is to do and how it stands, in numbers that lead to those whom they count."""

from typing import Any, Final

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.training.facts import DetailsGiven, TrainingStatus
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, BEA, CAT, NORTH, RECORDS, World, a_record

WAITING: Final[dict[str, Any]] = {"details_given": DetailsGiven.NONE, "trn": None, "trn_validated": False}
UNA: Final = a_record(7, "Una Wait", **WAITING)


@pytest.fixture
def ann(client: Client) -> Client:
    client.sign_in(ANN)
    return client


def rows_of(page: Element, table: str) -> dict[str, list[str]]:
    """The cells of a table by the first cell of their row."""
    [found] = page.all("table", **{"aria-labelledby": table})
    return {row.one("th").text: [cell.text for cell in row.all("td")] for row in found.one("tbody").all("tr")}


def headings_of(page: Element, table: str) -> list[str]:
    [found] = page.all("table", **{"aria-labelledby": table})
    return [heading.text for heading in found.one("thead").all("th")]


def tiles_of(page: Element) -> list[Element]:
    return [tile.all("a")[0] for tile in page.all("li", **{"class": "app-tile"})]


def found_by(client: Client, link: Element) -> str:
    return client.get(link.attributes["href"]).one("h2", id="found").text


def test_signing_in_leads_there(client: Client) -> None:
    assert client.sign_in(ANN) == "/overview?acting=delivery_partner:dp-north"
    assert client.sign_in(BEA) == "/ects/overview?acting=appropriate_body:ab-north"


def test_each_who_can_act_has_a_number_that_leads_to_those_participants(ann: Client) -> None:
    ann.world.load([*RECORDS, UNA])
    tiles = tiles_of(ann.get("/overview"))
    assert [tile.text for tile in tiles] == ["2 Schools", "0 Lead providers", "0 Appropriate bodies", "0 DfE"]
    assert found_by(ann, tiles[0]) == "2 participants found"


def test_each_status_has_its_number_and_what_it_is_against_a_month_ago(client: Client) -> None:
    world = client.world
    world.load([*RECORDS, UNA])
    world.pass_time(days=40)
    deferred = evolve(RECORDS[0], training_status=TrainingStatus.DEFERRED)
    world.load([deferred, a_record(7, "Una Wait"), a_record(8, "Una Two")])
    client.sign_in(ANN)
    page = client.get("/overview")
    assert page.one("h2", id="statuses").text == "4 early career teachers in academic year 2023"
    assert headings_of(page, "statuses") == ["Status", "Now", "Since 3 June 2024"]
    rows = rows_of(page, "statuses")
    assert rows["Contacted for information"] == ["0", "1 fewer"]
    assert rows["Training or eligible for training"] == ["3", "1 more"]
    assert rows["Participant deferred"] == ["1", "1 more"]
    assert rows["Induction completed"] == ["0", "no change"]
    assert rows["All statuses"] == ["4", "1 more"]
    assert rows_of(page, "days")["3 June 2024"] == ["1", "0", "0", "0", "2", "0", "0", "0"]


def test_without_an_earlier_day_there_is_nothing_to_compare_with(ann: Client) -> None:
    page = ann.get("/overview")
    assert headings_of(page, "statuses") == ["Status", "Now"]
    assert "There is no earlier day to compare with yet." in page.one("main").text


def test_another_year_and_the_mentors_can_be_chosen(ann: Client) -> None:
    page = ann.get("/overview")
    assert ann.get(page.link("2022")).one("h2", id="statuses").text == "1 early career teacher in academic year 2022"
    assert ann.get(page.link("Mentors")).one("h2", id="statuses").text == "1 mentor in academic year 2023"


@pytest.mark.parametrize("words", ["role=x", "academic_year=x"])
def test_a_year_or_a_role_that_is_not_understood_is_422(ann: Client, words: str) -> None:
    ann.get(f"/overview?{words}", 422)


def test_a_body_has_its_own_labels_and_no_choice_of_a_role(client: Client) -> None:
    client.sign_in(BEA)
    page = client.get("/ects/overview")
    assert rows_of(page, "statuses")["Induction confirmed"] == ["2"]
    assert "Mentors" not in page.one("main").text
    link = page.one("main").link("Induction confirmed")
    assert client.get(link).one("h2", id="found").text == "2 early career teachers found"


def test_its_changes_are_those_to_which_its_link_leads(client: Client) -> None:
    client.world.pass_time(days=10)
    client.world.load([*RECORDS, UNA])
    client.sign_in(ANN)
    link = client.get("/overview").link("1 change since Friday 7 June 2024")
    assert client.get(link).one("h2", id="found").text.startswith("1 change ")


def test_the_schools_with_most_to_resolve_are_named(ann: Client) -> None:
    page = ann.get("/overview")
    assert page.one("h2", id="schools").text == "2 schools, most to resolve first"
    assert rows_of(page, "schools") == {
        "Oak <Primary>": ["3", "1 to resolve at Oak <Primary>"],
        "St Mary’s": ["1", "0"],
    }


def test_where_agreements_cover_nobody_it_says_so(client: Client) -> None:
    world = client.world
    world.load([record for record in RECORDS if record.delivery_partner_id != NORTH.id], complete=True)
    client.sign_in(ANN)
    text = client.get("/overview").one("main").text
    assert f"No participants are linked to {NORTH.name}, delivery partner, at the moment." in text


def test_it_says_what_the_agreements_cover_even_where_that_is_nobody(client: Client) -> None:
    world = client.world
    client.sign_in(ANN)
    for records in (RECORDS, [record for record in RECORDS if record.delivery_partner_id != NORTH.id]):
        world.load(records, complete=True)
        main = client.get("/overview").one("main")
        assert "What you may see here" in [heading.text for heading in main.all("h2")]
        assert any(item.text.startswith("Beacon Teaching: all academic years") for item in main.all("li"))


def test_a_body_needs_no_agreement_and_is_told_of_none(client: Client) -> None:
    client.sign_in(BEA)
    assert "What you may see here" not in client.get("/ects/overview").text


def test_it_leads_to_the_team_while_a_colleague_is_due_and_only_then(world: World, client: Client) -> None:
    client.sign_in(ANN)
    team = client.get(client.get("/overview").link("Confirm who works here"))
    client.submit(team, "/team")
    assert "Confirm who works here" not in client.get("/overview").text
    world.pass_time(days=92)
    client.sign_in(ANN)
    assert "Confirm who works here" in client.get("/overview").text


def test_it_does_not_ask_to_confirm_a_colleague_who_is_suspended(world: World, client: Client) -> None:
    world.pass_time(days=92)
    world.manage_access.suspend(CAT, reason="Investigation")
    client.sign_in(ANN)
    assert "Do your colleagues still work here?" not in client.get("/team").text
    assert "Confirm who works here" not in client.get("/overview").text


def test_it_names_nobody_and_no_view_of_it_is_recorded(ann: Client, world: World) -> None:
    ann.get("/overview")
    ann.get("/schools")
    text = ann.http.get("/overview").text + ann.http.get("/schools").text
    assert not any(record.full_name in text or record.email in text for record in RECORDS if record.email)
    assert not world.audit(AuditKind.LIST_VIEWED)


def test_what_is_drawn_is_hidden_from_those_who_listen(ann: Client) -> None:
    drawn = ann.get("/overview").one("main").all("svg")
    assert drawn
    assert {each.attributes["aria-hidden"] for each in drawn} == {"true"}
