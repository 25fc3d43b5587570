"""What people do at a browser, by what they see on its pages."""

import re
import time
from html import unescape
from typing import Final

import httpx2
from playwright.sync_api import Page, expect

from checkdata.entrypoints.demo.users import USERS
from tests.integration.cli.web_client import LINK, PATIENCE_SECONDS, ask_for_link, follow_link

LISTS: Final = ("Participants", "Early career teachers")
"""What the list of each role is called."""
EMAILS: Final = {user.name: user.email for user in USERS}


def new_link(page: Page, demo: str, name: str) -> str:
    """Choose a user of the demo, have a link sent to them, and wait in the mailbox until it is there."""
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
    """Be signed in as a user of the demo, and see the list of their role, or the first page where it has none."""
    sign_in_as(page, demo, EMAILS[name])


def sign_in_as(page: Page, demo: str, email: str) -> None:
    """Be signed in as the user with an address, by the same steps without a page of each, which costs a tenth."""
    with httpx2.Client(base_url=demo) as client:
        before = _mailed(client, email)
        ask_for_link(client, email)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (come := _mailed(client, email) - before):
            assert time.monotonic() < deadline, f"no mail came to {email}"
            time.sleep(0.1)
        first = follow_link(client, come.pop())
        page.context.add_cookies(
            [{"name": name, "value": value, "url": demo} for name, value in client.cookies.items()]
        )
        page.goto(str(first.url))
    for lists in LISTS:
        if (link := page.get_by_role("navigation").get_by_role("link", name=lists, exact=True)).count():
            link.first.click()


def sign_in_by_hand(page: Page, demo: str, name: str) -> None:
    """Choose a user of the demo, follow the link from the mailbox, and press its button."""
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
    """The sign-in links in the mails to a user."""
    to_them = re.compile(rf"To {name.lower().replace(' ', '.')}@")
    found = page.locator(".govuk-summary-card").filter(has_text=to_them).locator("a[href*='/sign-in/']")
    return {str(link.get_attribute("href")) for link in found.all()}


def _mailed(client: httpx2.Client, email: str) -> set[str]:
    """The same, asked for without a browser."""
    mails = unescape(client.get("/mailbox").text).split("govuk-summary-card__title-wrapper")
    return {link for mail in mails if f"To {email}," in mail for link in LINK.findall(mail)}
