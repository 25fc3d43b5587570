"""What people do at a browser, by what they see on its pages."""

import re

from playwright.sync_api import Page, expect


def new_link(page: Page, demo: str, name: str) -> str:
    """Choose somebody of the demo, have a link sent to them, and wait in the mailbox until it is there."""
    page.goto(f"{demo}/mailbox")
    before = _links(page, name)
    page.goto(f"{demo}/")
    page.get_by_role("button", name=f"Send link to {name}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    page.get_by_role("link", name="mailbox").click()
    while not (come := _links(page, name) - before):
        page.get_by_role("link", name="Look for new emails").click()
    return come.pop()


def sign_in(page: Page, demo: str, name: str) -> None:
    """Sign in as somebody of the demo."""
    page.goto(new_link(page, demo, name))
    press_sign_in(page)


def press_sign_in(page: Page) -> None:
    """Press the button on the page behind a link, and wait for the page that it leads to."""
    link = page.url
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: address != link)


def names(page: Page) -> list[str]:
    """The names in the table."""
    return page.get_by_role("rowheader").all_inner_texts()


def _links(page: Page, name: str) -> set[str]:
    """The sign-in links in the mails to somebody."""
    to_them = re.compile(rf"To {name.lower().replace(' ', '.')}@")
    found = page.locator(".govuk-summary-card").filter(has_text=to_them).locator("a[href*='/sign-in/']")
    return {str(link.get_attribute("href")) for link in found.all()}
