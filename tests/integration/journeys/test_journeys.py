import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from checkdata.domain.listing.columns import neutralised
from tests.integration.journeys.browser_user import names, new_link, press_sign_in, sign_in, sign_in_by_hand

RUTH = "Ruth Adeyemi"
COLUMNS = 9


def csv_of(page: Page) -> list[list[str]]:
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("^Download .* as CSV$")).click()
    content = Path(started.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def signed_in(page: Page) -> bool:
    return any("session" in cookie["name"] for cookie in page.context.cookies())


def test_a_user_signs_in_searches_filters_downloads_and_signs_out(page: Page, demo: str) -> None:
    sign_in_by_hand(page, demo, RUTH)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.get_by_role("link", name="Participants", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Participants")
    of_all = len(csv_of(page)) - 1
    expect(page.get_by_role("heading", level=2).first).to_contain_text(f"{of_all} participants found")

    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Early career teacher (").check()
    page.get_by_label("Search by name, school or TRN").fill("a")
    page.get_by_role("button", name="Search").click()
    table = csv_of(page)
    assert len(table[0]) == COLUMNS
    assert 0 < len(table) - 1 < of_all
    assert [row[0] for row in table[1:51]] == [neutralised(name) for name in names(page)]
    assert {row[3] for row in table[1:]} == {"Early career teacher"}

    page.get_by_role("link", name="Remove search: a").click()
    page.get_by_role("link", name="Remove role: Early career teacher").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text(f"{of_all} participants found")

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have signed out")
    assert not signed_in(page)


def test_after_signing_out_back_shows_nothing(page: Page, demo: str) -> None:
    sign_in(page, demo, RUTH)
    name = names(page)[0]
    page.get_by_role("button", name="Sign out").click()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert name not in page.content()


def test_the_page_of_a_link_never_submits_itself(page: Page, demo: str) -> None:
    link = new_link(page, demo, RUTH)
    page.goto(link)
    page.wait_for_timeout(3000)
    assert page.url == link
    assert not signed_in(page)
    press_sign_in(page)
    assert signed_in(page)
    assert link.rpartition("/")[2] not in page.url


def test_an_old_tab_shows_nothing_and_can_change_back(page: Page, demo: str) -> None:
    sign_in(page, demo, "Grace Okafor")
    page.get_by_label("Delivery partner", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Participants", exact=True).click()
    first = names(page)[0]
    old_tab = page.url
    page.get_by_role("link", name="Change role").click()
    page.get_by_label("Appropriate body", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.goto(old_tab)
    expect(page.get_by_role("heading", level=1)).to_contain_text("You changed to")
    assert first not in page.content()
    page.get_by_role("button", name="Change back to").click()
    assert page.url == old_tab
    assert names(page)[0] == first


SEARCH = "Search by name, school or TRN"


def search_for_a_list(page: Page) -> list[str]:
    """Paste 1,000 TRNs, among them some that are shown; what the list finds."""
    shown = [cells[2].inner_text() for cells in (row.locator("th, td").all() for row in page.locator("tbody tr").all())]
    trns = [trn for trn in shown if trn.isdigit()][:5]
    pasted = [*trns, *(f"{9_000_000 + number}" for number in range(1000 - len(trns)))]
    page.get_by_label(SEARCH).fill("\u200e\n".join(pasted))
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Search: 1,000 TRNs", exact=True)).to_be_visible()
    assert not [trn for trn in pasted if trn in page.url]
    return trns


def test_a_list_of_1000_trns_that_was_pasted_is_found_sorted_and_left_by_back(page: Page, demo: str) -> None:
    sign_in(page, demo, RUTH)
    trns = search_for_a_list(page)
    found, place = names(page), page.url
    assert sorted(row[2] for row in csv_of(page)[1:]) == sorted(trns)
    page.get_by_role("link", name="Full name").click()
    assert names(page) == found[::-1]
    page.go_back()
    assert (page.url, names(page)) == (place, found)
    page.reload()
    assert names(page) == found
    page.get_by_label(SEARCH).fill("a")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Remove search: a")).to_be_visible()
    assert "query=a" in page.url
    assert "csrf_token" not in page.url
    page.go_back()
    assert names(page) == found


def test_a_list_of_1000_trns_is_found_without_scripts(browser: Browser, demo: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, demo, RUTH)
    trns = search_for_a_list(page)
    assert len(names(page)) == len(trns)
    context.close()


def test_everything_works_without_scripts(browser: Browser, demo: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, demo, RUTH)
    page.get_by_label("Search by name, school or TRN").fill("no such person")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("No participants match your search and filters")).to_be_visible()
    page.get_by_role("link", name="Clear all").click()
    page.get_by_role("main").get_by_role("link", name="What the statuses mean").click()
    expect(page.get_by_text("Training is paused.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have signed out")
    context.close()


def test_a_keyboard_is_enough(page: Page, demo: str) -> None:
    sign_in(page, demo, RUTH)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_id("query")
    page.keyboard.type("a")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Search")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for field in page.locator(".app-filters").locator("select, input").all():
        page.keyboard.press("Tab")
        expect(field).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Apply filters")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Remove search: a")).to_be_visible()
