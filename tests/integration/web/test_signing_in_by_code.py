"""The code beside a link, on its page (security.md 70 to 72)."""

from collections.abc import Callable

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import SignInLinkMessage
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.settings.sign_in_way import SignInWay
from tests.integration.web.client import Client, location
from tests.integration.web.test_signing_in import STRANGER
from tests.integration.web.world import ANN, World, with_feed_and_access

PAGE = "/sign-in/check-your-email"


@pytest.fixture
def world() -> World:
    return with_feed_and_access(World(sign_in_way=SignInWay.LINK_AND_CODE))


@pytest.fixture
def new_client(world: World) -> Callable[[], Client]:
    return lambda: Client(world)


@pytest.fixture
def client(world: World) -> Client:
    return Client(world)


def ask(client: Client, email: EmailAddress = ANN) -> None:
    client.submit(client.get("/sign-in"), "/sign-in", email=str(email))


def mailed(world: World) -> SignInLinkMessage:
    message = world.mails_sent()[-1][1]
    assert isinstance(message, SignInLinkMessage)
    return message


def test_a_code_signs_in_with_a_new_session_and_its_cookies_go(client: Client, world: World) -> None:
    ask(client)
    code = mailed(world).code
    response = client.submit(client.get(PAGE), "", code=code)
    assert location(response).startswith("/overview")
    assert len(world.audit(AuditKind.SIGNED_IN)) == 1
    kept = str(client.http.cookies)
    assert "checkdata_session" in kept
    assert "checkdata_code" not in kept
    assert "checkdata_typed_address" not in kept


def test_the_field_asks_for_digits_and_lets_the_browser_fill_them_in(client: Client) -> None:
    ask(client)
    field = client.get(PAGE).one("input", id="code")
    assert {"inputmode": "numeric", "autocomplete": "one-time-code", "type": "text"}.items() <= field.attributes.items()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Enter the 6-digit code"), ("12345", "Enter the 6-digit code"), ("999999", "The code is wrong, has expired")],
)
def test_a_wrong_code_is_told_at_its_field_and_is_not_shown_again(client: Client, typed: str, sentence: str) -> None:
    ask(client)
    page = client.submitted(client.get(PAGE), "", 422, code=typed)
    assert page.one("title").text.startswith("Error: ")
    field = page.one("input", id="code")
    assert "code-error" in field.attributes["aria-describedby"]
    assert "value" not in field.attributes
    assert sentence in page.one("main").text


def test_known_and_unknown_addresses_get_the_same_bytes_for_every_try(
    new_client: Callable[[], Client], world: World
) -> None:
    told = []
    for email in (ANN, STRANGER):
        client = new_client()
        ask(client, email)
        world.mails_sent()
        for _ in range(7):
            response = client.submit(client.get(PAGE), "", 422, code="999999")
            told.append((response.text.replace(str(email), "ADDRESS"), sorted(response.headers)))
    plain = [(_without_tokens(text), headers) for text, headers in told]
    assert plain[:7] == plain[7:]
    assert len({text for text, _ in plain}) == 3


def _without_tokens(page: str) -> str:
    """A page without what is another one for each browser and answer."""
    words = page.split('"')
    return '"'.join(word for word in words if len(word) not in (22, 64))


def test_a_code_works_in_no_other_browser(new_client: Callable[[], Client], world: World) -> None:
    here, there = new_client(), new_client()
    ask(here)
    code = mailed(world).code
    ask(there, STRANGER)
    there.submit(there.get(PAGE), "", 422, code=code)
    page = new_client().get(PAGE)
    assert "in which you asked for them" in new_client_answer(new_client(), code)
    assert page.one("h1").text == "Check your email"
    here.submit(here.get(PAGE), "", code=code)


def new_client_answer(client: Client, code: str) -> str:
    """What a browser is told that asked for nothing."""
    return client.submitted(client.get(PAGE), "", 422, code=code).one("main").text


def test_the_code_of_an_earlier_mail_still_works_where_the_same_address_asked_again(
    client: Client, world: World
) -> None:
    ask(client)
    code = mailed(world).code
    ask(client)
    world.mails_sent()
    client.submit(client.get(PAGE), "", code=code)


def test_after_too_many_wrong_codes_the_next_mail_has_one_that_works(client: Client, world: World) -> None:
    ask(client)
    for _ in range(6):
        page = client.submitted(client.get(PAGE), "", 422, code="999999")
    assert "Too many wrong codes" in page.one("main").text
    ask(client)
    client.submit(client.get(PAGE), "", code=mailed(world).code)


def test_a_code_is_not_logged_and_on_no_page(client: Client, world: World, caplog: pytest.LogCaptureFixture) -> None:
    ask(client)
    code = mailed(world).code
    response = client.submit(client.get(PAGE), "", code=code)
    assert code not in response.text + str(response.headers) + caplog.text


def test_without_the_setting_there_is_no_code_and_no_field(world: World) -> None:
    world.sign_in_way = SignInWay.LINK
    client = Client(world)
    ask(client)
    assert mailed(world).code == ""
    page = client.get(PAGE)
    assert not page.all("input", id="code")
    assert "checkdata_code" not in str(client.http.cookies)
    token = client.get("/sign-in").one("input", name="csrf_token").attributes["value"]
    client.post(PAGE, {"csrf_token": token, "code": "123456"}, 404)
