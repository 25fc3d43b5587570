"""Every page keeps the laws of pages, on a wide screen and on one of 320 pixels, as at 400 % (WCAG 1.4.10)."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, Route

from tests.integration.browser import assert_page_laws
from tests.integration.journeys.person import new_link, sign_in

SCREENSHOTS: Final = Path(__file__).parents[3] / "screenshots"
"""Where pages can be looked at afterwards; ignored by git."""

PUBLIC: Final = {
    "start": "/",
    "sign-in": "/sign-in",
    "check-your-email": "/sign-in/check-your-email",
    "dead-link": "/sign-in/no-such-token",
    "confirm-dead-link": "/confirm/no-such-token",
    "confirm-too-late": "/confirm",
    "confirm-answered": "/confirm/answered",
    "confirm-sent-again": "/confirm/sent-again",
    "signed-out": "/signed-out",
    "statuses": "/help/statuses",
    "wrong-data": "/help/wrong-data",
    "contact": "/help/contact",
    "accessibility": "/help/accessibility",
    "privacy": "/help/privacy",
    "cookies": "/help/cookies",
    "mailbox": "/mailbox",
    "not-found": "/no/such/page",
    "malformed": "/?a=1&a=2",
}
OF_ROLES: Final[Mapping[str, Mapping[str, str]]] = {
    "Ruth Adeyemi": {
        "participants": "/participants?per_page=20&page=2",
        "participants-filtered": "/participants?query=ad&role=ect&status=training_or_eligible_for_training",
        "participants-sorted": "/participants?sort=since&direction=descending&per_page=20",
        "changes": "/changes?since=2024-09-01",
        "changes-none": "/changes?query=no+such+person",
        "changes-not-understood": "/changes?since=x&query=a",
        "participants-none": "/participants?query=no+such+person",
        "downloads": "/downloads?query=ad&role=ect",
        "participants-not-understood": "/participants?status=x&query=a",
        "hidden-from-partners": "/support/users",
        "nominate": "/nominate",
    },
    "Maria Silva": {"ects": "/ects?per_page=20", "ects-downloads": "/ects/downloads", "ects-changes": "/ects/changes"},
    "Peter Lund": {"no-agreement": "/participants"},
    "Grace Okafor": {"choose-role": "/choose-role"},
    "Dev Patel": {"choose-organisation": "/choose-organisation"},
    "Sam Reed": {
        "users": "/support/users",
        "nominations": "/support/nominations",
        "nominations-closed": "/support/nominations?show=closed",
        "record-nomination": "/support/nominations/add",
        "agreements": "/support/agreements",
        "add-agreement": "/support/agreements/add",
        "access-review": "/support/access-review",
        "explain": "/support/explain",
        "audit": "/support/audit",
        "seen": "/support/audit/seen",
    },
    "Lena Hart": {"policy": "/policy", "policy-nominations": "/policy/nominations"},
}


MOVED: Final = """() => new Promise(told => {
  const moved = (list) => list.reduce((sum, shift) => sum + shift.value, 0);
  new PerformanceObserver((seen) => told(moved(seen.getEntries()))).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => told(0)));
})"""
"""How much of the page moved without anybody having done anything."""


def assert_good(page: Page, name: str) -> None:
    """The page keeps the laws, and on a phone nothing has to be scrolled sideways; tables are another layout there."""
    page.wait_for_load_state()  # a press has only begun to lead here
    SCREENSHOTS.mkdir(exist_ok=True)
    for width in (768, 1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == 768:
            continue
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=width == 1280)
        if width == 1280 or page.get_by_role("table").count():
            assert_page_laws(page)
        if width == 1280:
            assert_no_frame_scrolls(page)
    assert_no_frame_scrolls(page)


def assert_no_frame_scrolls(page: Page) -> None:
    """Tables fit a laptop, and a phone where they are laid out anew; between the two they scroll in their frame."""
    frames = page.locator(".app-scroll").evaluate_all("frames => frames.map(f => f.scrollWidth - f.clientWidth)")
    assert all(excess <= 0 for excess in frames)


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages(page: Page, demo: str, name: str) -> None:
    page.goto(f"{demo}{PUBLIC[name]}")
    assert_good(page, name)


@pytest.mark.parametrize("who", OF_ROLES)
def test_pages_of_roles(page: Page, demo: str, who: str) -> None:
    sign_in(page, demo, who)
    for name, path in OF_ROLES[who].items():
        page.goto(f"{demo}{path}")
        assert_good(page, name)


def test_nothing_moves_on_a_phone_when_a_late_script_folds_the_menu(page: Page, demo: str) -> None:
    sign_in(page, demo, "Tom Price")
    page.set_viewport_size({"width": 320, "height": 800})

    def late(route: Route) -> None:
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/start.js", late)
    page.goto(f"{demo}/downloads")
    page.get_by_role("button", name="Menu").wait_for()
    assert page.evaluate(MOVED) == 0


@pytest.mark.parametrize(("who", "name"), [("Ruth Adeyemi", "participant"), ("Maria Silva", "ect")])
def test_a_participants_own_page(page: Page, demo: str, who: str, name: str) -> None:
    sign_in(page, demo, who)
    page.get_by_role("rowheader").first.get_by_role("link").click()
    assert_good(page, name)


def test_the_page_of_a_link(page: Page, demo: str) -> None:
    page.goto(new_link(page, demo, "Tom Price"))
    assert_good(page, "link")


def test_the_key_to_the_statuses(page: Page, demo: str) -> None:
    sign_in(page, demo, "Anna Whitlock")
    page.get_by_role("group").get_by_text("What the statuses mean").click()
    assert_good(page, "key")


def test_forms_with_faults(page: Page, demo: str) -> None:
    page.goto(f"{demo}/sign-in")
    page.get_by_role("button", name="Send sign-in link").click()
    assert_good(page, "sign-in-fault")


def test_changes_of_access(page: Page, demo: str) -> None:
    sign_in(page, demo, "Sam Reed")
    page.get_by_role("link", name="record their nomination").click()
    page.get_by_role("button", name="Record nomination").click()
    assert_good(page, "record-nomination-faults")
    page.goto(f"{demo}/support/users")
    page.get_by_role("link", name="Dev Patel").click()
    assert_good(page, "user")
    page.get_by_role("link", name="Change email address").click()
    page.get_by_role("button", name="Change email address").click()
    assert_good(page, "address-faults")
    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="Remove").first.click()
    assert_good(page, "remove")


def test_an_agreement_and_what_ending_it_does(page: Page, demo: str) -> None:
    sign_in(page, demo, "Sam Reed")
    page.goto(f"{demo}/support/agreements/add")
    page.get_by_role("button", name="Add agreement").click()
    assert_good(page, "add-agreement-faults")
    page.get_by_role("link", name="All agreements").click()
    page.locator("tr", has_text="In force").first.get_by_role("link").click()
    assert_good(page, "agreement")
    page.get_by_role("link", name="Files that left under this agreement").click()
    assert_good(page, "files")
    page.get_by_role("link", name="Agreement", exact=True).click()
    page.get_by_role("button", name="End this agreement").click()
    page.get_by_role("button", name="Continue").click()
    assert_good(page, "end-agreement-faults")
    page.get_by_label("Why does it end?").fill("Not renewed")
    page.get_by_role("button", name="Continue").click()
    assert_good(page, "effect-of-ending")


def test_an_explanation(page: Page, demo: str) -> None:
    sign_in(page, demo, "Sam Reed")
    page.goto(f"{demo}/support/explain")
    page.get_by_role("button", name="Explain").click()
    assert_good(page, "explain-faults")
    page.get_by_label("User’s email address").fill("ruth.adeyemi@northern-moors.example.org")
    page.get_by_label("Participant’s id").fill("p-000001")
    page.get_by_role("button", name="Explain").click()
    assert_good(page, "explained")


def test_the_pages_of_a_nomination(page: Page, demo: str) -> None:
    sign_in(page, demo, "Lena Hart")
    for who, button, save in (
        ("Isla Brennan", "Ask a lead provider", "Continue"),
        ("Priya Nair", "Record the answer", "Save"),
    ):
        page.goto(f"{demo}/policy/nominations")
        page.get_by_role("link", name=who).click()
        assert_good(page, f"nomination-{who.split()[0].lower()}")
        page.get_by_role("button", name=button, exact=True).click()
        page.get_by_role("button", name=save).click()
        assert_good(page, f"nomination-{button.split()[0].lower()}-faults")
    page.goto(f"{demo}/policy/nominations")
    page.get_by_role("link", name="Kofi Mensah").click()
    assert_good(page, "nomination-asked-by-link")
    page.get_by_role("button", name="Withdraw").click()
    assert_good(page, "nomination-withdraw")


def test_the_pages_of_a_lead_providers_contact(page: Page, demo: str) -> None:
    page.goto(f"{demo}/mailbox")
    while not (links := page.locator("a[href*='/confirm/']")).count():
        page.get_by_role("link", name="Look for new emails").click()
    links.last.click()  # the oldest is made with the demo, and later ones may be answered
    assert_good(page, "confirm-link")
    page.get_by_role("button", name="See who it is").click()
    page.get_by_role("button", name="Send answer").click()
    assert_good(page, "confirm-question-faults")


def test_an_old_tab(new_page: Callable[[], Page], demo: str) -> None:
    page = new_page()
    sign_in(page, demo, "Dev Patel")
    page.get_by_label("Fenland Schools Alliance").check()
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{demo}/participants?acting=delivery_partner:dp-weald")
    assert_good(page, "old-tab")
