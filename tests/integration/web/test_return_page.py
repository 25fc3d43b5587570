"""Sign-in leads to a page of ours, whatever address a browser sends (security.md 34)."""

from base64 import urlsafe_b64encode
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from checkdata.domain.access.decision import Acting
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.presentation.addresses import SECTIONS, home, suits
from checkdata.entrypoints.web.return_page import place_for, remember
from checkdata.entrypoints.web.security.cookies import Cookies
from checkdata.entrypoints.web.site import Site, redirect
from tests.integration.web.client import Client
from tests.integration.web.world import ANN, NORTH, World

COOKIE: Final = "__Host-checkdata_asked_for"
ACTING: Final = Acting(UserId("ann"), NORTH)
HOME: Final = home(ACTING)
ELSEWHERE: Final = (
    "//evil.example/participants",
    "///evil.example/participants",
    "/\\evil.example/participants",
    "\\\\evil.example/participants",
    "\\/evil.example/participants",
    "/%09/evil.example/participants",
    "/\t/evil.example/participants",
    "\t//evil.example/participants",
    " //evil.example/participants",
    "\x00//evil.example/participants",
    "//evil.example\\@check.example/participants",
    "//check.example@evil.example/participants",
    "//check.example:443@evil.example/participants",
    "//[evil.example/participants",
    "https://evil.example/participants",
    "https:evil.example/participants",
    "https:/participants",
    "https:///participants",
    "ht\ntps://evil.example/participants",
    "javascript:alert(1)//participants",
    "data:text/html,/participants",
    "participants",
    "evil.example/participants",
    "?/participants",
    "#/participants",
)
PIECES: Final = st.sampled_from(
    [
        *"/\\:?#@[].&= \t\r\n\x00\x7f",
        *(
            "//",
            "%09",
            "%2f",
            "%5c",
            "https:",
            "javascript:",
            "check.example",
            "evil.example",
            "participants",
            "é",
            "／",
        ),
        *SECTIONS[Role.DELIVERY_PARTNER].values(),
    ]
)
PLACES: Final = st.lists(PIECES, max_size=8).map("".join) | st.text() | st.sampled_from(ELSEWHERE)


def is_own_path(place: str) -> bool:
    """Whether a browser at a page of ours stays with us (https://url.spec.whatwg.org, *URL parsing*).

    It takes line ends and tabs out wherever they are, other controls and spaces at both ends, and a backslash for a
    slash; then what begins with one slash is a path, and with two another host.
    """
    heard = place.translate(dict.fromkeys(map(ord, "\t\r\n"))).strip("".join(map(chr, range(0x21)))).replace("\\", "/")
    return heard.startswith("/") and not heard.startswith("//")


def site_of(world: World) -> Site:
    settings = world.settings()
    return Site(services=world.services(), settings=settings, cookies=Cookies(settings.base.secure, settings.base.path))


SITE: Final = site_of(World())


def encoded(place: str) -> str:
    return urlsafe_b64encode(place.encode(errors="surrogatepass")).decode()


def remembered(site: Site, place: str) -> str:
    """The cookie that the service itself makes of an address, if it can be brought to keep it; else ""."""
    asked = {"type": "http", "method": "GET", "scheme": "https", "path": place, "query_string": b""}
    response = Response()
    remember(site, Request({**asked, "headers": [(b"host", b"check.example")]}), response)
    return response.headers["set-cookie"].partition("=")[2].partition(";")[0].strip('"')


def led_to(cookie: bytes) -> str:
    """Where sign-in leads a user with this cookie."""
    request = Request({"type": "http", "headers": [(b"cookie", COOKIE.encode() + b"=" + cookie)]})
    return redirect(place_for(SITE, request, ACTING)).headers["location"]


@pytest.mark.parametrize("place", [place for place in ELSEWHERE if place.startswith("/")])
def test_sign_in_leads_no_user_elsewhere_though_the_address_was_signed(
    world: World, client: Client, place: str
) -> None:
    client.http.cookies.set(COOKIE, remembered(site_of(world), place), domain="check.example")
    assert client.sign_in(ANN) == HOME


@pytest.mark.parametrize("signed", ["", ".", ".00", f".{'0' * 64}", ".é"])
def test_a_page_of_ours_that_we_did_not_sign_is_ignored(client: Client, signed: str) -> None:
    cookie = f"{encoded('/participants?query=ada')}{signed}".encode()
    assert led_to(cookie) == HOME
    if cookie.isascii():
        client.http.cookies.set(COOKIE, cookie.decode(), domain="check.example")
        assert client.sign_in(ANN) == HOME


def test_a_signature_is_for_one_address_only() -> None:
    signature = remembered(SITE, "/participants/p-1").partition(".")[2]
    assert led_to(f"{encoded('/participants/p-1')}.{signature}".encode()) == "/participants/p-1"
    assert led_to(f"{encoded('/participants/p-2')}.{signature}".encode()) == HOME


def test_the_token_of_a_form_signs_no_address(client: Client) -> None:
    place = encoded("/participants?query=ada")
    client.http.cookies.set("__Host-checkdata_browser", place, domain="check.example", path="/")
    token = client.get("/sign-in").all("input", name="csrf_token")[0].attributes["value"]
    assert led_to(f"{place}.{token}".encode()) == HOME


@given(cookie=st.binary() | st.builds("{}.{}".format, PLACES.map(encoded), st.text("0123456789abcdef")).map(str.encode))
def test_whatever_the_cookie_holds_that_we_did_not_sign_is_ignored(cookie: bytes) -> None:
    assert led_to(cookie) == HOME


@given(place=PLACES.map("/".__add__))
def test_whatever_we_can_be_brought_to_sign_leads_to_a_page_of_ours(place: str) -> None:
    assert is_own_path(led_to(remembered(SITE, place).encode()))


@given(place=PLACES)
def test_whatever_suits_a_role_is_a_path_of_ours_to_every_browser(place: str) -> None:
    assert not suits(place, ACTING) or is_own_path(place)
    assert is_own_path(redirect(place if suits(place, ACTING) else HOME).headers["location"])


@pytest.mark.parametrize("place", ELSEWHERE)
def test_nothing_elsewhere_suits_a_role(place: str) -> None:
    assert not suits(place, ACTING)


def test_a_very_long_address_is_not_kept(client: Client) -> None:
    client.http.get(f"/participants?query={'x' * 1500}")
    assert client.sign_in(ANN) == HOME
