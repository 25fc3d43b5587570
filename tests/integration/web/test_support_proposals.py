"""A new address is proposed on one support user's page and confirmed on another's, or nominated (service rule 4)."""

from collections.abc import Callable

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import AddressChanged
from checkdata.domain.people.organisations import PolicyTeam, SupportTeam
from checkdata.domain.people.users import User
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.test_answer_by_link import newest_link, opened
from tests.integration.web.world import ANN, CAT, NORTH, PAM, SAM, World

TOM = EmailAddress("tom@dfe.example")
NEW = EmailAddress("ann@new.example")
OTHER = EmailAddress("ann.fox@elsewhere.example")


@pytest.fixture
def sam(client: Client) -> Client:
    client.sign_in(SAM)
    return client


@pytest.fixture
def tom(world: World, new_client: Callable[[], Client]) -> Client:
    """Another support user, signed in."""
    world.add(TOM, "Tom Orr", SupportTeam())
    client = new_client()
    client.sign_in(TOM)
    return client


def user(world: World, email: EmailAddress = ANN) -> User:
    [found] = world.manage_access.search(str(email))
    return found.user


def proposed(sam: Client, world: World) -> str:
    """The address of the page of a new address for Ann that Sam proposed."""
    path = f"/support/users/{user(world).id}/address"
    return location(sam.submit(sam.get(path), path, email=" ANN@new.example", reason="The hub <b>moved</b>"))


def path_of(place: str) -> str:
    return place.partition("?")[0]


def press(browser: Client, page: Element, text: str, reason: str = "So") -> Element:
    """Follow a button, and confirm the question behind it."""
    asked = browser.get(page.link(text))
    return browser.get(location(browser.submit(asked, "", reason=reason)))


def test_an_address_is_changed_once_another_support_user_confirms_it_and_both_are_mailed(
    sam: Client, tom: Client, world: World, new_client: Callable[[], Client]
) -> None:
    ann = new_client()
    ann.sign_in(ANN)
    place = proposed(sam, world)
    page = sam.get(place)
    assert "Nothing changes until another support user confirms it" in page.one("div", role="alert").text
    assert "You proposed this. Another support user has to confirm it." in page.text
    assert ann.http.get("/participants").status_code == 200
    listed = tom.get(tom.get("/support/users").link("changes to confirm (1)"))
    page = tom.get(listed.link(f"Ann Lee, from {ANN} to {NEW}"))
    for text in (str(ANN), str(NEW), "The domain, after the @", "Sam Ray", "The hub <b>moved</b>"):
        assert text in page.text
    page = press(tom, page, "Confirm")
    assert "Confirmed. The change was made." in page.one("div", role="alert").text
    assert location(ann.http.get("/participants")) == "/sign-in"
    world.link(NEW)
    changed = [(to, message.is_new) for to, message in world.mailer.sent if isinstance(message, AddressChanged)]
    assert changed == [(ANN, False), (NEW, True)]
    [event] = world.audit(AuditKind.ADDRESS_CHANGED)
    assert (event.actor, event.details["proposed_by"]) == (user(world, TOM).id, user(world, SAM).id)
    assert ann.sign_in(NEW).startswith("/participants")


def test_what_waits_is_on_the_users_page(sam: Client, tom: Client, world: World) -> None:
    place = proposed(sam, world)
    page = tom.get(f"/support/users/{user(world).id}")
    assert path_of(page.link("A new address waits for a second support user")) == path_of(place)
    assert "Change proposed" in page.text


@pytest.mark.parametrize("step", ["confirm", "refuse"])
def test_the_one_who_proposed_it_can_only_withdraw_it(sam: Client, world: World, step: str) -> None:
    place = path_of(proposed(sam, world))
    page = sam.get(place)
    assert not [link for link in page.all("a") if link.text in ("Confirm", "Refuse")]
    refused = sam.submitted(sam.get(f"{place}/{step}"), "", 422, reason="So")
    assert "You proposed this." in refused.text
    assert "Withdrawn. Nothing was changed." in press(sam, sam.get(place), "Withdraw").one("div", role="alert").text
    assert not world.audit(AuditKind.ADDRESS_CHANGED)


def test_a_refusal_has_a_reason_that_the_other_sees(sam: Client, tom: Client, world: World) -> None:
    place = path_of(proposed(sam, world))
    tom.submitted(tom.get(f"{place}/refuse"), "", 422, reason=" ")
    press(tom, tom.get(place), "Refuse", reason="Not <i>theirs</i>")
    page = sam.get(place)
    for text in ("Refused", "Tom Orr", "Not <i>theirs</i>"):
        assert text in page.text
    assert not [link for link in page.all("a") if link.text in ("Confirm", "Refuse", "Withdraw")]


def test_a_proposal_that_expired_says_so(sam: Client, tom: Client, world: World) -> None:
    place = path_of(proposed(sam, world))
    world.pass_time(days=7)
    tom.sign_in(TOM)
    assert "Expired" in tom.get(place).text
    assert "0 changes wait" in tom.get("/support/proposals").text


def test_a_proposal_that_is_not_there_has_no_page(sam: Client) -> None:
    for below in ("", "/confirm", "/refuse", "/withdraw"):
        sam.get(f"/support/proposals/nothing{below}", 404)


def test_another_address_is_nominated_and_the_contact_is_shown_both(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    world.add(PAM, "Pam Orr", PolicyTeam())
    pam, contact = new_client(), new_client()
    pam.sign_in(PAM)
    here = f"/support/users/{user(world).id}"
    page = sam.get(sam.get(f"{here}/address").link("nominate them at the new address"))
    typed = {"email": str(OTHER), "nominated_by": str(CAT), "reference": "Mail 1"}
    refused = sam.submitted(page, f"{here}/nominate-address", 422, **typed)
    assert refused.link("Select which access it is for") == "#access"
    access = f"delivery_partner:{NORTH.id}"
    page = sam.get(location(sam.submit(page, f"{here}/nominate-address", access=access, **typed)))
    assert "Signs in until then with ann@north.example" in page.text
    nomination = path_of(page.link("Escalate to policy")).removesuffix("/escalate")
    press(sam, page, "Escalate to policy")
    policy = nomination.replace("/support/", "/policy/")
    pam.submit(pam.get(f"{policy}/ask"), "", lead_provider="lp-1", how="link")
    question = opened(contact, newest_link(world))
    assert "Old email address ann@north.example" in question.text
    contact.submit(question, "/confirm", answer="confirmed")
    press(sam, sam.get(nomination), "Give access")
    assert user(world, OTHER).id == user(world, OTHER).id
    assert new_client().sign_in(OTHER).startswith("/overview")


def test_the_nomination_of_an_address_that_is_not_one_says_so_at_its_field(sam: Client, world: World) -> None:
    here = f"/support/users/{user(world).id}/nominate-address"
    page = sam.submitted(sam.get(here), here, 422, email="ann", access="x", nominated_by="", reference="")
    assert [error.text for error in page.all("p") if error.attributes.get("id", "").endswith("-error")] == [
        "Error: Enter an email address in the correct format, like name@example.com",
        "Error: Select which access it is for",
        "Error: Enter the email address of the person who nominates them",
        "Error: Enter the reference of the email that the nomination came in",
    ]


def test_a_user_without_such_access_is_nominated_as_a_new_one(sam: Client, world: World) -> None:
    page = sam.get(f"/support/users/{user(world, SAM).id}/nominate-address")
    assert path_of(page.link("Nominate the new address as a new user’s")) == "/support/nominations/add"
