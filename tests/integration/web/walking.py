"""A walk over every page that users come to by links, and over what the pages name: forms, files and stylesheets."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from anyio.from_thread import BlockingPortal
from attrs import define, field
from httpx2 import Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from checkdata.domain.values import EmailAddress
from tests.integration.web.client import event_loop, fields_of
from tests.integration.web.html import Element, read
from tests.integration.web.world import BASE_URL, World

_CHANGING: Final = re.compile(
    r'nonce="[^"]*"|nonce-[^\']*|(?<=name="csrf_token" value=")[^"]*|(?<=data-seconds-left=")\d+'
)
_IN_STYLESHEET: Final = re.compile(r"url\(([^)]*)\)")


@define
class Walker:
    """A browser that goes wherever links lead, below the *prefix* at which an application is mounted."""

    app: ASGIApp
    world: World
    prefix: str = ""
    http: TestClient = field(init=False)
    named: set[str] = field(init=False, factory=set)
    """Every address that was named: of links, forms, files and redirects."""
    posted_to: set[str] = field(init=False, factory=set)
    """Where forms lead."""
    pages: dict[str, str] = field(init=False, factory=dict)
    """What stood at each address, without what is made by chance."""

    def __attrs_post_init__(self) -> None:
        self.http = TestClient(self.app, base_url=BASE_URL, follow_redirects=False, client=("192.0.2.1", 50_000))
        portal: BlockingPortal = event_loop()
        self.http.portal = portal

    def get(self, path: str) -> Response:
        return self.http.get(f"{self.prefix}{path}")

    def shown(self, path: str) -> str:
        """The page at this address, without what is made by chance."""
        return _told(self.get(path).text)

    def submit(self, path: str, action: str, **changes: str) -> Response:
        """Fill in the form of a page that leads to *action*, "" for the page itself, and send it."""
        return self.send(read(self.get(path).text), path, action, **changes)

    def send(self, page: Element, path: str, action: str, **changes: str) -> Response:
        """Fill in such a form of a page that stands at *path*, and send it."""
        action = action and f"{self.prefix}{action}"
        (form,) = [form for form in page.all("form") if form.attributes.get("action", "") == action]
        answer = self.http.post(action or f"{self.prefix}{path}", data={**fields_of(form), **changes})
        self.note(answer)
        return answer

    def sign_in(self, email: EmailAddress) -> None:
        assert self.submit(self.world.link(email), "").status_code == 303

    def walk(self, *paths: str) -> None:
        """Go to these pages, and to all that they lead to; one of several that differ only in their words' values."""
        begun = [f"{self.prefix}{path}" for path in paths]
        waiting, known = list(begun), set[object]()
        while waiting:
            place = waiting.pop(0)
            if (kind := _kind(place)) not in known:
                known.add(kind)
                waiting += self._look(place, {200, 303} if place not in begun else range(200, 500))

    def _look(self, place: str, expected: Container[int]) -> Sequence[str]:
        """Where an answer leads; each address that it names is noted."""
        response = self.http.get(place)
        assert response.status_code in expected, (place, response.status_code)
        found = self.note(response)
        kind = response.headers.get("content-type", "")
        self.pages[place] = _told(response.text) if kind.startswith("text/html") else ""
        return [address for address in found if address.startswith("/") and address not in self.posted_to]

    def note(self, response: Response) -> Sequence[str]:
        """The addresses that an answer names, which are noted."""
        kind = response.headers.get("content-type", "").partition(";")[0]
        if "location" in response.headers:
            found = [response.headers["location"]]
        elif kind == "text/css":
            found = _IN_STYLESHEET.findall(response.text)
        else:
            found = list(self._named_in(response.text)) if kind == "text/html" else []
        self.named.update(found)
        return found

    def _named_in(self, html: str) -> Iterator[str]:
        reader = _Places()
        reader.feed(html)
        self.posted_to |= reader.posted_to
        yield from reader.named


class _Places(HTMLParser):
    """Collects each value that can be a place of ours, whatever its attribute is called; a field's value is none."""

    def __init__(self) -> None:
        super().__init__()
        self.named: list[str] = []
        self.posted_to: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given: Mapping[str, str] = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post" and "action" in given:
            self.posted_to.add(given["action"])
        if "formaction" in given:
            self.posted_to.add(given["formaction"])
        for name, value in given.items():
            if (value.startswith("/") and name != "value") or (
                name in {"href", "src", "action", "formaction"} and "://" in value
            ):
                self.named.append(value)


def _told(html: str) -> str:
    return _CHANGING.sub("", html)


def _kind(place: str) -> object:
    """A page, by its path and the names of its words."""
    parts = urlsplit(place)
    return parts.path, frozenset(name for name, _ in parse_qsl(parts.query))
