"""A real Chromium, and the laws that every page of the service keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from attrs import define, field
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

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
    yield page
    context.close()


def assert_page_laws(page: Page) -> None:
    """Assert what holds for every page, on one that `open_page` opened and that shows something now."""
    record = RECORDS[page]
    assert page.title().strip(), "a page has a title"
    assert page.locator("html").get_attribute("lang"), "a page names its language"
    assert page.locator("h1").count() == 1, "a page has one h1"
    assert record.hosts <= {urlsplit(page.url).netloc}, f"a page asks no other host: {record.hosts}"
    assert not record.complaints, f"a page breaks no policy of its own and logs no error: {record.complaints}"
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()
