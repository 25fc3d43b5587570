from collections.abc import Callable

import pytest

from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.settings import DemoUser
from tests.integration.web.client import Client, location
from tests.integration.web.world import ANN, BEA, SAM, World


def test_the_start_page_says_what_the_service_is_and_how_to_get_in(client: Client) -> None:
    page = client.get("/")
    assert page.one("h1").text == "Check data for delivery partners"
    assert "early career teachers (ECTs) and mentors" in page.text
    assert "a lead provider that works with you to confirm" in page.text
    assert page.link("Start now") == "/sign-in"


@pytest.mark.parametrize(("email", "place"), [(ANN, "/overview"), (BEA, "/ects/overview"), (SAM, "/support")])
def test_start_now_leads_to_the_own_first_page_for_who_is_signed_in(
    client: Client, email: EmailAddress, place: str
) -> None:
    client.sign_in(email)
    begin = client.get("/").link("Start now")
    assert begin.startswith(f"{place}?acting=")
    client.get(begin)


def test_outside_the_demo_no_user_is_listed(client: Client) -> None:
    page = client.get("/")
    assert "demo" not in page.text.lower()
    assert not page.all("table")


def test_the_demo_lists_its_users_and_sends_each_a_link(world: World) -> None:
    world.demo_users = [
        DemoUser(email=str(ANN), name="Ann Lee", role="Delivery partner", organisation="North", shows="Everything")
    ]
    client = Client(world)
    page = client.get("/")
    assert page.one("tbody").one("tr").text.startswith("Ann Leeann@north.example Delivery partner North Everything")
    assert page.link("mailbox") == "/mailbox"
    assert location(client.submit(page, "/sign-in")) == "/sign-in/check-your-email"


def test_a_signed_in_user_can_sign_out_from_every_page(ann: Client, new_client: Callable[[], Client]) -> None:
    for path, status in (("/", 200), ("/participants", 200), ("/nothing-here", 404), ("/participants?status=x", 422)):
        assert ann.get(path, status).one("form", action="/sign-out").one("button").text == "Sign out"
    assert not new_client().get("/").all("form", action="/sign-out")
