from collections.abc import Callable

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import HowAccessIsGiven, SignInRequested
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location
from tests.integration.web.world import ANN, CAT, World

STRANGER = EmailAddress("stranger@else.example")


def ask_for_link(client: Client, typed: str, status: int = 303) -> None:
    client.submit(client.get("/sign-in"), "/sign-in", status, email=typed)


def test_asking_for_a_link_queues_one_mail_and_sends_none(client: Client, world: World) -> None:
    sent = len(world.mailer.sent)
    assert location(client.submit(client.get("/sign-in"), "/sign-in", email=str(ANN))) == "/sign-in/check-your-email"
    assert "link to sign in" in client.get("/sign-in/check-your-email").text
    assert len(world.mailer.sent) == sent
    with world.storage.reading() as work:
        queued = [mail.entry for mail in work.outbox.last_to(ANN, 99)]
    assert [type(entry.message) for entry in queued if entry.queued_at == world.now] == [SignInRequested]


def test_known_and_unknown_addresses_get_the_same_bytes(new_client: Callable[[], Client], world: World) -> None:
    answers = []
    for email in (ANN, STRANGER):
        client = new_client()
        response = client.submit(client.get("/sign-in"), "/sign-in", email=str(email))
        answers.append((response.content, sorted(name for name, _ in response.headers.multi_items())))
        client.get(location(response))
    assert answers[0] == answers[1]
    with world.storage.reading() as work:
        queued = [type(work.outbox.last_to(email, 1)[0].entry.message) for email in (ANN, STRANGER)]
    assert queued == [SignInRequested, HowAccessIsGiven]


def test_the_page_of_a_link_on_its_way_shows_the_address_that_was_typed_known_or_not(
    new_client: Callable[[], Client],
) -> None:
    pages = []
    for email in (ANN, STRANGER):
        client = new_client()
        page = client.get(location(client.submit(client.get("/sign-in"), "/sign-in", email=f" {str(email).upper()} ")))
        assert page.one("main").one("strong").text == str(email)
        assert page.link("Not you?") == "/sign-in"
        pages.append(page.one("main").text.replace(str(email), "ADDRESS"))
    assert pages[0] == pages[1]


def test_the_address_that_was_typed_is_shown_in_that_browser_alone_and_until_it_is_signed_in(
    new_client: Callable[[], Client],
) -> None:
    client = new_client()
    ask_for_link(client, str(ANN))
    assert str(ANN) not in new_client().get("/sign-in/check-your-email").text
    forged = new_client()
    forged.http.cookies.set("__Host-checkdata_typed_address", "YUBiLmV4YW1wbGU=.0")
    assert "the address you entered" in forged.get("/sign-in/check-your-email").text
    client.sign_in(ANN)
    assert str(ANN) not in client.get("/sign-in/check-your-email").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter your email address"),
        ("   ", "Enter your email address"),
        ("ann", "Enter an email address in the correct format, like name@example.com"),
        ("a@b.example\r\nBcc: c@d.example", "Enter an email address in the correct format, like name@example.com"),
        (f"{'a' * 250}@b.example", "Email address must be 254 characters or fewer"),
    ],
)
def test_what_is_no_address_is_told_where_it_was_typed(client: Client, typed: str, sentence: str) -> None:
    page = client.submitted(client.get("/sign-in"), "/sign-in", 422, email=typed)
    assert page.one("title").text.startswith("Error: ")
    assert page.link(sentence) == "#email"
    field = page.one("input", id="email")
    assert field.attributes["value"] == typed.replace("\r\n", "\n") or typed in field.attributes["value"]
    assert "email-error" in field.attributes["aria-describedby"]


def test_a_link_shows_a_button_and_looking_changes_nothing(client: Client, world: World) -> None:
    link = world.link(ANN)
    for _ in range(3):
        assert client.http.head(link).status_code == 200
        page = client.get(link)
    assert page.one("main").one("button").text == "Sign in"
    assert "checkdata_session" not in str(client.http.cookies)
    assert not world.audit(AuditKind.SIGNED_IN)
    assert location(client.submit(page, "")).startswith("/overview")


def test_a_form_from_before_sign_in_is_worth_nothing_afterwards(client: Client) -> None:
    before = client.get("/sign-in")
    client.sign_in(ANN)
    assert "could not check where this form came from" in client.submitted(before, "/sign-in", 403, email="x").text


