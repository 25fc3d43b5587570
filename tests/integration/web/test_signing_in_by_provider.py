"""Signing in at DfE Sign-in, which is a provider on this machine (security.md 74 to 80)."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from httpx2 import Response

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.settings.sign_in_way import DfeSignIn
from tests.integration.openid.provider import CLIENT, SECRET, SIGNED_OUT, Provider, provider_on_loopback
from tests.integration.web.client import Client, location, page_of
from tests.integration.web.html import Element
from tests.integration.web.test_signing_in import STRANGER
from tests.integration.web.world import ANN, SAM, World, with_feed_and_access

CALLBACK = "/auth/dfe/callback"


@pytest.fixture
def world() -> World:
    return with_feed_and_access(World())


@pytest.fixture
def provider(world: World) -> Iterator[Provider]:
    with provider_on_loopback(now=world.clock) as running:
        account = DfeSignIn(issuer=running.url, client_id=CLIENT, secret=SECRET, verifies_addresses=False)
        world.dfe_sign_in = account
        yield running


@pytest.fixture
def new_client(world: World, provider: Provider) -> Callable[[], Client]:
    assert provider.url
    return lambda: Client(world)


@pytest.fixture
def client(new_client: Callable[[], Client]) -> Client:
    return new_client()


def leave(client: Client) -> str:
    """Press the button; where that leads, which is a page of the provider."""
    response = client.submit(client.get("/sign-in"), "/sign-in")
    place: str = response.headers["location"]
    assert place.startswith("http://127.0.0.1:")
    return place


def answer_of(place: str) -> str:
    """What the provider sends the browser back with."""
    return urlsplit(httpx2.get(place, follow_redirects=False).headers["location"]).query


def come_back(client: Client, answer: str) -> Response:
    client.place = CALLBACK
    return client.http.get(f"{CALLBACK}?{answer}")


def sign_in(client: Client) -> Response:
    return come_back(client, answer_of(leave(client)))


def failed(client: Client, answer: str, status: int) -> Element:
    response = come_back(client, answer)
    assert response.status_code == status
    assert "checkdata_session" not in str(client.http.cookies)
    return page_of(response, client.world)


def test_who_signs_in_at_the_provider_sees_what_their_grants_let_them(client: Client, world: World) -> None:
    assert location(sign_in(client)).startswith("/overview")
    client.get("/participants")
    client.get("/support/users", 404)
    assert len(world.audit(AuditKind.SIGNED_IN)) == 1
    assert "departure" not in str(client.http.cookies)


def test_a_user_goes_on_to_the_page_that_they_wanted(client: Client) -> None:
    client.http.get("/participants?query=ada")
    assert location(sign_in(client)) == "/participants?query=ada"


def test_only_where_it_is_chosen_may_forms_lead_to_the_provider(client: Client, provider: Provider) -> None:
    policy = client.http.get("/sign-in").headers["content-security-policy"]
    assert f"form-action 'self' {provider.url};" in policy
    by_mail = Client(with_feed_and_access(World()))
    assert "form-action 'self';" in by_mail.http.get("/sign-in").headers["content-security-policy"]
    by_mail.get(CALLBACK, 404)


def test_pages_speak_of_the_account_and_never_of_links(client: Client) -> None:
    for path in ("/", "/sign-in"):
        text = client.get(path).one("main").text
        assert "DfE Sign-in" in text
        assert "email you a link" not in text
    assert not client.get("/sign-in").all("input", id="email")
    assert not client.get("/sign-in/no-such-token", 410).all("input", id="email")


def test_everyone_who_gets_no_access_gets_the_same_bytes(
    new_client: Callable[[], Client], provider: Provider, world: World
) -> None:
    pages = []
    world.manage_access.suspend(ANN, reason="Investigation")
    for email, verified in ((ANN, True), (STRANGER, True), (ANN, False)):
        provider.email, provider.person = str(email), {"email_verified": verified}
        client = new_client()
        page = failed(client, answer_of(leave(client)), 403)
        assert page.one("h1").text == "You cannot use this service with this account"
        pages.append(page.one("main").text)
    assert len(set(pages)) == 1


def test_who_has_the_wrong_account_can_sign_out_of_it(client: Client, provider: Provider) -> None:
    provider.email = str(STRANGER)
    page = failed(client, answer_of(leave(client)), 403)
    place = client.submit(page, "/sign-out").headers["location"]
    assert httpx2.get(place, follow_redirects=False).headers["location"] == SIGNED_OUT


def test_an_answer_is_worth_nothing_in_another_browser(new_client: Callable[[], Client]) -> None:
    here, there = new_client(), new_client()
    answer = answer_of(leave(here))
    failed(there, answer, 400)
    leave(there)
    failed(there, answer, 400)
    assert location(come_back(here, answer)).startswith("/overview")


def test_an_answer_works_once(client: Client, new_client: Callable[[], Client]) -> None:
    answer = answer_of(leave(client))
    come_back(client, answer)
    assert come_back(client, answer).status_code == 400
    assert come_back(new_client(), answer).status_code == 400


@pytest.mark.parametrize("query", ["", "state=x&code=y", "error=access_denied&state=x", "error=server_error"])
def test_what_is_no_answer_is_told_so_and_offers_another_try(client: Client, query: str) -> None:
    leave(client)
    page = failed(client, query, 400)
    assert page.one("h1").text == "We could not sign you in"
    assert client.submit(page, "/sign-in").status_code == 303


def test_a_provider_that_does_not_answer_is_told_and_lets_no_one_in(client: Client, provider: Provider) -> None:
    answer = answer_of(leave(client))
    provider.status = 503
    assert "does not answer" in failed(client, answer, 503).one("main").text


def test_head_changes_nothing(client: Client, world: World) -> None:
    answer = answer_of(leave(client))
    assert client.http.head(f"{CALLBACK}?{answer}").status_code == 303
    assert not world.audit(AuditKind.SIGNED_IN)
    assert location(come_back(client, answer)).startswith("/overview")


def test_signing_out_ends_the_session_here_and_then_there(client: Client) -> None:
    sign_in(client)
    before = str(client.http.cookies)
    response = client.submit(client.get("/overview"), "/sign-out")
    place = response.headers["location"]
    words = dict(parse_qsl(urlsplit(place).query))
    assert words["post_logout_redirect_uri"] == SIGNED_OUT
    assert httpx2.get(place, follow_redirects=False).headers["location"] == SIGNED_OUT
    assert "checkdata_session" in before
    assert "checkdata_session" not in str(client.http.cookies)
    assert client.http.get("/participants").status_code == 303


def test_signing_out_still_works_where_the_provider_is_down(client: Client, provider: Provider, world: World) -> None:
    sign_in(client)
    page = client.get("/overview")
    provider.status = 503
    world.pass_time(hours=2)  # so that it is asked again where one signs out
    assert location(client.submit(page, "/sign-out")) == "/signed-out"


def test_no_link_signs_in_and_one_for_a_second_address_only_confirms_it(client: Client, world: World) -> None:
    account, world.dfe_sign_in = world.dfe_sign_in, None
    link = world.link(ANN)
    second = EmailAddress("ann@second.example")
    world.help_users.add_address(ANN, second, reason="Two jobs")
    confirming = next(message for to, message in world.mails_sent() if to == second)
    world.dfe_sign_in = account
    token = client.get("/sign-in").one("input", name="csrf_token").attributes["value"]
    client.get(link, 410)
    client.post(link, {"csrf_token": token}, 410)
    place = confirming.url  # type: ignore[union-attr] # the mail with the link
    assert client.get(place).one("main").one("button").text == "Confirm"
    assert location(client.submit(client.get(place), "")) == "/sign-in"
    assert "checkdata_session" not in str(client.http.cookies)
    assert world.audit(AuditKind.SECOND_ADDRESS_CONFIRMED)


def test_support_frees_the_address_of_a_user_who_has_a_new_account(
    new_client: Callable[[], Client], provider: Provider, world: World
) -> None:
    ann, sam = new_client(), new_client()
    sign_in(ann)
    ann.submit(ann.get("/overview"), "/sign-out")
    provider.subject = "a new account"
    failed(new_client(), answer_of(leave(browser := new_client())), 400)
    assert sign_in(browser).status_code == 403
    provider.subject, provider.email = "sam", str(SAM)
    sign_in(sam)
    (found,) = world.manage_access.search(str(ANN))
    page = sam.get(f"/support/users/{found.user.id}")
    assert "Account of DfE Sign-in refused" in page.text
    asked = sam.get(page.link("Sign out everywhere"))
    sam.submit(asked, "", reason="A new account")
    provider.subject, provider.email = "a new account", str(ANN)
    assert sign_in(browser).status_code == 303


def test_the_words_of_an_answer_are_on_no_page_and_in_no_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="checkdata")
    answer = answer_of(leave(client))
    response = come_back(client, answer)
    for word in dict(parse_qsl(answer)).values():
        assert word not in response.text + response.headers["location"]
    assert "code=" not in caplog.text
