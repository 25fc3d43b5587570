"""A client that acts like a browser: keeps cookies, sends forms as pages show them, and checks every answer."""

import atexit
from collections.abc import Mapping
from functools import cache
from re import fullmatch
from typing import Any, Final

from anyio.from_thread import BlockingPortal, start_blocking_portal
from attrs import define, field
from httpx2 import Response
from starlette.testclient import TestClient

from checkdata.domain.values import EmailAddress
from tests.integration.web.html import Element, read
from tests.integration.web.world import World

HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@cache
def event_loop() -> BlockingPortal:
    """The event loop on which all applications of this process answer; to make one takes longer than an answer."""
    portal = start_blocking_portal()
    atexit.register(portal.__exit__, None, None, None)
    return portal.__enter__()


@define
class Client:
    """A person at their browser."""

    world: World
    address: str = "192.0.2.1"
    http: TestClient = field(init=False)
    place: str = ""
    """Where the last page was; a form without an address of its own goes there."""

    def __attrs_post_init__(self) -> None:
        self.http = TestClient(
            self.world.app(), base_url=self.world.base_url, follow_redirects=False, client=(self.address, 50_000)
        )
        self.http.portal = event_loop()

    def get(self, path: str, status: int = 200, **options: Any) -> Element:  # noqa: ANN401 - httpx's own
        """A page at this address, with this status."""
        self.place = path
        response = self.http.get(path, **options)
        assert response.status_code == status
        return page_of(response, self.world)

    def post(self, path: str, form: Mapping[str, str], status: int = 303, **options: Any) -> Response:  # noqa: ANN401
        """Send a form as it is."""
        response = self.http.post(path, data=dict(form), **options)
        assert response.status_code == status
        check_laws(response, self.world)
        return response

    def submit(self, page: Element, action: str, status: int = 303, /, **changes: str) -> Response:
        """Fill in the form of a page that goes to *action*, and send it."""
        (form,) = [form for form in page.all("form") if form.attributes.get("action", "") == action]
        return self.post(action or self.place, fields_of(form) | changes, status)

    def submitted(self, page: Element, action: str, status: int, /, **changes: str) -> Element:
        """The page that answers a form."""
        return page_of(self.submit(page, action, status, **changes), self.world)

    def sign_in(self, email: EmailAddress) -> str:
        """Sign in by a link; where that leads."""
        link = self.world.link(email)
        return location(self.submit(self.get(link), ""))

    def choose(self, role: str, organisation: str = "") -> str:
        """Act in a role, for an organisation where there are several; where that leads."""
        place = location(self.submit(self.get("/choose-role"), "/choose-role", role=role))
        if place.startswith("/choose-organisation"):
            page = self.get(place)
            place = location(self.submit(page, "/choose-organisation", organisation=organisation))
        return place


def fields_of(form: Element) -> dict[str, str]:
    """What a form sends untouched."""
    return {
        field.attributes["name"]: field.attributes.get("value", "")
        for field in form.all("input")
        if field.attributes.get("type") not in {"radio", "checkbox"} and "name" in field.attributes
    }


def location(response: Response) -> str:
    """Where an answer sends the browser; always to a page of our own (security.md 34)."""
    place: str = response.headers["location"]
    assert place.startswith("/")
    assert not place.startswith("//")
    return place


def page_of(response: Response, world: World) -> Element:
    """An answer as a page, which keeps the laws of pages."""
    check_laws(response, world)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    page = read(response.text)
    assert len(page.all("h1")) == 1
    assert page.one("title").text
    assert page.one("html").attributes["lang"] == "en"
    ids = [element.attributes["id"] for element in _every(page) if "id" in element.attributes]
    assert len(set(ids)) == len(ids)
    check_scripts(page, response.headers["content-security-policy"])
    return page


def check_laws(response: Response, world: World) -> None:
    """What holds for every answer (security.md 31)."""
    assert HEADERS.items() <= dict(response.headers).items()
    assert fullmatch("[A-Za-z0-9_-]{8,64}", response.headers["x-request-id"])
    policy = response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert ("strict-transport-security" in response.headers) == world.base_url.startswith("https")


def check_scripts(page: Element, policy: str) -> None:
    """Inline scripts and style elements have the nonce, and no element is styled or handled in itself."""
    for inline in (*page.all("script"), *page.all("style")):
        assert "src" in inline.attributes or f"'nonce-{inline.attributes['nonce']}'" in policy
    for element in _every(page):
        assert not any(name == "style" or name.startswith("on") for name in element.attributes), element.tag


def _every(element: Element) -> list[Element]:
    children = [child for child in element.children if isinstance(child, Element)]
    return children + [grandchild for child in children for grandchild in _every(child)]
