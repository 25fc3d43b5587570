"""Sessions that people understand: a warning before the end, as often as wanted, and a way back (security.md 18)."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.integration.browser import assert_page_laws
from tests.integration.journeys.browser_user import sign_in, sign_in_by_hand

ALMOST_THE_END = "28:30"
A_MINUTE = "01:00"


def test_a_warning_comes_before_the_end_and_staying_is_one_press_as_often_as_wanted(page: Page, demo: str) -> None:
    page.clock.install()
    sign_in(page, demo, "Ruth Adeyemi")
    warning = page.get_by_role("dialog", name="You will be signed out soon")
    for press in ("Enter", "Escape"):
        expect(warning).to_be_hidden()
        page.clock.fast_forward(ALMOST_THE_END)
        expect(warning).to_be_visible()
        expect(warning.get_by_role("button", name="Stay signed in")).to_be_focused()
        assert warning.get_by_role("button").all_inner_texts() == ["Stay signed in", "Sign out"]
        assert_page_laws(page)
        page.keyboard.press(press)
    expect(warning).to_be_hidden()


def test_the_end_hides_the_page_says_what_happened_and_leads_back(page: Page, demo: str) -> None:
    page.clock.install()
    sign_in(page, demo, "Anna Whitlock")
    page.goto(f"{demo}/participants?query=a&role=ect")
    here = page.url
    page.clock.fast_forward(ALMOST_THE_END)
    page.clock.fast_forward(A_MINUTE)
    page.clock.fast_forward(A_MINUTE)
    over = page.get_by_role("dialog", name="You have been signed out")
    expect(over).to_be_visible()
    page.keyboard.press("Escape")
    expect(over).to_be_visible()
    assert_page_laws(page)
    [again] = over.get_by_role("button").all()
    assert again.inner_text() == "Sign in again"
    back = again.get_attribute("href")
    assert back == here.removeprefix(demo)


def test_a_session_that_ended_elsewhere_is_not_prolonged(page: Page, demo: str) -> None:
    page.clock.install()
    sign_in(page, demo, "Ruth Adeyemi")
    page.clock.fast_forward(ALMOST_THE_END)
    page.context.clear_cookies(name="checkdata_session")
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_role("dialog", name="You have been signed out")).to_be_visible()


def test_a_page_asked_for_after_the_end_is_where_signing_in_leads(page: Page, demo: str) -> None:
    sign_in(page, demo, "Ruth Adeyemi")
    page.goto(f"{demo}/participants?query=a&role=ect")
    wanted = urlsplit(page.url)
    page.context.clear_cookies(name="checkdata_session")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in_by_hand(page, demo, "Ruth Adeyemi")
    assert (urlsplit(page.url).path, urlsplit(page.url).query) == (wanted.path, wanted.query)
