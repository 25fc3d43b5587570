"""A real Chromium, and the laws that every page of the service keeps."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from attrs import define, field
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

from tests.integration.html_checker import HtmlChecker, running_checker
from tests.integration.keyboard import assert_keyboard_is_enough
from tests.integration.page_shape import SHAPE, Shape, assert_shape
from tests.integration.without_script import assert_nothing_needs_script

CHROMIUM: Final = "/usr/bin/chromium"

# The first two open pages of the browser's own beside each of ours, which take more time than ours does. A list of
# what is off replaces Playwright's: of its names these keep a browser from calling its maker, and pages as they are.
FEATURES_OFF: Final = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)

# Root needs the first; the others keep a browser from calling its maker.
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(FEATURES_OFF)}",
)

WCAG: Final = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
VIOLATIONS: Final = "async (options) => ({ violations: (await axe.run(options)).violations })"
"""What axe finds amiss; to bring over what passed as well costs a fifth."""


@define(slots=False, eq=False)
class Record:
    """What pages did and had that were shown one after another: complaints, the hosts they asked, their shapes."""

    complaints: list[str] = field(factory=list)
    hosts: set[str] = field(factory=set)
    documents: set[str] = field(factory=set)
    shapes: list[tuple[Shape, bool]] = field(factory=list)
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
        """Keep the newest answer that is a page; what is downloaded is none."""
        if response.request.is_navigation_request() and "text/html" in response.headers.get("content-type", ""):
            self.answer = response

    def see(self, shape: Shape) -> None:
        """Keep the shape of a page as it was served, and whether it was there."""
        self.shapes.append((shape, self.is_there))

    @property
    def is_there(self) -> bool:
        """Whether the newest page is no error."""
        return self.answer is not None and self.answer.ok


RECORDS: Final[WeakKeyDictionary[Page, Record]] = WeakKeyDictionary()


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start Debian's Chromium without a window; close it afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser, *, scripts: bool = True) -> Iterator[Page]:
    """Open a page with cookies of its own, and keep a record of what it does; without script it tells no shape."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London", java_script_enabled=scripts)
    page = context.new_page()
    record = RECORDS[page] = Record()
    page.on("console", record.hear)
    page.on("pageerror", lambda error: record.complaints.append(str(error)))
    page.on("request", record.ask)
    page.on("response", record.receive)
    page.expose_function("pageIsThere", record.see)
    page.add_init_script(f"if (top === window) addEventListener('DOMContentLoaded', () => pageIsThere(({SHAPE})()))")
    yield page
    context.close()


def assert_history(page: Page) -> None:
    """Assert what costs little of every page that was shown since this one was opened."""
    record = RECORDS[page]
    for shape, is_there in record.shapes:
        assert_shape(shape, is_there=is_there)
    assert len(record.hosts) <= 1, f"a page asks no other host: {record.hosts}"
    assert not record.complaints, f"a page breaks no policy of its own and logs no error: {record.complaints}"


def assert_page_laws(page: Page) -> None:
    """Assert what holds for every page, on one that `open_page` opened and that shows something now."""
    page.wait_for_load_state()
    record = RECORDS[page]
    assert_shape(page.evaluate(SHAPE), is_there=record.is_there)
    assert record.hosts <= {urlsplit(page.url).netloc}, f"a page asks no other host: {record.hosts}"
    assert not record.complaints, f"a page breaks no policy of its own and logs no error: {record.complaints}"
    found = axe_results(page)
    assert found.violations_count == 0, found.generate_report()
    if record.answer is not None and record.answer is not record.checked:
        record.checked = record.answer
        html = record.answer.text()
        faults = checker().faults(html)
        assert not faults, f"a page is good HTML: {faults}"
        assert_nothing_needs_script(page, html)
    assert_keyboard_is_enough(page)


def axe_results(page: Page) -> AxeResults:
    """Let axe look at the page, which is given its half a megabyte of script once."""
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    return AxeResults(page.evaluate(VIOLATIONS, WCAG))


@cache
def checker() -> HtmlChecker:
    """The checker of this process, started when the first page is held to the laws and stopped with the process."""
    running = running_checker()
    atexit.register(running.__exit__, None, None, None)
    return running.__enter__()
