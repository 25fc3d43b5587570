"""Every link and form carries the organisation that it was made for (service rule 6, security.md 22 and 46)."""

from urllib.parse import parse_qs, urlsplit

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.presentation.addresses import FOOTER
from tests.integration.web.client import Client, fields_of, location
from tests.integration.web.world import ANN, BEA, BODY, CAT, SAM, SOUTH, World, a_record

NORTH = "delivery_partner:dp-north"
OWN = {"/", "/change-role", "/sign-out", "/stay-signed-in", *FOOTER.values()}
"""Pages that belong to no organisation."""


@pytest.fixture
def cat(client: Client) -> Client:
    """Cat, acting for the south."""
    client.sign_in(CAT)
    client.choose("delivery_partner", "dp-south")
    return client


@pytest.mark.parametrize(
    ("email", "path"),
    [
        (ANN, "/participants?query=a&role=ect"),
        (ANN, "/participants?query=nobody-at-all"),
        (ANN, "/participants?per_page=20"),
        (ANN, "/downloads?query=a&role=ect"),
        (ANN, "/reconcile"),
        (ANN, "/participants?sort=since&direction=descending&page=2"),
        (ANN, "/participants/p-1?query=a&page=2"),
        (ANN, "/changes?since=2024-01-01&query=a"),
        (ANN, "/changes?since=2024-06-03"),
        (BEA, "/ects"),
        (BEA, "/ects/changes?since=2024-01-01"),
        (BEA, "/ects/p-1"),
        (BEA, "/ects/downloads"),
        (SAM, "/support"),
        (SAM, "/support/recalls"),
        (SAM, "/support/participants"),
        (SAM, "/support/agreements?show=ending"),
        (SAM, "/support/users"),
        (SAM, "/support/nominations"),
        (SAM, "/support/nominations/add"),
        (ANN, "/nominate"),
    ],
)
def test_every_link_and_form_of_a_page_names_its_organisation(
    client: Client, world: World, email: EmailAddress, path: str
) -> None:
    world.load([a_record(number, f"Pat {number}") for number in range(100, 160)])
    client.sign_in(email)
    page = client.get(path)
    made_for = page.one("nav", **{"aria-label": "Menu"}).all("a")[0].attributes["href"].partition("acting=")[2]
    places = [link.attributes["href"] for link in page.all("a")]
    for place in (place for place in places if place.startswith("/") and place not in OWN):
        assert parse_qs(urlsplit(place).query)["acting"] == [made_for]
    for form in (form for form in page.all("form") if form.attributes["action"] not in OWN):
        assert fields_of(form)["acting"] == made_for


def test_the_own_organisation_is_no_hindrance(ann: Client) -> None:
    ann.get(f"/participants?acting={NORTH}")
    ann.get("/participants")


@pytest.mark.parametrize(
    "path",
    [
        "/participants",
        "/participants.csv",
        "/participants.xlsx",
        "/participants/contacts.csv",
        "/participants/p-1",
        "/changes",
        "/changes.csv",
        "/downloads",
        "/ects",
        "/ects.csv",
        "/ects.xlsx",
        "/ects/downloads",
        "/ects/changes",
        "/ects/changes.csv",
    ],
)
def test_an_old_tab_shows_and_downloads_nothing(cat: Client, world: World, path: str) -> None:
    page = cat.get(f"{path}?acting={NORTH}", 409)
    assert page.one("h1").text == "You changed to South Hub, delivery partner"
    for data in ("Ada", "Sid", "participants found"):
        assert data not in page.text
    for kind in (AuditKind.LIST_VIEWED, AuditKind.PARTICIPANT_VIEWED, AuditKind.CHANGES_VIEWED, AuditKind.DOWNLOADED):
        assert not world.audit(kind)


def test_its_button_changes_back_to_where_one_was(cat: Client) -> None:
    asked = f"/participants?query=ada&acting={NORTH}"
    page = cat.get(asked, 409)
    assert page.one("main").one("button").text == "Change back to St Cuthbert’s & North Hub, delivery partner"
    assert location(cat.submit(page, "/choose-organisation")) == asked
    assert "Ada" in cat.get(asked).text


def test_its_link_goes_on(cat: Client) -> None:
    page = cat.get(f"/participants?acting={NORTH}", 409)
    there = cat.get(page.link("Continue as South Hub, delivery partner"))
    assert there.one("span", **{"class": "govuk-caption-l"}).text == "South Hub, delivery partner"


def test_another_choice_later_does_not_lead_back_to_the_old_tab(cat: Client) -> None:
    cat.get(f"/participants?acting={NORTH}", 409)
    assert cat.choose("delivery_partner", "dp-south") == "/overview?acting=delivery_partner:dp-south"


def test_an_old_tab_of_another_role_gets_the_same(cat: Client) -> None:
    cat.choose("appropriate_body")
    page = cat.get(f"/participants?acting={NORTH}", 409)
    assert page.one("h1").text == "You changed to Pennine Induction, appropriate body"


def test_support_can_change_back_to_support(client: Client, world: World) -> None:
    world.add(SAM, "Sam Ray", SOUTH)
    client.sign_in(SAM)
    client.choose("delivery_partner")
    page = client.get("/support/users?acting=support:", 409)
    assert location(client.submit(page, "/choose-role")) == "/support/users?acting=support:"


@pytest.mark.parametrize(
    "foreign",
    [
        "delivery_partner:dp-ended",
        "delivery_partner:dp-nowhere",
        "appropriate_body:dp-south",
        "support:",
        "banana",
        "delivery_partner:",
        ":",
    ],
)
@pytest.mark.parametrize("path", ["/participants", "/participants.csv"])
def test_a_foreign_organisation_is_as_one_that_does_not_exist(cat: Client, path: str, foreign: str) -> None:
    assert cat.get(f"{path}?acting={foreign}", 404).one("h1").text == "Page not found"


def test_a_form_of_an_old_tab_changes_nothing(client: Client, world: World) -> None:
    world.add(SAM, "Sam Ray", BODY)
    client.sign_in(SAM)
    client.choose("support")
    page = client.get("/support/nominations/add")
    client.choose("appropriate_body")
    form = {"name": "New", "email": "new@x.example", "role": "appropriate_body", "organisation": "ab-north"}
    sent = {**form, "nominated_by": "boss@x.example", "reference": "Mail 1"}
    client.submit(page, "/support/nominations/add", 409, **sent)
    assert not world.nomination_queue.open()
