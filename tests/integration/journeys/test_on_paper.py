"""What pages are on paper: text that can be read, and nothing that only a screen can do."""

from collections.abc import Mapping
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.integration.journeys.browser_user import sign_in

PRINTED: Final[Mapping[str, tuple[str, ...]]] = {
    "Ruth Adeyemi": ("/overview", "/schools", "/participants", "/chase", "/changes?since=2024-09-01", "/team"),
    "Maria Silva": ("/ects", "/ects/chase"),
    "Sam Reed": (
        "/support",
        "/support/users",
        "/support/nominations",
        "/support/agreements",
        "/support/access-review",
        "/support/audit",
    ),
    "Lena Hart": ("/policy", "/policy/nominations"),
}
SMALL: Final = """() => [...document.querySelectorAll("main *")]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .filter((one) => one.checkVisibility() && !one.closest(".govuk-visually-hidden"))
  .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 12)
  .map((one) => `${one.className}: ${one.textContent.trim().slice(0, 40)}`)"""
"""Text below nine points."""


@pytest.mark.parametrize("who", PRINTED)
def test_on_paper_no_text_is_smaller_than_nine_points_and_nothing_is_to_be_pressed(
    page: Page, demo: str, who: str
) -> None:
    sign_in(page, demo, who)
    page.emulate_media(media="print")
    for path in PRINTED[who]:
        page.goto(f"{demo}{path}")
        assert page.evaluate(SMALL) == [], path
        assert not [button for button in page.locator("main button").all() if button.is_visible()], path


def test_a_chase_list_on_paper_offers_no_text_to_copy(page: Page, demo: str) -> None:
    sign_in(page, demo, "Ruth Adeyemi")
    page.goto(f"{demo}/chase")
    offered = page.get_by_text("Copy text for email").first
    expect(offered).to_be_visible()
    page.emulate_media(media="print")
    expect(offered).to_be_hidden()
