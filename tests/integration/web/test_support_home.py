"""The first page of support: what waits, counted, with the first few of each (service rule 4)."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

import pytest

from checkdata.domain.people.organisations import PolicyTeam, SupportTeam
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.test_two_at_once import TOM, escalated, proposed, recalled_file, received
from tests.integration.web.world import ANN, NORTH, PAM, SAM, World


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    assert client.sign_in(SAM) == "/support?acting=support:"
    return client


def counts(page: Element) -> list[str]:
    return [heading.one("a").text for heading in page.one("main").all("h2") if heading.all("a")]


def first_of(page: Element, name: str) -> list[str]:
    [listed] = page.all("ul", **{"aria-labelledby": name})
    return [item.text for item in listed.all("li")]


def test_what_does_not_wait_is_told_last_and_has_no_link(sam: Client) -> None:
    page = sam.get("/support")
    assert counts(page) == ["6 access reviews due"]
    assert page.one("h2", id="nothing").text == "Nothing to do"
    assert first_of(page, "nothing") == [
        "0 emails not delivered",
        "0 nominations waiting for support",
        "0 changes waiting for a second person",
        "0 suspended users with access",
        "0 agreements ending within 30 days",
        "0 recalls of files open",
    ]
    assert not [link.text for link in page.all("a") if link.text.startswith("0 ")]


def bounce(world: World, _sam: Client) -> None:
    world.link(ANN)
    with world.storage.writing() as work:
        work.outbox.bounced(work.outbox.last_to(ANN, 1)[0].entry.reference, world.now)
        work.commit()


def nominate(world: World, _sam: Client) -> None:
    received(world)


def propose(world: World, _sam: Client) -> None:
    proposed(world)


def recall(world: World, _sam: Client) -> None:
    recalled_file(world)


def nothing(_world: World, _sam: Client) -> None:
    """Nobody has used their access for months."""


def end_soon(world: World, _sam: Client) -> None:
    managing = world.services().manage_agreements
    managing.end("ag-dp-north", reason="Over", last_day=world.now.date() + timedelta(days=30))
    managing.end("ag-dp-south", reason="Over", last_day=world.now.date() + timedelta(days=31))


HAPPENS: Final[Mapping[str, tuple[Callable[[World, Client], None], str, str]]] = {
    "undelivered": (bounce, "1 email not delivered", "Ann Lee, Link to sign in: bounced"),
    "nominations": (nominate, "1 nomination waiting for support", f"New Lee, {NORTH.name}, delivery partner, waiting"),
    "proposals": (propose, "1 change waiting for a second person", "Ann Lee, from ann@north.example to"),
    "review": (nothing, "6 access reviews due", f"Ann Lee, {NORTH.name}, delivery partner"),
    "ending": (end_soon, "1 agreement ending within 30 days", f"{NORTH.name} with Beacon Teaching, last day"),
    "recalls": (recall, "1 recall of files open", f"{NORTH.name}, 1 file not confirmed"),
}
"""What happens for each kind, how it is counted, and how its first line begins."""


@pytest.mark.parametrize("name", HAPPENS)
def test_what_waits_is_counted_and_its_count_leads_to_all_of_it(sam: Client, world: World, name: str) -> None:
    happens, count, first = HAPPENS[name]
    happens(world, sam)
    page = sam.get("/support")
    assert first_of(page, name)[0].startswith(first)
    listed = sam.get(page.link(count))
    assert listed.one("h2", id="found").text.startswith(count.partition(" ")[0])
    for link in page.one("ul", **{"aria-labelledby": name}).all("a"):
        sam.get(link.attributes["href"])


def test_no_more_than_the_first_three_are_shown(sam: Client) -> None:
    assert len(first_of(sam.get("/support"), "review")) == 3


def test_policy_gets_what_waits_for_policy(client: Client, world: World) -> None:
    world.add(PAM, "Pam Ash", PolicyTeam())
    world.add(TOM, "Tom Ash", SupportTeam())
    escalated(world)
    assert client.sign_in(PAM) == "/policy?acting=policy:"
    page = client.get("/policy")
    assert counts(page) == ["1 nomination waiting for policy"]
    assert first_of(page, "nominations") == [
        f"New Lee, {NORTH.name}, delivery partner, waiting for less than a day",
    ]
    client.get("/support", 404)


def test_an_agreement_that_ends_soon_is_in_force(sam: Client, world: World) -> None:
    end_soon(world, sam)
    world.pass_time(days=40)
    assert world.now.date() > date(2024, 7, 3)
    assert not world.services().manage_agreements.ending_soon()
