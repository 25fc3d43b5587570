"""Every page keeps the laws of pages, on a wide screen and on one of 320 pixels, as at 400 % (WCAG 1.4.10)."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest
from playwright.sync_api import Page, Route, expect

from checkdata.entrypoints.web.maintenance_page import maintenance_page
from tests.integration.browser import assert_page_laws
from tests.integration.journeys.browser_user import new_link, sign_in

PUBLIC: Final = (
    "/",
    "/sign-in",
    "/sign-in/check-your-email",
    "/sign-in/no-such-token",
    "/confirm/no-such-token",
    "/confirm",
    "/confirm/answered",
    "/confirm/sent-again",
    "/signed-out",
    "/help/statuses",
    "/help/wrong-data",
    "/help/contact",
    "/help/roles",
    "/help/accessibility",
    "/help/privacy",
    "/help/cookies",
    "/mailbox",
    "/no/such/page",
    "/?a=1&a=2",
)
OF_ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "Ruth Adeyemi": (
        "/overview",
        "/overview?role=mentor",
        "/overview?academic_year=1999",
        "/overview?role=x",
        "/schools",
        "/schools?next=school&sort=name&direction=descending",
        "/schools?query=no+such+school",
        "/schools?query=-",
        "/participants?per_page=20&page=2",
        "/participants?query=ad&role=ect&status=training_or_eligible_for_training",
        "/participants?sort=since&direction=descending&per_page=20",
        "/changes?since=2024-09-01",
        "/changes?query=no+such+person",
        "/changes?since=x&query=a",
        "/participants?query=no+such+person",
        "/participants?query=0000001+0000002",
        "/participants?status=induction_completed&next=school",
        "/downloads?query=ad&role=ect",
        "/files-to-delete",
        "/help/request?page=/participants",
        "/help/request?sent=yes",
        "/participants?status=x&query=a",
        "/support/users",
        "/nominate",
        "/team",
        "/keys",
        "/changes/emails",
        "/chase",
        "/chase?next=school&query=no+such+person",
        "/reconcile",
    ),
    "Maria Silva": (
        "/ects/overview",
        "/ects/schools",
        "/ects/team",
        "/ects/keys",
        "/ects/schools?query=no+such+school",
        "/ects/chase",
        "/ects/chase?next=school&query=no+such+person",
        "/ects/nominate",
        "/ects/reconcile",
        "/ects?per_page=20",
        "/ects?query=no+such+person",
        "/ects/downloads",
        "/ects/changes",
    ),
    "Peter Lund": ("/participants", "/overview", "/schools"),
    "Grace Okafor": ("/choose-role",),
    "Dev Patel": ("/choose-organisation",),
    "Sam Reed": (
        "/support",
        "/support/recalls",
        "/support/notice",
        "/support/keys",
        "/support/participants",
        "/support/agreements?show=ending",
        "/support/agreements?query=no+such+partner",
        "/support/users",
        "/support/users?query=no+such+user",
        "/support/nominations",
        "/support/nominations?show=closed",
        "/support/nominations/add",
        "/support/proposals",
        "/support/agreements",
        "/support/agreements/add",
        "/support/access-review",
        "/support/users/undelivered",
        "/support/explain",
        "/support/audit",
        "/support/audit/seen",
        "/support/audit/statement",
        "/support/audit/wrongly-seen",
    ),
    "Lena Hart": ("/policy", "/policy/nominations"),
}


MOVED: Final = """() => new Promise(told => {
  const moved = (list) => list.reduce((sum, shift) => sum + shift.value, 0);
  new PerformanceObserver((seen) => told(moved(seen.getEntries()))).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => told(0)));
})"""
"""How much of the page moved by itself."""


def assert_good(page: Page) -> None:
    """The page keeps the laws, and on a phone nothing has to be scrolled sideways; tables are another layout there."""
    page.wait_for_load_state()  # a press has only begun to lead here
    for width in (768, 1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == 768:
            continue
        if width == 1280 or page.get_by_role("table").count():
            assert_page_laws(page)
        if width == 1280:
            assert_no_frame_scrolls(page)
    assert_no_frame_scrolls(page)


def assert_no_frame_scrolls(page: Page) -> None:
    """Tables fit a laptop, and a phone where they are laid out differently; between the two they scroll in their
    frame."""
    frames = page.locator(".app-scroll").evaluate_all("frames => frames.map(f => f.scrollWidth - f.clientWidth)")
    assert all(excess <= 0 for excess in frames)


def test_public_pages(page: Page, demo: str) -> None:
    for path in PUBLIC:
        page.goto(f"{demo}{path}")
        assert_good(page)


@pytest.mark.parametrize("who", OF_ROLES)
def test_pages_of_roles(page: Page, demo: str, who: str) -> None:
    sign_in(page, demo, who)
    for path in OF_ROLES[who]:
        page.goto(f"{demo}{path}")
        assert_good(page)


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


@pytest.mark.parametrize(("who", "schools"), [("Ruth Adeyemi", "/schools"), ("Maria Silva", "/ects/schools")])
def test_the_page_of_a_school(page: Page, demo: str, who: str, schools: str) -> None:
    sign_in(page, demo, who)
    page.goto(f"{demo}{schools}")
    page.get_by_role("rowheader").first.get_by_role("link").click()
    expect(page.get_by_role("link", name="Back to schools")).to_be_visible()
    assert_good(page)
    page.get_by_role("link", name="To resolve in all").click()
    assert_good(page)


@pytest.mark.parametrize("who", ["Ruth Adeyemi", "Maria Silva"])
def test_a_participants_own_page(page: Page, demo: str, who: str) -> None:
    sign_in(page, demo, who)
    page.get_by_role("rowheader").first.get_by_role("link").click()
    assert_good(page)


def test_the_page_of_a_link(page: Page, demo: str) -> None:
    page.goto(new_link(page, demo, "Tom Price"))
    assert_good(page)


def test_what_the_statuses_mean_to_an_appropriate_body(page: Page, demo: str) -> None:
    sign_in(page, demo, "Maria Silva")
    page.get_by_role("main").get_by_role("link", name="What the statuses mean").click()
    assert_good(page)


def test_forms_with_faults(page: Page, demo: str) -> None:
    page.goto(f"{demo}/sign-in")
    page.get_by_role("button", name="Send sign-in link").click()
    assert_good(page)
    page.get_by_label("Email address").fill("nobody@else.example")
    page.get_by_role("button", name="Send sign-in link").click()
    for typed in ("", *["999999"] * 6):  # as no code, wrong, once too often
        page.get_by_label("Code from the email").fill(typed)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        if not typed or page.get_by_text("Too many wrong codes").count():
            assert_good(page)
    expect(page.get_by_role("alert")).to_contain_text("Too many wrong codes")


def test_changes_of_access(page: Page, demo: str) -> None:
    sign_in(page, demo, "Sam Reed")
    page.goto(f"{demo}/support/users")
    page.get_by_role("link", name="record their nomination").click()
    page.get_by_role("button", name="Record nomination").click()
    assert_good(page)
    page.goto(f"{demo}/support/users")
    page.get_by_role("link", name="Dev Patel").click()
    assert_good(page)
    page.get_by_role("link", name="Change email address").click()
    page.get_by_role("button", name="Propose email address").click()
    assert_good(page)
    page.get_by_role("link", name="Back", exact=True).click()
    page.get_by_role("link", name="Remove").first.click()
    assert_good(page)


def test_a_new_address_that_waits(new_page: Callable[[], Page], demo: str) -> None:
    sam, jess = new_page(), new_page()
    sign_in(sam, demo, "Sam Reed")
    sam.goto(f"{demo}/support/users")
    sam.get_by_role("link", name="Anna Whitlock").click()
    sam.get_by_role("link", name="Change email address").click()
    sam.get_by_role("link", name="nominate them at the new address").click()
    assert_good(sam)
    sam.get_by_role("button", name="Record nomination").click()
    assert_good(sam)
    sam.get_by_role("link", name="Back", exact=True).click()
    sam.get_by_role("link", name="Change email address").click()
    sam.get_by_label("New email address").fill("anna.whitlock@cuthbert-hub.example.org")
    sam.get_by_label("Why?").fill("Their hub has another domain")
    sam.get_by_role("button", name="Propose email address").click()
    assert_good(sam)
    sign_in(jess, demo, "Jess Moore")
    jess.goto(f"{demo}/support/proposals")
    assert_good(jess)
    jess.get_by_role("link", name="Anna Whitlock").click()
    assert_good(jess)
    jess.get_by_role("button", name="Confirm").click()
    assert_good(jess)
    sam.goto(f"{demo}/support/users")
    sam.get_by_role("link", name="Anna Whitlock").click()
    assert_good(sam)


def test_an_api_key_from_its_issue_to_its_end(new_page: Callable[[], Page], demo: str) -> None:
    sam, ruth = new_page(), new_page()
    sign_in(sam, demo, "Sam Reed")
    sam.goto(f"{demo}/support/users")
    sam.get_by_role("link", name="Ruth Adeyemi").click()
    sam.get_by_role("link", name="Issue an API key").first.click()
    sam.get_by_role("button", name="Issue API key").click()
    assert_good(sam)
    sam.get_by_label("Name of the key").fill("Nightly copy to our training records")
    sam.get_by_label("Why?").fill("Ticket 12")
    sam.get_by_role("button", name="Issue API key").click()
    assert_good(sam)
    sign_in(ruth, demo, "Ruth Adeyemi")
    ruth.goto(f"{demo}/team")
    ruth.get_by_role("link", name="your API keys").click()
    assert_good(ruth)
    ruth.get_by_role("button", name="Show the secret once").click()
    expect(ruth.get_by_text("checkdata-")).to_be_visible()
    assert_good(ruth)
    ruth.get_by_role("link", name="Go to your API keys").click()
    ruth.get_by_role("link", name="Revoke").click()
    ruth.get_by_label("Why?").fill("Not needed")
    ruth.get_by_role("button", name="Revoke API key").click()
    assert_good(ruth)
    sam.goto(f"{demo}/support/keys")
    assert_good(sam)


def test_an_agreement_and_what_ending_it_does(page: Page, demo: str) -> None:
    sign_in(page, demo, "Sam Reed")
    page.goto(f"{demo}/support/agreements/add")
    page.get_by_role("button", name="Continue").click()
    assert_good(page)
    page.get_by_label("Delivery partner").select_option(label="Northern Moors Teaching School Hub (dp-north-hub)")
    page.get_by_label("Lead provider", exact=True).select_option(index=1)
    for part, typed in (("Day", "1"), ("Month", "9"), ("Year", "2021")):
        page.get_by_role("group", name="First day").get_by_label(part).fill(typed)
    page.get_by_label("Yes").check()
    page.get_by_label("Why is it added by hand?").fill("Signed")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add this agreement?")
    assert_good(page)
    page.get_by_role("button", name="Add agreement").click()
    assert_good(page)
    page.goto(f"{demo}/support/agreements")
    assert_good(page)
    page.locator("tr", has_text="In force").first.get_by_role("link").click()
    assert_good(page)
    page.get_by_role("link", name="Files downloaded under this agreement").click()
    assert_good(page)
    page.get_by_role("link", name="Agreement", exact=True).click()
    page.get_by_role("button", name="End this agreement").click()
    page.get_by_role("button", name="Continue").click()
    assert_good(page)
    page.get_by_label("Why does it end?").fill("Not renewed")
    page.get_by_role("button", name="Continue").click()
    assert_good(page)


def test_an_explanation(page: Page, demo: str) -> None:
    sign_in(page, demo, "Sam Reed")
    page.goto(f"{demo}/support/explain")
    page.get_by_role("button", name="Check access").click()
    assert_good(page)
    page.get_by_label("User’s email address").fill("ruth.adeyemi@northern-moors.example.org")
    page.get_by_label("Participant’s id").fill("p-000001")
    page.get_by_role("button", name="Check access").click()
    assert_good(page)


def test_answers_about_a_participant(page: Page, demo: str) -> None:
    sign_in(page, demo, "Sam Reed")
    for path, button in (("statement", "Make statement"), ("wrongly-seen", "Find who was seen wrongly")):
        page.goto(f"{demo}/support/audit/{path}")
        page.get_by_role("button", name=button).click()
        assert_good(page)
        page.get_by_label("Participant’s id").fill("p-000001")
        page.get_by_role("button", name=button).click()
        assert_good(page)


def test_files_to_delete_and_who_has_not_confirmed(new_page: Callable[[], Page], demo: str) -> None:
    anna, sam = new_page(), new_page()
    sign_in(anna, demo, "Anna Whitlock")
    anna.goto(f"{demo}/downloads")
    with anna.expect_download():
        anna.get_by_role("link", name="Download CSV file").click()
    sign_in(sam, demo, "Sam Reed")
    sam.goto(f"{demo}/support/agreements?query=wear+valley")
    sam.locator("tr", has_text="In force").first.get_by_role("link").click()
    sam.get_by_role("button", name="End this agreement").click()
    sam.get_by_label("Why does it end?").fill("Not renewed")
    sam.get_by_role("button", name="Continue").click()
    sam.get_by_role("button", name="End agreement").click()
    assert_good(sam)
    sam.get_by_role("link", name="Files downloaded under this agreement").click()
    assert_good(sam)
    sam.get_by_role("link", name="Record that it is deleted").click()
    assert_good(sam)
    anna.goto(f"{demo}/files-to-delete")
    assert_good(anna)
    anna.get_by_role("button", name="I have deleted all of these").click()
    assert_good(anna)


def test_the_pages_of_a_nomination(page: Page, demo: str) -> None:
    sign_in(page, demo, "Lena Hart")
    for who, button, save in (
        ("Isla Brennan", "Ask a lead provider", "Continue"),
        ("Priya Nair", "Record the answer", "Save"),
        ("Helen Firth", "Decide without a lead provider", "Save"),
        ("Kofi Mensah", "Correct the name", "Correct name"),
    ):
        page.goto(f"{demo}/policy/nominations")
        page.get_by_role("link", name=who).click()
        assert_good(page)
        page.get_by_role("button", name=button, exact=True).click()
        page.get_by_role("button", name=save).click()
        assert_good(page)
    page.goto(f"{demo}/policy/nominations")
    page.get_by_role("link", name="Kofi Mensah").click()
    assert_good(page)
    page.get_by_role("button", name="Withdraw").click()
    assert_good(page)


def test_the_pages_of_a_lead_providers_contact(page: Page, demo: str) -> None:
    page.goto(f"{demo}/mailbox")
    while not (links := page.locator("a[href*='/confirm/']")).count():
        page.get_by_role("link", name="Look for new emails").click()
    links.last.click()  # the oldest is made with the demo, and later ones may be answered
    assert_good(page)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send answer").click()
    assert_good(page)


def test_an_old_tab(new_page: Callable[[], Page], demo: str) -> None:
    page = new_page()
    sign_in(page, demo, "Dev Patel")
    page.get_by_label("Fenland Schools Alliance").check()
    page.get_by_role("button", name="Continue").click()
    page.goto(f"{demo}/participants?acting=delivery_partner:dp-weald")
    assert_good(page)


def test_a_service_notice_and_the_maintenance_page(new_page: Callable[[], Page], demo: str) -> None:
    sam, visitor = new_page(), new_page()
    sign_in(sam, demo, "Sam Reed")
    for where in ("On every page", "Instead of every page"):
        sam.goto(f"{demo}/support/notice")
        sam.get_by_label(where).check()
        sam.get_by_label("Text", exact=True).fill("The data of today are late")
        for part, typed in (("Day", "1"), ("Month", "9"), ("Year", "2099")):
            sam.get_by_role("group", name="End date").get_by_label(part).fill(typed)
        sam.get_by_role("button", name="Save").click()
        assert_good(sam)
        visitor.goto(f"{demo}/help/contact")
        expect(visitor.get_by_text("The data of today are late")).to_be_visible()
        assert_good(visitor)
    for _ in range(2):
        sam.goto(f"{demo}/support/notice")
        sam.get_by_role("button", name="End it now").first.click()
    visitor.goto(f"{demo}/help/contact")
    expect(visitor.get_by_text("The data of today are late")).to_have_count(0)


def test_the_maintenance_page_of_a_proxy(new_page: Callable[[], Page], demo: str) -> None:
    page = new_page()
    html = maintenance_page("help@example.gov.uk")
    page.route("**/away", lambda route: route.fulfill(status=503, content_type="text/html", body=html))
    page.goto(f"{demo}/away")
    expect(page.get_by_role("link", name="help@example.gov.uk")).to_be_visible()
    assert_good(page)
