"""Whole journeys, each with only a keyboard and again where no script runs."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from checkdata.entrypoints.demo.users import POLICY_USER, SUPPORT_USER
from tests.integration.browser import assert_history, open_page
from tests.integration.journeys.browser_user import names, sign_in_as
from tests.integration.journeys.input_methods import ByKeyboard, Hands, WithoutScript

RUTH = "ruth.adeyemi@northern-moors.example.org"
CONTACT = "access@kestrel.example.org"
GRACE = "grace.okafor@kingsmead.example.org"


@pytest.fixture(params=[ByKeyboard, WithoutScript])
def new_hands(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Callable[[], Hands]]:
    """A user at a machine of their own."""
    way: type[ByKeyboard | WithoutScript] = request.param
    with ExitStack() as pages:

        def sit_down() -> Hands:
            page = pages.enter_context(open_page(browser, scripts=way is ByKeyboard))
            pages.callback(assert_history, page)
            return way(page)

        yield sit_down


@pytest.fixture
def hands(new_hands: Callable[[], Hands]) -> Hands:
    return new_hands()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def follow_mail(hands: Hands, demo: str, to: str, path: str, before: int) -> None:
    """Wait in the mailbox of the demo for one more mail with such a link, and follow it."""
    hands.page.goto(f"{demo}/mailbox")
    while (found := links_in_mails(hands.page, to, path)).count() <= before:
        hands.page.wait_for_timeout(500)  # to look again and again costs more than to wait
        hands.press(link(hands.page, "Look for new emails"))
    hands.press(found.first)


def links_in_mails(page: Page, to: str, path: str) -> Locator:
    return page.locator(".govuk-summary-card").filter(has_text=f"To {to}").locator(f"a[href*='{path}']")


def number_of_mails(hands: Hands, demo: str, to: str, path: str) -> int:
    hands.page.goto(f"{demo}/mailbox")
    return links_in_mails(hands.page, to, path).count()


def sign_in_by(hands: Hands, demo: str, email: str) -> None:
    """Sign in by a link from the mailbox."""
    page = hands.page
    before = number_of_mails(hands, demo, email, "/sign-in/")
    page.goto(f"{demo}/sign-in")
    hands.write(page.get_by_label("Email address"), email)
    hands.press(button(page, "Send sign-in link"))
    heading(page, "Check your email")
    follow_mail(hands, demo, email, "/sign-in/", before)
    hands.press(button(page, "Sign in"))


def sign_out_by(hands: Hands) -> None:
    hands.press(hands.page.get_by_role("button", name="Sign out"))
    heading(hands.page, "You have signed out")


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_partner_finds_compares_and_takes_what_they_need_in_both_roles(
    hands: Hands, demo: str, tmp_path: Path
) -> None:
    page = hands.page
    sign_in_by(hands, demo, GRACE)
    heading(page, "Which role do you want to act in?")
    hands.mark(page.get_by_label("Delivery partner", exact=True))
    hands.press(button(page, "Continue"))
    find_and_open(hands)
    see_what_changed(hands)
    compare(hands, tmp_path, take_everything(hands))
    hands.press(link(hands.page, "Change role"))
    page = hands.page
    hands.mark(page.get_by_label("Appropriate body", exact=True))
    hands.press(button(page, "Continue"))
    heading(page, "Overview")
    hands.press(link(page, "Early career teachers"))
    hands.press(page.get_by_role("rowheader").first.get_by_role("link"))
    hands.press(link(page, "Back to early career teachers"))
    heading(page, "Early career teachers")
    sign_out_by(hands)


def test_a_partner_finds_the_schools_to_ring_and_who_they_have_to_act_for(hands: Hands, demo: str) -> None:
    page = hands.page
    sign_in_by(hands, demo, RUTH)
    heading(page, "Overview")
    hands.press(link(page, "Schools"))
    heading(page, "Schools")
    hands.press(link(page, "School needs to act"))
    school = names(page)[0].split("\n")[0]
    hands.press(link(page, school))
    heading(page, school)
    hands.press(page.get_by_role("link", name="The school needs to act"))
    found = names(page)
    expect(page.get_by_role("link", name="The school needs to act")).to_contain_text(f"({len(found)})")
    hands.press(link(page, found[0]))
    heading(page, found[0])
    hands.press(link(page, "Back to the school"))
    assert names(page) == found


def find_and_open(hands: Hands) -> None:
    page = hands.page
    heading(page, "Overview")
    hands.press(link(page, "Participants"))
    heading(page, "Participants")
    hands.unfold(page.locator("summary", has_text="Filters"))
    hands.mark(page.get_by_label("Mentor ("))
    hands.press(button(page, "Apply filters"))
    expect(link(page, "Remove role: Mentor")).to_be_visible()
    hands.press(page.get_by_role("columnheader", name="School", exact=True).get_by_role("link"))
    expect(page.get_by_role("columnheader", name="School", exact=True)).to_have_attribute("aria-sort", "ascending")
    name = names(page)[0]
    hands.press(link(page, name))
    heading(page, name)
    hands.press(link(page, "Back to participants"))
    assert names(page)[0] == name


def see_what_changed(hands: Hands) -> None:
    page = hands.page
    hands.press(link(page, "What changed"))
    hands.write(page.get_by_label("Changes since", exact=True), "09092024")
    hands.press(button(page, "Show changes"))
    expect(page.get_by_label("Changes since", exact=True)).to_have_value("2024-09-09")
    heading(page, "What changed")


def take_everything(hands: Hands) -> list[dict[str, str]]:
    page = hands.page
    hands.press(link(page, "Downloads"))
    rows = rows_of(hands.download(page.get_by_role("link", name="Download CSV file")))
    assert hands.download(page.get_by_role("link", name="Download Excel workbook")).startswith(b"PK")
    contacts = rows_of(hands.download(page.get_by_role("link", name="Download communication list")))
    assert len(contacts) <= len(rows)
    assert set(contacts[0]) == {"full_name", "first_name", "email_address", "role", "school"}
    return rows


def compare(hands: Hands, folder: Path, rows: list[dict[str, str]]) -> None:
    """Compare a list that has another school for a participant, and has a column that says nothing."""
    own = folder / "own.csv"
    rows[0] |= {"school": "Another School", "school_unique_reference_number": "999999"}
    with own.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    hands.press(link(hands.page, "Compare your list"))
    hands.give(hands.page.get_by_label("Your list"), own)
    hands.press(button(hands.page, "Continue"))
    heading(hands.page, "Check the columns of your list")
    hands.pick(hands.page.get_by_label("status"), "Not compared")
    hands.press(button(hands.page, "Compare"))
    expect(hands.page.get_by_role("heading", level=2, name="Different")).to_have_text("Different: 1 row")
    hands.pick(hands.page.get_by_label("Show those that differ in"), "School")
    hands.press(button(hands.page, "Filter"))
    expect(hands.page.get_by_role("cell", name="Another School")).to_be_visible()
    result = hands.download(button(hands.page, "Download as CSV")).decode("utf-8-sig")
    assert "Another School" in result


def test_a_colleague_gets_in_takes_a_file_and_loses_access_again(
    new_hands: Callable[[], Hands], hands: Hands, demo: str
) -> None:
    sam = new_hands()
    name = f"Robin {type(hands).__name__}"
    email = f"{name.lower().replace(' ', '.')}@northern-moors.example.org"
    sign_in_as(sam.page, demo, SUPPORT_USER)
    sign_in_as(hands.page, demo, RUTH)
    nominate(hands, name, email)
    escalate(sam, name)
    asked = number_of_mails(hands, demo, CONTACT, "/confirm/")
    sign_in_as(hands.page, demo, POLICY_USER)
    ask_by_link(hands, name)
    follow_mail(hands, demo, CONTACT, "/confirm/", asked)
    confirm(hands)
    give_access(sam, name)
    sign_in_as(hands.page, demo, email)
    hands.press(link(hands.page, "Downloads"))
    hands.download(hands.page.get_by_role("link", name="Download CSV file"))
    look_it_up(sam, email)
    follow_the_file(sam, name)
    end_access(sam, name)


def escalate(sam: Hands, name: str) -> None:
    page = sam.page
    sam.press(link(page, "Nominations"))
    sam.press(link(page, name))
    sam.press(button(page, "Escalate to policy"))
    sam.write(page.get_by_role("textbox", name="What policy should know"), "Checked by telephone")
    sam.press(button(page, "Escalate to policy"))
    expect(page.get_by_role("alert")).to_contain_text("Nomination escalated to policy")


def give_access(sam: Hands, name: str) -> None:
    page = sam.page
    sam.press(link(page, "Nominations"))
    sam.press(link(page, name))
    sam.press(button(page, "Give access"))
    sam.press(button(page, "Give access"))
    expect(page.get_by_role("alert")).to_contain_text("Access given")


def nominate(hands: Hands, name: str, email: str) -> None:
    page = hands.page
    hands.press(link(page, "Your team"))
    hands.press(link(page, "Nominate a colleague"))
    hands.press(button(page, "Nominate"))
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    hands.write(page.get_by_label("Full name"), name)
    hands.write(page.get_by_label("Email address"), email)
    hands.press(button(page, "Nominate"))
    expect(page.get_by_role("alert")).to_contain_text("Nomination sent")


def ask_by_link(hands: Hands, name: str) -> None:
    page = hands.page
    hands.press(page.get_by_role("navigation").get_by_role("link", name="Nominations"))
    hands.press(link(page, name))
    hands.press(button(page, "Ask a lead provider"))
    hands.mark(page.get_by_label("Kestrel Teacher Development"))
    hands.mark(page.get_by_label("Email a link to the registered contact"))
    hands.press(button(page, "Continue"))
    expect(page.get_by_role("alert")).to_contain_text("We send its registered contact an email with a link")


def confirm(hands: Hands) -> None:
    page = hands.page
    hands.press(button(page, "Continue"))
    hands.mark(page.get_by_label("Yes, I confirm"))
    hands.press(button(page, "Send answer"))
    heading(page, "Answer sent")


def look_it_up(hands: Hands, email: str) -> None:
    """Filter the audit log."""
    page = hands.page
    hands.press(link(page, "Audit"))
    hands.write(page.get_by_label("User’s email address"), email)
    hands.pick(page.get_by_label("What happened"), "Download requested")
    hands.press(button(page, "Show events"))
    expect(page.locator("tbody tr")).to_have_count(1)


def follow_the_file(hands: Hands, name: str) -> None:
    """From the agreement under which a file left to the user who has it."""
    page = hands.page
    hands.press(link(page, "Agreements"))
    hands.press(page.get_by_role("link", name="Northern Moors Teaching School Hub with Kestrel"))
    hands.press(link(page, "Files downloaded under this agreement"))
    heading(page, "Files downloaded under this agreement")
    hands.press(link(page, name))
    heading(page, name)


def end_access(hands: Hands, name: str) -> None:
    page = hands.page
    hands.press(page.get_by_role("link", name="Remove"))
    hands.press(button(page, "Remove access"))
    hands.write(page.get_by_label("Why?"), "Left the hub")
    hands.press(button(page, "Remove access"))
    expect(page.get_by_role("main")).to_contain_text(f"{name} has no access at the moment.")


def test_pages_of_errors_lead_on(hands: Hands, demo: str) -> None:
    page = hands.page
    for path in ("/no/such/page", "/?a=1&a=2", "/sign-in/no-such-token", "/participants"):
        page.goto(f"{demo}{path}")
        hands.press(link(page, "Check data for delivery partners"))
        heading(page, "Check data for delivery partners")
