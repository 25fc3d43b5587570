"""The Tab key reaches everything on a page, visibly (WCAG 2.1.1, 2.1.2, 2.4.3, 2.4.7, 2.4.11)."""

from pathlib import Path
from typing import Final

from playwright.sync_api import Page

HERE: Final = Path(__file__).parent
CONTROLS: Final = (HERE / "controls.js").read_text()
LAID_OUT: Final = "await new Promise(requestAnimationFrame);"
"""A window that was just made wider or narrower is laid out, and scripts have heard of it."""
KINDS: Final = f"async () => {{ {LAID_OUT} {CONTROLS} return kindsOf(controls()); }}"
WATCH: Final = f"() => {{ {CONTROLS} return ({(HERE / 'keyboard.js').read_text()})(); }}"

WALKED: Final[set[tuple[object, ...]]] = set()
"""The states of pages that were walked through: their address, kinds of controls, and size of window."""


def assert_keyboard_is_enough(page: Page) -> None:
    """Press Tab until the page begins again; a page with the same kinds of controls in the same order is walked
    once."""
    state = (page.url.partition("?")[0], *page.evaluate(KINDS), *(page.viewport_size or {}).values())
    if state in WALKED:
        return
    WALKED.add(state)
    stops = page.evaluate(WATCH)
    for press in range(2 * stops + 20):  # a second round at most: a browser has controls of its own past the end
        page.keyboard.press("Tab")
        if press >= stops and not page.evaluate("() => watched.isLeft()"):
            break
    faults = page.evaluate("() => watched.told()")
    assert not faults, f"with only the Tab key: {faults}"