def test_the_token_is_on_no_page_and_leaves_the_address(client: Client, world: World) -> None:
    link = world.link(ANN)
    token = link.rpartition("/")[2]
    response = client.http.get(link)
    assert token not in response.text
    assert token not in str(response.headers)
    response = client.submit(client.get(link), "")
    assert token not in response.headers["location"]
    assert token not in str(response.headers)


def used(client: Client, world: World) -> str:
    link = world.link(ANN)
    client.submit(client.get(link), "")
    return link


def expired(_client: Client, world: World) -> str:
    link = world.link(ANN)
    world.pass_time(minutes=60)
    return link


def unknown(_client: Client, _world: World) -> str:
    return "/sign-in/no-such-token"


@pytest.mark.parametrize("dead", [used, expired, unknown])
def test_a_dead_link_is_one_page_that_offers_another(
    new_client: Callable[[], Client], world: World, dead: Callable[[Client, World], str]
) -> None:
    link = dead(new_client(), world)
    client = new_client()
    page = client.get(link, 410)
    assert page.one("h1").text == "This sign-in link does not work"
    assert page.text == new_client().get("/sign-in/other", 410).text
    assert location(client.submit(page, "/sign-in", email=str(ANN))) == "/sign-in/check-your-email"


def test_a_link_that_dies_under_the_button_is_the_same_page(client: Client, world: World) -> None:
    page = client.get(world.link(ANN))
    world.pass_time(minutes=61)
    assert client.submitted(page, "", 410).one("h1").text == "This sign-in link does not work"


def test_success_ends_every_other_link_of_the_user(client: Client, world: World) -> None:
    other = world.link(ANN)
    client.sign_in(ANN)
    client.get(other, 410)


def test_a_suspended_users_link_fails(client: Client, world: World) -> None:
    page = client.get(world.link(ANN))
    world.manage_access.suspend(ANN, reason="Left")
    client.submit(page, "", 410)


def test_the_way_leads_to_what_was_asked_for(client: Client) -> None:
    asked = "/participants?query=ada&role=ect"
    assert location(client.http.get(asked)) == "/sign-in"
    assert client.sign_in(ANN) == asked
    assert client.get(asked).one("h2", id="found").text == "1 participant found"


def test_it_also_leads_there_after_a_choice_of_role(client: Client) -> None:
    client.http.get("/participants?query=ada")
    assert client.sign_in(CAT) == "/choose-role"
    assert client.choose("delivery_partner", "dp-north") == "/participants?query=ada"


def kept(client: Client) -> str | None:
    return client.http.cookies.get("__Host-checkdata_asked_for")


def test_what_was_asked_for_is_forgotten_once_it_is_shown(client: Client, world: World) -> None:
    client.http.get("/participants?query=ada")
    assert kept(client)
    client.sign_in(ANN)
    assert not kept(client)
    world.pass_time(minutes=30)
    assert client.sign_in(ANN) == "/overview?acting=delivery_partner:dp-north"


def test_so_it_is_after_a_choice_of_role(client: Client) -> None:
    client.http.get("/participants?query=ada")
    client.sign_in(CAT)
    client.choose("delivery_partner", "dp-north")
    assert not kept(client)
    assert client.choose("delivery_partner", "dp-north") == "/overview?acting=delivery_partner:dp-north"


@pytest.mark.parametrize("asked", ["/ects", "/support/users", "/choose-role", "/participants?acting=x:y"])
def test_it_never_leads_to_another_roles_pages(client: Client, asked: str) -> None:
    client.http.get(asked)
    assert client.sign_in(ANN) == "/overview?acting=delivery_partner:dp-north"


@pytest.mark.parametrize("forged", ["", "Ly9ldmlsLmV4YW1wbGU=.00", "Ly9ldmlsLmV4YW1wbGU="])
def test_a_place_that_we_did_not_sign_is_ignored(client: Client, forged: str) -> None:
    client.http.cookies.set("__Host-checkdata_asked_for", forged, domain="check.example")
    assert client.sign_in(ANN) == "/overview?acting=delivery_partner:dp-north"


def test_what_was_posted_is_not_asked_for_again(client: Client) -> None:
    response = client.http.post("/choose-role", data={"role": "delivery_partner"})
    assert location(response) == "/sign-in"
    assert "asked_for" not in str(response.headers)
