"""A page offers the same things with and without script, and each of them works."""

from collections import Counter
from pathlib import Path
from typing import Final
from urllib.parse import urljoin
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, Page

from tests.integration.keyboard import CONTROLS

OF_SCRIPT: Final = "dialog *, .govuk-js-service-navigation-toggle"
"""Controls that have another form without script: staying signed in is any link, and the links lie open."""

OFFERED: Final = f"""() => {{
  {CONTROLS}
  return controls().filter((control) => !control.matches("{OF_SCRIPT}")).map(described);
}}"""
SERVED: Final = f"() => {{ {CONTROLS} return ({Path(__file__).with_name('served.js').read_text()})(); }}"

PLAIN: Final[WeakKeyDictionary[Browser, Page]] = WeakKeyDictionary()
"""For each browser, the page in which no script runs."""


def assert_nothing_needs_script(page: Page, html: str) -> None:
    """Show a page once more as it was served, without script."""
    plain = _plain(page, html)
    served = plain.evaluate(SERVED)
    assert not served["dead"], f"without script these do nothing: {served['dead']}"
    missing = Counter(page.evaluate(OFFERED)) - Counter(served["offered"])
    assert not missing, f"without script these are missing: {list(missing)}"


def _plain(page: Page, html: str) -> Page:
    browser = page.context.browser
    assert browser is not None
    if browser not in PLAIN:
        PLAIN[browser] = browser.new_context(java_script_enabled=False).new_page()
    plain = PLAIN[browser]
    there = urljoin(page.url, "/")
    if plain.url != there:
        plain.goto(there)  # once: filling an open page costs a fifth of opening one
    size = page.viewport_size
    if size is not None and size != plain.viewport_size:
        plain.set_viewport_size(size)
    plain.set_content(html)
    return plain
