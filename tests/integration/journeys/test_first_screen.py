"""How much of a list its users see before they scroll: on a laptop, on a smaller window, and on a phone."""

from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.browser import assert_page_laws
from tests.integration.journeys.browser_user import sign_in

WHOLE_ROWS: Final = """() => [...document.querySelectorAll("tbody tr")]
  .filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length"""
"""How many rows end above the lower edge of the window."""

LISTS: Final = {"Ruth Adeyemi": "/participants", "Maria Silva": "/ects"}


@pytest.fixture(params=LISTS)
def listing(request: pytest.FixtureRequest, page: Page, demo: str) -> Page:
    sign_in(page, demo, request.param)
    page.goto(f"{demo}{LISTS[request.param]}")
    return page


def seen_at(page: Page, width: int, height: int) -> Page:
    page.set_viewport_size({"width": width, "height": height})
    page.reload()
    assert page.evaluate("scrollY") == 0
    return page


def test_a_laptop_shows_ten_whole_rows(listing: Page) -> None:
    assert seen_at(listing, 1366, 768).evaluate(WHOLE_ROWS) >= 10


@pytest.mark.parametrize("words", ["?query=a", "?role=ect&status=training_or_eligible_for_training"])
def test_a_laptop_shows_nine_whole_rows_where_a_search_or_a_filter_is_on(page: Page, demo: str, words: str) -> None:
    sign_in(page, demo, "Ruth Adeyemi")
    page.goto(f"{demo}/participants{words}")
    assert seen_at(page, 1366, 768).evaluate(WHOLE_ROWS) >= 9


def test_a_window_of_1024_pixels_scrolls_nothing_sideways(listing: Page) -> None:
    seen_at(listing, 1024, 768)
    assert listing.evaluate("document.documentElement.scrollWidth") <= 1024
    assert listing.locator(".app-scroll").evaluate("frame => frame.scrollWidth - frame.clientWidth") <= 0
    assert listing.evaluate(WHOLE_ROWS) >= 6
    assert_page_laws(listing)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (320, 568)])
def test_a_phone_shows_where_the_list_begins(listing: Page, width: int, height: int) -> None:
    name = seen_at(listing, width, height).get_by_role("rowheader").first.bounding_box()
    assert name is not None
    assert name["y"] + name["height"] / 2 <= height
    assert_page_laws(listing)


def test_the_filters_are_folded_and_unfold_without_script(browser: Browser, demo: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, demo, "Ruth Adeyemi")
    field = page.get_by_label("Mentor (")
    expect(field).to_be_hidden()
    page.locator("summary", has_text="Filters").click()
    field.check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("link", name="Remove role: Mentor")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [1366, 640, 320])
def test_open_filters_with_several_values_fit_and_keep_the_laws_of_every_page(listing: Page, width: int) -> None:
    listing.goto(f"{listing.url.partition('?')[0]}?status=checking_qts&status=participant_deferred&next=school")
    seen_at(listing, width, 768)
    listing.locator("summary", has_text="Filters (3 on)").click()
    expect(listing.get_by_label("Checking QTS (")).to_be_checked()
    assert listing.evaluate("document.documentElement.scrollWidth") <= width
    assert_page_laws(listing)
