"""A user compares a list of their own, with and without script, on a wide screen and a narrow one."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.integration.journeys.browser_user import sign_in
from tests.integration.journeys.test_every_page import assert_good

RUTH = "Ruth Adeyemi"


def saved(page: Page, link: str) -> str:
    with page.expect_download() as started:
        page.get_by_role("link", name=link).click()
    return Path(started.value.path()).read_text(encoding="utf-8-sig")


def own_list(page: Page) -> bytes:
    """The department's list as a user keeps it who knows another school, and two people more."""
    page.get_by_role("link", name="Downloads", exact=True).click()
    rows = list(csv.DictReader(io.StringIO(saved(page, "Download CSV file"))))[:-3]
    rows[0] |= {"school": "Another School", "school_unique_reference_number": ""}
    rows[1] |= {"trn": "", "email_address": "", "full_name": f"{rows[1]['full_name']}e", "school": ""}
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue().encode("utf-8-sig")


def choose(page: Page, content: bytes) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})  # a narrow one folds the links away
    page.get_by_role("link", name="Compare your list").click()
    page.get_by_label("Your list").set_input_files(FilePayload(name="list.csv", mimeType="text/csv", buffer=content))
    page.get_by_role("button", name="Continue").click()


def test_a_user_compares_a_list_and_takes_the_result_with_them(page: Page, demo: str) -> None:
    sign_in(page, demo, RUTH)
    content = own_list(page)
    page.get_by_role("link", name="Compare your list").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("link", name="Choose the file that has your list in it")).to_be_visible()
    assert_good(page)
    choose(page, content)
    expect(page.get_by_label("Column C: trn")).to_have_value("trn")
    assert_good(page)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=2, name="Different")).to_have_text("Different: 1 row")
    expect(page.get_by_role("cell", name="Another School")).to_be_visible()
    assert_good(page)
    for group in ("The same", "Only in your list", "Only in the department's list"):
        page.get_by_role("button", name=group).click()
        expect(page.get_by_role("heading", level=2, name=f"{group}:")).to_be_visible()
        assert_good(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download as Excel workbook").click()
    assert started.value.suggested_filename.endswith(".xlsx")


def pressed(page: Page, name: str) -> Page:
    """The page to which a button leads, in its new tab."""
    with page.context.expect_page() as opened:
        page.get_by_role("button", name=name).click()
    return opened.value


@pytest.fixture
def plain(browser: Browser, demo: str) -> Iterator[Page]:
    """Ruth's first page of comparing, where no script runs."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, demo, RUTH)
    yield page
    context.close()


def chosen(page: Page, content: bytes) -> Page:
    """The page of columns, in its new tab."""
    with page.context.expect_page() as opened:
        choose(page, content)
    return opened.value


def test_without_script_a_list_is_compared_and_its_columns_corrected(plain: Page) -> None:
    page = pressed(pressed(pressed(chosen(plain, own_list(plain)), "Compare"), "The same"), "Page 2")
    expect(page.get_by_role("button", name="Page 2")).to_have_attribute("aria-current", "page")
    page = pressed(page, "Change the columns")
    page.get_by_label("Column F: school").select_option(label="Not compared")
    expect(pressed(page, "Compare").get_by_role("button", name="Different")).to_contain_text("0")


LEAVING = """() => {
  const target = (one) => one.target || document.querySelector("base")?.target;
  const links = [...document.links].filter((link) => !link.getAttribute("href").startsWith("#"));
  return [...links, ...document.forms].filter((one) => target(one) !== "_blank").map((one) => one.id || one.href);
}"""
"""What leads away from a page in its own tab."""


def test_without_script_no_page_of_a_comparison_is_left_because_back_could_not_show_it_again(plain: Page) -> None:
    content = own_list(plain)
    refused = chosen(plain, b"%PDF-1.4")
    columns = chosen(plain, content)
    result = pressed(columns, "Compare")
    shown = {refused: "There is a problem", columns: "Check the columns of your list", result: "Different: 1 row"}
    for page, heading in shown.items():
        assert page.evaluate(LEAVING) == ["sign-out"]
        assert re.search("<noscript>.*opens in a new tab", page.content())
        for link in ("Participants", "Contact"):
            with page.context.expect_page() as opened:
                page.get_by_role("link", name=link, exact=True).click()
            opened.value.go_back()
            expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    pressed(result, "Only in your list").go_back()
    expect(result.get_by_role("heading", name="Different: 1 row")).to_be_visible()
    with plain.context.expect_page() as opened:
        result.get_by_role("button", name="Download as CSV").click()
    expect(result.get_by_role("heading", name="Different: 1 row")).to_be_visible()


def test_with_script_all_of_a_comparison_is_in_one_tab(page: Page, demo: str) -> None:
    result_of(page, demo, RUTH)
    page.get_by_role("button", name="The same").click()
    expect(page.get_by_role("heading", level=2, name="The same:")).to_be_visible()
    page.get_by_role("link", name="Participants", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Participants")
    assert len(page.context.pages) == 1


def result_of(page: Page, demo: str, name: str) -> None:
    sign_in(page, demo, name)
    content = own_list(page)
    choose(page, content)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=2, name="Different")).to_be_visible()


def test_a_name_opens_beside_the_result_and_back_always_leads_to_what_was_there(page: Page, demo: str) -> None:
    result_of(page, demo, RUTH)
    link = page.get_by_role("row").nth(1).get_by_role("link")
    with page.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(link.inner_text().partition(" (")[0])
    opened.value.close()
    expect(page.get_by_role("heading", level=2, name="Different")).to_be_visible()
    page.goto(f"{demo}{link.get_attribute('href')}")  # as a user who opens it in this tab
    page.go_back()
    expect(page.get_by_role("heading", level=2, name="Different")).to_be_visible()
    page.get_by_role("button", name="Only in the department's list").click()
    expect(page.get_by_role("heading", level=2, name="Only in the department's list")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=2, name="Different")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", level=2, name="Only in the department's list")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=2, name="Only in the department's list")).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check the columns of your list")
    expect(page.get_by_label("Column C: trn")).to_have_value("trn")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare your list")


def test_back_from_a_page_without_its_list_says_that_it_is_not_kept(page: Page, demo: str) -> None:
    sign_in(page, demo, RUTH)
    page.goto(f"{demo}/reconcile/result")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose your list again")
    assert_good(page)


def test_after_signing_out_back_shows_nothing_of_a_result(page: Page, demo: str) -> None:
    result_of(page, demo, RUTH)
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have signed out")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.locator("body")).not_to_contain_text("Another School")


def test_a_file_that_is_refused_leaves_no_page_that_back_cannot_show(page: Page, demo: str) -> None:
    sign_in(page, demo, RUTH)
    choose(page, b"%PDF-1.4")
    expect(page.locator("body")).to_contain_text("not an Excel workbook")
    page.get_by_role("link", name="Participants", exact=True).click()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare your list")


def test_without_script_a_name_opens_in_a_new_tab(plain: Page) -> None:
    result = pressed(chosen(plain, own_list(plain)), "Compare")
    with plain.context.expect_page() as opened:
        result.get_by_role("row").nth(1).get_by_role("link").click()
    expect(opened.value.get_by_role("link", name="Back to participants")).to_be_visible()
    expect(result.get_by_role("heading", level=2, name="Different")).to_be_visible()


def test_an_appropriate_body_compares_its_list(page: Page, demo: str) -> None:
    sign_in(page, demo, "Maria Silva")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Downloads", exact=True).click()
    content = saved(page, "Download CSV file").encode()
    page.get_by_role("link", name="Compare your list").click()
    assert_good(page)
    choose(page, content)
    assert_good(page)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=2, name="The same")).to_be_visible()
    assert_good(page)


@pytest.mark.parametrize("megabytes", [10.05, 40])
def test_a_file_that_is_too_large_gets_a_page_and_no_broken_connection(
    page: Page, demo: str, tmp_path: Path, megabytes: float
) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * int(megabytes * 1_000_000))
    sign_in(page, demo, RUTH)
    page.get_by_role("link", name="Compare your list").click()
    page.get_by_label("Your list").set_input_files(large)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("body")).to_contain_text("10 MB")
