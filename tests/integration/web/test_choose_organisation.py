import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.people.organisations import Role
from tests.integration.web.client import Client, location
from tests.integration.web.world import ANN, CAT, World


@pytest.fixture
def cat(client: Client) -> Client:
    """Cat, who has access at two delivery partners and at a body, signed in and asked for a role."""
    assert client.sign_in(CAT) == "/choose-role"
    return client


def test_with_one_role_and_organisation_no_question_is_asked(client: Client) -> None:
    assert client.sign_in(ANN) == "/overview?acting=delivery_partner:dp-north"
    assert location(client.http.get("/change-role")) == "/overview?acting=delivery_partner:dp-north"
    assert "Change" not in client.get("/participants").text.split("Beta")[0]


def test_before_the_choice_every_area_asks_for_it(cat: Client) -> None:
    for path in ("/participants", "/participants.csv", "/ects", "/ects.csv", "/support/users"):
        assert location(cat.http.get(path)) == "/choose-role"


def test_each_role_is_offered_once_with_its_organisations(cat: Client) -> None:
    page = cat.get("/choose-role")
    assert [radio.attributes["value"] for radio in page.all("input", type="radio")] == [
        "delivery_partner",
        "appropriate_body",
    ]
    assert "South Hub, St Cuthbert’s & North Hub" in page.text


def test_both_choices_lead_to_how_a_role_is_added_removed_or_changed(cat: Client) -> None:
    for path in ("/choose-role", "/choose-organisation?role=delivery_partner"):
        page = cat.get(cat.get(path).one("main").link("Add, remove or change my role"))
        assert [heading.text for heading in page.one("main").all("h2")] == [
            "Add a role",
            "Remove a role",
            "Change a role",
        ]
        assert page.link("choose it") == "/choose-role"


def test_a_role_with_one_organisation_is_acted_in_at_once(cat: Client, world: World) -> None:
    place = location(cat.submit(cat.get("/choose-role"), "/choose-role", role="appropriate_body"))
    assert place == "/ects/overview?acting=appropriate_body:ab-north"
    assert [event.role for event in world.audit(AuditKind.ROLE_CHOSEN)] == [Role.APPROPRIATE_BODY]


def test_a_role_with_several_asks_for_which(cat: Client) -> None:
    place = location(cat.submit(cat.get("/choose-role"), "/choose-role", role="delivery_partner"))
    page = cat.get(place)
    assert [label.text for label in page.one("main").all("label")] == [
        "South Hub, delivery partner",
        "St Cuthbert’s & North Hub, delivery partner",
    ]
    place = location(cat.submit(page, "/choose-organisation", organisation="dp-south"))
    assert place == "/overview?acting=delivery_partner:dp-south"
    assert "South Hub" in cat.get(place).text


@pytest.mark.parametrize("role", ["", "banana", "support"])
def test_a_role_that_is_not_offered_is_told_of(cat: Client, role: str) -> None:
    page = cat.submitted(cat.get("/choose-role"), "/choose-role", 422, role=role)
    assert page.link("Select the role you want to act in") == "#role"


def test_no_organisation_is_told_of(cat: Client) -> None:
    page = cat.get("/choose-organisation?role=delivery_partner")
    page = cat.submitted(page, "/choose-organisation", 422)
    assert page.link("Select the organisation you want to act for") == "#organisation"


@pytest.mark.parametrize("organisation", ["dp-ended", "dp-nowhere", "ab-north"])
def test_a_foreign_organisation_is_as_one_that_does_not_exist(cat: Client, organisation: str) -> None:
    page = cat.get("/choose-organisation?role=delivery_partner")
    cat.submit(page, "/choose-organisation", 404, organisation=organisation)
    assert location(cat.http.get("/participants")) == "/choose-role"


@pytest.mark.parametrize("role", ["support", "banana"])
def test_organisations_of_a_foreign_role_do_not_exist(cat: Client, role: str) -> None:
    cat.get(f"/choose-organisation?role={role}", 404)


def test_an_organisation_without_a_role_is_understood_where_it_is_one(cat: Client) -> None:
    page = cat.get("/choose-organisation?role=delivery_partner")
    place = location(cat.submit(page, "/choose-organisation", role="", organisation="ab-north"))
    assert place.startswith("/ects")


def test_without_a_role_the_organisations_are_not_yet_asked_for(cat: Client) -> None:
    assert location(cat.http.get("/choose-organisation")) == "/choose-role"


def test_with_one_role_the_organisations_are_asked_for_at_once(client: Client, world: World) -> None:
    world.manage_access.remove(CAT, role=Role.APPROPRIATE_BODY, reason="Left")
    assert client.sign_in(CAT) == "/choose-role"
    assert location(client.http.get("/choose-role")) == "/choose-organisation"
    page = client.get("/choose-organisation")
    place = location(client.submit(page, "/choose-organisation", organisation="dp-north"))
    assert client.get(place).link("Change organisation") == "/change-role"


def test_the_role_is_changed_by_one_click_from_every_page(cat: Client) -> None:
    cat.choose("appropriate_body")
    assert cat.get("/ects").link("Change role") == "/change-role"
    assert location(cat.http.get("/change-role")) == "/choose-role"
    assert cat.choose("delivery_partner", "dp-north").startswith("/overview")


def test_roles_are_kept_apart(cat: Client) -> None:
    cat.choose("appropriate_body")
    for path in ("/participants", "/participants.csv", "/support/users", "/policy"):
        cat.get(path, 404)
    cat.choose("delivery_partner", "dp-north")
    for path in ("/ects", "/ects.csv"):
        cat.get(path, 404)
