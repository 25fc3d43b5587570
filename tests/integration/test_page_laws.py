from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.integration.browser import assert_history, assert_page_laws, open_page

GOOD: Final = """<!DOCTYPE html>
<html lang="en"><head><title>Participants</title><link rel="icon" href="/"></head>
<body><a class="govuk-skip-link" href="#main">Skip to main content</a><header><p>Beta</p></header>
<main id="main"><h1>Participants</h1><p>None found.</p></main><footer><p>Help</p></footer></body></html>"""

SMALL_TARGETS: Final = '<input type="checkbox" aria-label="One">' * 2


FILES: Final = {
    "/bare.css": ("text/css", "a:focus { outline: none }"),
    "/covered.css": ("text/css", "footer { position: fixed; inset: 0; background: white }"),
    "/trap.js": (
        "text/javascript",
        "addEventListener('keydown', event => event.target.id === 'last' && event.preventDefault())",
    ),
    "/made.js": ("text/javascript", "document.querySelector('p').innerHTML = '<a href=/more>More</a>'"),
}
LINK: Final = '<a href="/a" id="last">All</a>'


class Site(BaseHTTPRequestHandler):
    """Answers every other address with the same page, under a policy that allows no inline script."""

    def __init__(self, html: str, status: int, *rest: object) -> None:
        self.html, self.status = html, status
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/gone.js" else self.status)
        kind, content = FILES.get(self.path, ("text/html", self.html))
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'self'; img-src *")
        self.end_headers()
        self.wfile.write(content.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of which not all that was shown has to be good."""
    with open_page(browser) as page:
        yield page


@pytest.fixture
def show(page: Page) -> Iterator[Callable[..., None]]:
    """Serves a page and opens it."""
    servers = []

    def show(html: str, status: int = 200) -> None:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, html, status))
        Thread(target=server.serve_forever, args=[0.01]).start()  # so soon it hears that it shall end
        servers.append(server)
        page.goto(f"http://127.0.0.1:{server.server_port}/")

    yield show
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("status", [200, 404])
def test_a_good_page_keeps_the_laws(page: Page, show: Callable[..., None], status: int) -> None:
    show(GOOD, status)
    assert_page_laws(page)


@pytest.mark.parametrize(
    ("good", "bad", "law"),
    [
        ("<title>Participants</title>", "", "has a title"),
        (' lang="en"', "", "names its language"),
        ("<title>", "<title>Error: ", "whether there is a fault"),
        ("<p>None", '<div class="govuk-error-summary"></div><p>None', "whether there is a fault"),
        ("<h1>Participants</h1>", "<h2>Participants</h2>", "has one h1"),
        ("</h1>", "</h1><h3>Filters</h3>", "headings are in order"),
        (
            '<main id="main"><h1>Participants</h1>',
            '<h1>Participants</h1><main id="main">',
            "h1 is in the main landmark",
        ),
        ("</h1>", '</h1><a class="govuk-back-link" href="/">Back</a>', "a Back link is in its own"),
        ("<footer><p>Help</p></footer>", "<p>Help</p>", "header, main landmark and footer"),
        ('href="#main"', 'href="#content"', "a way past its header"),
        ("None found.</p>", "None found.</p></div>", "good HTML"),
        ("</h1>", "</h1><h1>Again</h1>", "has one h1"),
        ("</head>", "<script>1</script></head>", "breaks no policy"),
        ("</head>", '<script src="/gone.js"></script></head>', "breaks no policy"),
        ("None found.", '<img src="http://localhost:9/" alt="">', "asks no other host"),
        ("None found.", '<img src="/">', "image-alt"),
        ("None found.", f'{LINK} and <a href="/" tabindex="1">First</a>', "in another order"),
        ("None found.", '<a href="/" tabindex="-1">All</a>', "never reached: a “All”"),
        ("None found.", f'{LINK}<script src="/trap.js"></script> and <a href="/b">More</a>', "never reached: a “More”"),
        ("None found.", f'<link rel="stylesheet" href="/bare.css">{LINK}', "no sign that it has the focus: a “All”"),
        ("None found.", f'<link rel="stylesheet" href="/covered.css">{LINK}', "focus out of sight: a “All”"),
        ("None found.", '<button type="button">More</button>', "these do nothing: .*More"),
        ("None found.", '<a href="#nowhere">More</a>', "these do nothing: .*More"),
        ("None found.", '<label>Name <input name="a"></label>', "these do nothing: .*Name"),
        ("None found.</p>", 'None found.</p><script src="/made.js"></script>', "these are missing: .*More"),
        ("None found.", SMALL_TARGETS, "target-size"),
        ("None found.", '<input name="query">', "Ensure every form element has a label"),
    ],
)
def test_a_page_that_breaks_a_law_is_found(
    page: Page, show: Callable[..., None], good: str, bad: str, law: str
) -> None:
    assert good in GOOD
    show(GOOD.replace(good, bad))
    with pytest.raises(AssertionError, match=law):
        assert_page_laws(page)


def test_a_title_that_another_page_has_is_found(page: Page, show: Callable[..., None]) -> None:
    show(GOOD)
    assert_page_laws(page)
    page.goto(f"{page.url}another")
    with pytest.raises(AssertionError, match="no two pages have the title"):
        assert_page_laws(page)


def test_what_a_page_had_is_found_when_another_is_shown(page: Page, show: Callable[..., None]) -> None:
    show(GOOD.replace("h1>", "h2>"))
    show(GOOD)
    with pytest.raises(AssertionError, match="has one h1"):
        assert_history(page)
