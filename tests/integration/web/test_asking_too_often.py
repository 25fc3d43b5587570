"""Links can be requested only so often, and the limit shows nothing about an address (security.md 11 and 13)."""

from collections.abc import Callable, Sequence
from typing import Final

import pytest
from httpx2 import Response

from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location, page_of
from tests.integration.web.test_signing_in import STRANGER
from tests.integration.web.world import ANN, BEA, World, with_feed_and_access

TOO_MANY: Final = "Too many sign-in links requested"
LIMITS: Final = {
    "address": LinkLimits(per_address=2),
    "client": LinkLimits(per_client=2),
    "all users": LinkLimits(overall=2),
}


def ask(client: Client, email: EmailAddress) -> Response:
    """Ask for a link; what is answered."""
    (form,) = client.get("/sign-in").all("form")
    token = next(field for field in form.all("input") if field.attributes["name"] == "csrf_token")
    return client.http.post("/sign-in", data={"email": str(email), "csrf_token": token.attributes["value"]})


def mails_to(world: World, email: EmailAddress) -> int:
    return sum(to == email for to, _ in world.mails_sent())


def seen(responses: Sequence[Response]) -> list[tuple[int, bytes, list[str]]]:
    return [
        (each.status_code, each.content, sorted(name for name, _ in each.headers.multi_items())) for each in responses
    ]


@pytest.mark.parametrize("email", [ANN, STRANGER])
def test_an_address_that_had_enough_gets_no_more_mail_and_the_same_answer(email: EmailAddress) -> None:
    world = with_feed_and_access(World(limits=LIMITS["address"]))
    client = Client(world)
    client.get("/sign-in")
    answers = seen([ask(client, email) for _ in range(5)])
    assert answers == [answers[0]] * 5
    assert location(ask(client, email)) == "/sign-in/check-your-email"
    with world.storage.reading() as work:
        queued = [mail.entry for mail in work.outbox.last_to(email, 99) if mail.entry.queued_at == world.now]
    assert len(queued) == 2


@pytest.mark.parametrize("limit", ["client", "all users"])
def test_too_many_requests_are_429_for_every_address_alike_and_queue_no_mail(limit: str) -> None:
    world = with_feed_and_access(World(limits=LIMITS[limit]))
    client = Client(world)
    for _ in range(2):
        assert ask(client, BEA).status_code == 303
    before = len(world.mails_sent())
    for email in (ANN, STRANGER):
        response = ask(client, email)
        page = page_of(response, world)
        assert (response.status_code, response.headers["retry-after"]) == (429, "900")
        assert page.one("h1").text == TOO_MANY
        assert "Wait 15 minutes" in page.text
        assert str(email) not in response.text
    assert len(world.mails_sent()) == before


def test_another_client_is_not_held_back_by_one_that_asked_too_often() -> None:
    world = with_feed_and_access(World(limits=LIMITS["client"]))
    client = Client(world)
    assert [ask(client, ANN).status_code for _ in range(3)] == [303, 303, 429]
    assert ask(Client(world, "198.51.100.7"), ANN).status_code == 303


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_never_locks_out_a_link_that_is_valid(limit: str) -> None:
    world = with_feed_and_access(World(limits=LIMITS[limit]))
    client, link = Client(world), world.link(ANN)
    for _ in range(4):
        ask(client, ANN)
    assert location(client.submit(client.get(link), "")).startswith("/overview")
    client.get("/participants")


@pytest.mark.parametrize("limit", LIMITS)
def test_once_the_window_is_over_a_link_is_sent_again(limit: str) -> None:
    world = with_feed_and_access(World(limits=LIMITS[limit]))
    client = Client(world)
    for _ in range(4):
        ask(client, ANN)
    world.pass_time(minutes=15)
    before = mails_to(world, ANN)
    assert ask(client, ANN).status_code == 303
    assert mails_to(world, ANN) == before + 1


def test_what_is_no_address_counts_for_nothing(new_client: Callable[[], Client], world: World) -> None:
    world.limits = LIMITS["client"]
    client = new_client()
    for _ in range(5):
        client.submit(client.get("/sign-in"), "/sign-in", 422, email="ann")
    assert ask(client, ANN).status_code == 303
