"""Support adds a second address with another support user, its holder confirms it, and support removes it (rule 4)."""

from collections.abc import Callable

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import SecondAddressLinkMessage
from checkdata.domain.people.users import User
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.test_support_proposals import press, tom
from tests.integration.web.world import ANN, BEA, CAT, NORTH, SAM, World

__all__ = ["tom"]

SECOND = EmailAddress("ann@trust.example")
OTHER = EmailAddress("ann.fox@elsewhere.example")


@pytest.fixture
def sam(client: Client) -> Client:
    client.sign_in(SAM)
    return client


def user(world: World) -> User:
    [found] = world.manage_access.search(str(ANN))
    return found.user


def page_of(browser: Client, world: World) -> Element:
    return browser.get(f"/support/users/{user(world).id}")


def proposed(sam: Client, world: World) -> str:
    path = f"/support/users/{user(world).id}/address"
    assert page_of(sam, world).link("Add second address").startswith(path)
    return location(sam.submit(sam.get(path), path, email=str(SECOND), beside="yes", reason="Two jobs"))


def link_to(world: World) -> str:
    """Where the link leads that was mailed to the second address."""
    world.mails_sent()
    sent = [message for to, message in world.mailer.sent if to in (SECOND, OTHER)]
    [url] = [message.url for message in sent if isinstance(message, SecondAddressLinkMessage)]
    return "/sign-in/" + url.rpartition("/")[2]


def test_a_second_address_counts_once_another_support_user_and_its_holder_confirmed_it(
    sam: Client, tom: Client, world: World, new_client: Callable[[], Client]
) -> None:
    page = tom.get(proposed(sam, world))
    for text in ("Second email address", f"Address that stays {ANN}", f"Second address {SECOND}"):
        assert text in page.text
    press(tom, page, "Confirm")
    assert "Not confirmed yet: its holder has to open the link that we sent to it" in page_of(sam, world).text
    holder = new_client()
    place = link_to(world)
    page = holder.get(place)
    assert page.one("h1").text == "Confirm your second address"
    assert location(holder.submit(page, "")).startswith("/overview")
    page = page_of(sam, world)
    for text in (f"{SECOND} Confirmed 3 June 2024", "by the second address", "Second address confirmed by its holder"):
        assert text in page.text
    assert f"to {SECOND}" in page.one("table", **{"aria-labelledby": "mails"}).text
    assert new_client().sign_in(SECOND) == new_client().sign_in(ANN)
    assert str(SECOND) in sam.get(f"/support/users?query={SECOND}").one("table").text


def test_support_removes_it_and_what_came_by_it_ends(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    world.help_users.add_address(ANN, SECOND, reason="Two jobs")
    holder = new_client()
    holder.submit(holder.get(link_to(world)), "")
    assert holder.http.get("/participants").status_code == 200
    page = sam.get(page_of(sam, world).link("Remove second address"))
    page = sam.get(location(sam.submit(page, "", reason="Left the trust")))
    assert "Second address removed." in page.one("div", role="alert").text
    assert location(holder.http.get("/participants")) == "/sign-in"
    assert [event.details["reason"] for event in world.audit(AuditKind.SECOND_ADDRESS_REMOVED)] == ["Left the trust"]
    sam.get(f"/support/users/{user(world).id}/remove-address", 404)


def test_a_lead_provider_is_asked_about_one_that_differs_in_more(sam: Client, world: World) -> None:
    path = f"/support/users/{user(world).id}/nominate-address"
    typed = {"email": str(OTHER), "beside": "yes", "access": f"delivery_partner:{NORTH.id}", "reference": "Mail 1"}
    place = location(sam.submit(sam.get(path), path, nominated_by=str(CAT), **typed))
    assert f"Signs in with, and will with both {ANN}" in sam.get(place).text


def test_another_users_spelling_is_refused_at_its_field(sam: Client, world: World) -> None:
    path = f"/support/users/{user(world).id}/address"
    spelt = str(BEA).replace("@", "+x@")
    page = sam.submitted(sam.get(path), path, 409, email=spelt, beside="yes", reason="x")
    assert page.link("Another user signs in with this address.") == "#email"
    [chosen] = [each for each in page.all("input", name="beside") if "checked" in each.attributes]
    assert chosen.attributes["value"] == "yes"
