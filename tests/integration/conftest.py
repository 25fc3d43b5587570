"""A browser for the tests that look at pages."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from tests.integration.browser import assert_history, open_page, running_chromium


@pytest.fixture(scope="module")  # and no longer: while it runs, nothing else can use asyncio in this thread
def browser() -> Iterator[Browser]:
    """A Chromium of this module's own, closed when its last test is done."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Opens a page with cookies of its own at each call: another person, at another machine."""
    opened: list[Page] = []
    with ExitStack() as pages:

        def open_another() -> Page:
            opened.append(pages.enter_context(open_page(browser)))
            return opened[-1]

        yield open_another
        for page in opened:
            assert_history(page)


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    """A page with cookies of its own."""
    return new_page()
