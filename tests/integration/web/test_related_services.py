"""A role in a related service is granted and chosen like the others, and hands over to its address (service rule 6)."""

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import AccessGranted
from checkdata.domain.people.organisations import RelatedService, Role
from checkdata.entrypoints.settings.related_services import related_services
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, BEA, CAT, World

NPQ = RelatedService("npq", "NPQ data")
SERVICES = related_services("npq NPQ data https://npq.example/start; eyp Early years https://eyp.example")
HERE = "/related-service"


@pytest.fixture
def handed_over(world: World) -> World:
    """Two related services are known, and Ann and Cat may go to one of them."""
    world.related = SERVICES
    for email, name in ((ANN, "Ann Lee"), (CAT, "Cat Doe")):
        world.add(email, name, NPQ)
    return world


@pytest.fixture
def ann(handed_over: World) -> Client:
    client = Client(handed_over)
    assert client.sign_in(ANN) == "/choose-role"
    return client


def chosen(client: Client, role: str = "related_service") -> str:
    """Where choosing the role leads."""
    place: str = client.submit(client.get("/choose-role"), "/choose-role", role=role).headers["location"]
    return place


def offered(page: Element) -> list[str]:
    return [radio.attributes["value"] for radio in page.all("input", type="radio")]


def test_it_is_offered_by_its_name_beside_the_other_roles(ann: Client) -> None:
    page = ann.get("/choose-role")
    assert offered(page) == ["delivery_partner", "related_service"]
    assert "Related service NPQ data" in page.one("main").text


def test_choosing_it_leads_to_its_address_and_nothing_else_is_in_that(ann: Client, handed_over: World) -> None:
    assert chosen(ann) == "https://npq.example/start"
    *_, event = handed_over.audit(AuditKind.ROLE_CHOSEN)
    assert (event.role, event.organisation_id) == (Role.RELATED_SERVICE, "npq")


def test_of_several_services_one_is_chosen(ann: Client, handed_over: World) -> None:
    handed_over.add(ANN, "Ann Lee", RelatedService("eyp"))
    page = ann.get(chosen(ann))
    assert [label.text for label in page.one("main").all("label")] == [
        "Early years, related service",
        "NPQ data, related service",
    ]
    answer = ann.submit(page, "/choose-organisation", organisation="eyp")
    assert answer.headers["location"] == "https://eyp.example"


def test_in_that_role_there_is_nothing_of_ours_but_the_way_there_and_back(ann: Client) -> None:
    chosen(ann)
    for path in ("/participants", "/participants.csv", "/ects", "/changes", "/support/users", "/policy"):
        ann.get(path, 404)
    page = ann.get(HERE)
    assert page.link("Go to NPQ data") == "https://npq.example/start"
    assert page.link("Change role") == "/change-role"
    assert location(ann.http.get("/change-role")) == "/choose-role"
    assert chosen(ann, "delivery_partner").startswith("/overview")
    ann.get(HERE, 404)


def test_a_user_with_no_other_role_is_shown_the_way_there(handed_over: World) -> None:
    handed_over.manage_access.remove(ANN, role=Role.DELIVERY_PARTNER, reason="Left")
    client = Client(handed_over)
    assert client.sign_in(ANN) == f"{HERE}?acting=related_service:npq"
    assert client.get(HERE).one("h1").text == "Go to NPQ data"


def test_a_form_may_lead_only_to_the_services_of_the_settings(handed_over: World) -> None:
    policies = [Client(world).http.get("/").headers["content-security-policy"] for world in (handed_over, World())]
    assert "; form-action 'self' https://npq.example https://eyp.example;" in policies[0]
    assert "; form-action 'self';" in policies[1]


def test_a_user_who_was_not_granted_it_finds_nothing(handed_over: World) -> None:
    client = Client(handed_over)
    client.sign_in(BEA)
    client.get(HERE, 404)
    assert "NPQ" not in client.get("/ects").text


def test_once_access_is_removed_the_way_is_closed(ann: Client, handed_over: World) -> None:
    chosen(ann)
    handed_over.manage_access.remove(ANN, role=Role.RELATED_SERVICE, reason="Left")
    ann.get(HERE, 403)


def test_a_service_that_settings_no_longer_name_cannot_be_reached(handed_over: World) -> None:
    handed_over.related = ()
    client = Client(handed_over)
    client.sign_in(ANN)
    assert chosen(client) == f"{HERE}?acting=related_service:npq"
    assert client.get(HERE, 404).one("h1").text == "This service cannot be reached from here"


def test_a_user_who_is_given_it_is_mailed_for_which_service(handed_over: World) -> None:
    *_, mail = [message for to, message in handed_over.mails_sent() if to == ANN]
    assert isinstance(mail, AccessGranted)
    assert (mail.role, mail.organisation) == (Role.RELATED_SERVICE, "NPQ data")
