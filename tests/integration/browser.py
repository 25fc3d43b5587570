"""A real Chromium, and the laws that every page of the service keeps."""

import atexit
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from attrs import define, field
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

from tests.integration.html_checker import HtmlChecker, running_checker

CHROMIUM: Final = "/usr/bin/chromium"

# Root needs the first; the others keep a browser from calling its maker.
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

WCAG: Final = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}


@define(slots=False, eq=False)
class Record:
    """What a page did while it was open: what its console complained of, and what it asked of which hosts."""

    complaints: list[str] = field(factory=list)
    hosts: set[str] = field(factory=set)
    documents: set[str] = field(factory=set)
    answer: Response | None = None
    checked: Response | None = None

    def hear(self, message: ConsoleMessage) -> None:
        """Keep an error or a warning; that a page itself is answered with 404 or the like is none."""
        is_answer = "status of" in message.text and message.location["url"] in self.documents
        if message.type in {"error", "warning"} and not is_answer:
            self.complaints.append(message.text)

    def ask(self, request: Request) -> None:
        """Keep the host that is asked; what a page carries in itself (data:) asks none."""
        if request.is_navigation_request():
            self.documents.add(request.url)
        if request.url.startswith(("http:", "https:", "ws:", "wss:")):
            self.hosts.add(urlsplit(request.url).netloc)

    def receive(self, response: Response) -> None:
        """Keep the newest answer that is a page."""
        if response.request.is_navigation_request():
            self.answer = response


RECORDS: Final[WeakKeyDictionary[Page, Record]] = WeakKeyDictionary()


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start Debian's Chromium without a window; close it afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser) -> Iterator[Page]:
    """Open a page with cookies of its own, and keep a record of what it does."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    page = context.new_page()
    record = RECORDS[page] = Record()
    page.on("console", record.hear)
    page.on("pageerror", lambda error: record.complaints.append(str(error)))
    page.on("request", record.ask)
    page.on("response", record.receive)
    yield page
    context.close()


def assert_page_laws(page: Page) -> None:
    """Assert what holds for every page, on one that `open_page` opened and that shows something now."""
    record = RECORDS[page]
    assert_title(page)
    assert page.locator("html").get_attribute("lang"), "a page names its language"
    assert_headings(page)
    assert_landmarks(page)
    assert record.hosts <= {urlsplit(page.url).netloc}, f"a page asks no other host: {record.hosts}"
    assert not record.complaints, f"a page breaks no policy of its own and logs no error: {record.complaints}"
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()
    if record.answer is not None and record.answer is not record.checked:
        record.checked = record.answer
        faults = checker().faults(record.answer.text())
        assert not faults, f"a page is good HTML: {faults}"


OF_TWINS: Final = re.compile("^/(ects|policy|support)/")
"""Where the same page is for other roles."""

TITLES: Final[dict[str, str]] = {}
"""Which path a title was seen at first, of pages that are there."""


def assert_title(page: Page) -> None:
    """A page has a title, no other page's, and it begins with "Error:" exactly where a form has a fault."""
    title = page.title().strip()
    assert title, "a page has a title"
    has_fault = page.locator(".govuk-error-summary").count() > 0
    assert title.startswith("Error:") == has_fault, f"the title says whether there is a fault: {title}"
    answer = RECORDS[page].answer
    if answer is not None and answer.ok and answer.url == page.url:
        path = OF_TWINS.sub("/", urlsplit(page.url).path)
        first = TITLES.setdefault(title, path)
        assert first == path, f"no two pages have the title {title}: {first} and {path}"


def assert_headings(page: Page) -> None:
    """A page has one h1, it comes first, and no level is left out on the way down."""
    levels = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
        "headings => headings.filter(h => h.checkVisibility()).map(h => Number(h.tagName[1]))"
    )
    assert levels.count(1) == 1, "a page has one h1"
    down = [(above, below) for above, below in pairwise(sorted_from_h1(levels)) if below > above + 1]
    assert not down, f"headings are in order: {levels}"


def sorted_from_h1(levels: list[int]) -> list[int]:
    """The levels from the h1 on; what the header and an error summary have before it is theirs."""
    return levels[levels.index(1) :]


def assert_landmarks(page: Page) -> None:
    """A page has one main part, with the h1 in it, between header and footer; a Back link has a landmark of its own."""
    mains = page.locator("main")
    assert mains.count() == 1, "a page has one main landmark"
    assert mains.locator("h1").count() == 1, "the h1 is in the main landmark"
    backs = page.locator(".govuk-back-link")
    assert page.locator("nav[aria-label=Back] > .govuk-back-link").count() == backs.count(), "a Back link is in its own"
    assert mains.locator(".govuk-back-link").count() == 0, "a Back link stands before the main landmark"


@cache
def checker() -> HtmlChecker:
    """The checker of this process, started when the first page is held to the laws and stopped with the process."""
    running = running_checker()
    atexit.register(running.__exit__, None, None, None)
    return running.__enter__()
