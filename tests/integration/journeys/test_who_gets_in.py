"""The four parties let a person in, or don't, each at their own browser and with only the mails that they received."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.integration.browser import assert_page_laws
from tests.integration.journeys.browser_user import names
from tests.integration.journeys.served import CONTACT, POLICY, RUTH, SECOND_SUPPORT, SUPPORT, Served, link_in, served

SERVICE = "Check data for delivery partners"
ASKED = f"Please confirm a user of {SERVICE}"
NOOR = "noor.khan@northern-moors.example.org"
OMAR = "omar.reid@northern-moors.example.org"


@pytest.fixture
def service(postgresql_url: str, tmp_path: Path) -> Iterator[Served]:
    with served(postgresql_url, tmp_path) as service:
        yield service


@pytest.fixture
def at_desk(service: Served, new_page: Callable[[], Page]) -> Callable[[str], Page]:
    """A user's own browser, in which they are signed in."""

    def signed_in(email: str) -> Page:
        page = new_page()
        service.sign_in(page, email)
        return page

    return signed_in


def heading(page: Page, text: str) -> None:
    """The page that is shown; that each keeps the laws of pages is shown elsewhere."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def look_at(page: Page, name: str) -> None:
    """Open a nomination from the queue."""
    page.get_by_role("link", name="Nominations", exact=True).click()
    page.get_by_role("link", name=name).click()
    heading(page, name)


def ask_by_link(pam: Page, name: str) -> None:
    look_at(pam, name)
    press(pam, "Ask a lead provider")
    pam.get_by_label("Kestrel Teacher Development").check()
    pam.get_by_label("Email a link to the registered contact").check()
    press(pam, "Continue")
    expect(pam.get_by_role("alert")).to_contain_text("We send its registered contact an email with a link")


def nominate_noor(ruth: Page) -> None:
    ruth.get_by_role("link", name="Your team").click()
    ruth.get_by_role("link", name="Nominate a colleague").click()
    ruth.get_by_label("Full name").fill("Noor Khan")
    ruth.get_by_label("Email address").fill(NOOR)
    press(ruth, "Nominate")
    expect(ruth.get_by_role("alert")).to_contain_text("Nomination sent")


def escalate(sue: Page, name: str) -> None:
    look_at(sue, name)
    expect(sue.get_by_role("button", name="Give access")).to_have_count(0)
    press(sue, "Escalate to policy")
    sue.get_by_label("What policy should know").fill("Checked by telephone")
    press(sue, "Escalate to policy")
    expect(sue.get_by_role("alert")).to_contain_text("Nomination escalated to policy")


def confirm_noor(contact: Page, link: str) -> None:
    """Follow the link, which does nothing by itself, press its button, and say yes."""
    contact.goto(link)
    contact.wait_for_timeout(3000)
    assert contact.url == link
    heading(contact, f"Confirm a user of {SERVICE}")
    press(contact, "Continue")
    heading(contact, "Should this person have access?")
    assert urlsplit(contact.url).path == "/confirm"
    shown = contact.get_by_role("definition").all_inner_texts()
    assert shown == ["Noor Khan", NOOR, "Northern Moors Teaching School Hub, delivery partner"]
    contact.get_by_label("Yes, I confirm").check()
    press(contact, "Send answer")
    heading(contact, "Answer sent")
    contact.goto(link)
    heading(contact, "This confirmation link does not work")


def give_noor_access(sue: Page) -> None:
    look_at(sue, "Noor Khan")
    expect(sue.get_by_role("main")).to_contain_text(f"{CONTACT}, by the link sent to them")
    press(sue, "Give access")
    press(sue, "Give access")
    expect(sue.get_by_role("alert")).to_contain_text("Access given")


def remove_noors_access(sue: Page) -> None:
    sue.get_by_role("link", name="Users", exact=True).click()
    sue.get_by_role("link", name="Noor Khan").click()
    sue.get_by_role("link", name="Remove").click()
    sue.get_by_label("Why?").fill("Left the hub")
    press(sue, "Remove access")


def test_a_nominee_gets_in_once_every_party_took_its_step_and_out_again(
    service: Served, at_desk: Callable[[str], Page], new_page: Callable[[], Page]
) -> None:
    ruth, sue, pam = at_desk(RUTH), at_desk(SUPPORT), at_desk(POLICY)
    nominate_noor(ruth)
    escalate(sue, "Noor Khan")
    ask_by_link(pam, "Noor Khan")
    mail = service.next_mail(CONTACT, 0, ASKED)
    assert "Noor" not in mail
    confirm_noor(new_page(), link_in(mail))
    assert not service.mails_to(NOOR)
    give_noor_access(sue)
    service.next_mail(NOOR, 0, f"You can now sign in to {SERVICE}")
    noor = at_desk(NOOR)
    heading(noor, "Overview")
    assert names(noor)
    ruth.reload()
    nominations = ruth.get_by_role("table", name="Nominations")
    expect(nominations.get_by_role("row", name="Noor Khan")).to_contain_text("Access given")
    remove_noors_access(sue)
    noor.reload()
    heading(noor, "You do not have access")
    service.next_mail(NOOR, 2, f"Your access to {SERVICE} was removed")
    service.sign_in(noor, NOOR)
    heading(noor, "You do not have access")
    expect(noor.get_by_role("heading", level=2).first).to_have_text("How access is given")


def test_a_nominee_whom_the_lead_provider_declines_stays_out_and_their_nominator_is_told(
    service: Served, at_desk: Callable[[str], Page], new_page: Callable[[], Page]
) -> None:
    sue, pam, contact = at_desk(SUPPORT), at_desk(POLICY), new_page()
    sue.get_by_role("link", name="Users", exact=True).click()
    sue.get_by_role("link", name="record their nomination").click()
    sue.get_by_label("Full name").fill("Omar Reid")
    sue.get_by_label("Email address").fill(OMAR)
    sue.get_by_label("Delivery partner", exact=True).check()
    sue.get_by_label("Organisation").select_option("dp-north-hub")
    sue.get_by_label("Nominated by").fill(RUTH)
    sue.get_by_label("Reference").fill("Mail of Monday")
    press(sue, "Record nomination")
    heading(sue, "Omar Reid")
    escalate(sue, "Omar Reid")
    ask_by_link(pam, "Omar Reid")
    first = link_in(service.next_mail(CONTACT, 0, ASKED))
    press(pam, "Send the link again")
    second = link_in(service.next_mail(CONTACT, 1, ASKED))
    contact.goto(first)
    heading(contact, "This confirmation link does not work")
    press(contact, "Send another link")
    heading(contact, "Check your email")
    contact.goto(second)
    press(contact, "Continue")
    contact.get_by_label("No, I decline").check()
    press(contact, "Send answer")
    contact.get_by_role("link", name="Enter the reason for declining").click()
    expect(contact.locator(":focus")).to_have_id("reason")
    expect(contact.get_by_label("No, I decline")).to_be_checked()
    assert_page_laws(contact)
    contact.keyboard.type("Nobody here knows them")
    press(contact, "Send answer")
    heading(contact, "Answer sent")

    told = service.next_mail(RUTH, 1, "A person you nominated was not given access")
    assert "Omar Reid" in told
    assert "Nobody here knows them" not in told
    pam.goto(f"{service.address}/policy/nominations?show=closed")
    pam.get_by_role("link", name="Omar Reid").click()
    heading(pam, "Omar Reid")
    expect(pam.get_by_role("main")).to_contain_text("Note: Nobody here knows them")
    assert not service.mails_to(OMAR)


def add_second_address(sue: Page, pat: Page, second: str) -> None:
    sue.get_by_role("link", name="Users", exact=True).click()
    sue.get_by_role("link", name="Ruth Adeyemi").click()
    sue.get_by_role("link", name="Add second address").click()
    sue.get_by_label("New email address").fill(second)
    sue.get_by_label("Yes, they sign in with either").check()
    sue.get_by_label("Why?").fill("She works for a trust too")
    press(sue, "Propose email address")
    expect(sue.get_by_role("alert")).to_contain_text("Nothing changes until another support user confirms it")
    pat.goto(sue.url.partition("?")[0])
    press(pat, "Confirm")
    press(pat, "Confirm change")
    expect(pat.get_by_role("alert")).to_contain_text("Confirmed. The change was made.")


def test_a_user_signs_in_with_a_second_address_once_its_holder_has_confirmed_it_until_it_is_removed(
    service: Served, at_desk: Callable[[str], Page], new_page: Callable[[], Page]
) -> None:
    second = "ruth@trust.example.org"
    sue, pat = at_desk(SUPPORT), at_desk(SECOND_SUPPORT)
    add_second_address(sue, pat, second)
    mail = service.next_mail(second, 0, "Please confirm your second email address")
    assert "Ruth" not in mail
    holder = new_page()
    holder.goto(link_in(mail))
    heading(holder, "Confirm your second address")
    assert_page_laws(holder)
    press(holder, "Confirm and sign in")
    heading(holder, "Overview")
    again = at_desk(second)
    assert names(again) == names(at_desk(RUTH))
    sue.get_by_role("link", name="Users", exact=True).click()
    sue.get_by_role("link", name="Ruth Adeyemi").click()
    expect(sue.get_by_role("main")).to_contain_text(f"{second} Confirmed")
    assert_page_laws(sue)
    sue.get_by_role("link", name="Remove second address").click()
    sue.get_by_label("Why?").fill("She left the trust")
    press(sue, "Remove second address")
    for page in (holder, again):
        page.reload()
        heading(page, "Sign in")
    service.next_mail(second, 2, "Your second email address was removed")
