"""A user's page: who confirmed their access, their mail, sessions and history, and what helps them (service rule 7)."""

from collections.abc import Callable

import pytest

from checkdata.adapters.memory import MemoryMailer
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import SignInLinkMessage
from checkdata.domain.people.users import User
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, BEA, LEAD, NORTH, SAM, World

NEW = EmailAddress("ann@new.example")
STRANGER = EmailAddress("eve@new.example")
NEEDS_NOMINATION = (
    "More than the spelling or the employer’s domain differs, so this could be another person’s address. "
    "Nominate this user at the new address instead."
)


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    client.sign_in(SAM)
    return client


def user(world: World, email: EmailAddress = ANN) -> User:
    [found] = world.manage_access.search(str(email))
    return found.user


def page_of(sam: Client, world: World, path: str = "", status: int = 200) -> Element:
    return sam.get(f"/support/users/{user(world).id}{path}", status)


def rows(page: Element, name: str) -> list[str]:
    [table] = page.all("table", **{"aria-labelledby": name})
    return [row.text for row in table.one("tbody").all("tr")]


def test_a_grant_names_who_confirmed_it_and_under_which_agreement_since_when_and_when_it_was_used(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    page = page_of(sam, world)
    for text in (LEAD.name, "15 January 2024", "An operator", "Ticket 12", "Last used Never", "Last signed in Never"):
        assert text in page.one("main").text
    [agreement] = [link for link in page.all("a") if link.text.startswith("Agreement of 1 September 2021")]
    assert NORTH.name in sam.get(agreement.attributes["href"]).one("h1").text
    new_client().sign_in(ANN)
    page = page_of(sam, world)
    assert "Last signed in 3 June 2024 at 2:55pm" in page.text
    assert "Last used 3 June 2024 at 2:55pm" in page.text


def test_the_history_tells_who_did_what_and_why_the_newest_first(sam: Client, world: World) -> None:
    sam.submit(page_of(sam, world, "/suspend"), "", reason="Away <b>")
    told = rows(page_of(sam, world), "history")
    assert told == [
        "3 June 2024 at 2:55pm Suspended Sam Ray Away <b>",
        f"15 January 2024 at 12:00pm Access given {NORTH.name}, delivery partner An operator, or the service Ticket 12",
    ]


def test_support_sees_what_became_of_the_last_mails(sam: Client, world: World) -> None:
    world.mailer = MemoryMailer(unreachable={ANN})
    for _ in range(2):
        world.sign_in.request_link(str(ANN), "192.0.2.1")
    world.link(BEA)
    told = rows(page_of(sam, world), "mails")
    assert len(told) == 3
    assert told[1].startswith("Link to sign in Queued queued 3 June 2024 at 2:55pm tried 3 June 2024 at 2:55pm")
    assert "next try" in told[1]
    assert "The mail could not be handed over." in told[1]
    assert told[0].startswith("Link to sign in Queued queued 3 June 2024 at 2:55pm")
    assert all(mail.endswith("It is tried again automatically") for mail in told[:2])
    assert told[2].startswith("You can sign in Sent queued 15 January 2024 at 12:00pm")


def test_a_link_that_would_be_too_late_is_told_so_with_the_reason_and_can_be_sent_again(
    sam: Client, world: World
) -> None:
    world.mailer = MemoryMailer(unreachable={ANN})
    world.sign_in.request_link(str(ANN), "192.0.2.1")
    for _ in range(9):
        world.link(BEA)
        world.pass_time(hours=7)
    sam.sign_in(SAM)
    page = page_of(sam, world)
    [mail] = [row for row in rows(page, "mails") if row.startswith("Link to sign in")]
    assert mail.startswith("Link to sign in Too late")
    assert "It could not be sent before its link expired. The mail could not be handed over." in mail
    world.mailer = MemoryMailer()
    form = page.one("table", **{"aria-labelledby": "mails"}).all("form")[0]
    sent = sam.submit(Element("page", {}, [form]), form.attributes["action"])
    page = sam.get(location(sent))
    assert "Email queued again" in page.one("div", role="alert").text
    world.link(BEA)
    assert [type(message) for to, message in world.mailer.sent if to == ANN] == [SignInLinkMessage]
    [event] = world.audit(AuditKind.MAIL_SENT_AGAIN)
    assert (event.actor, event.subject) == (user(world, SAM).id, user(world).id)


def test_a_mail_that_was_refused_or_came_back_is_told_so(sam: Client, world: World) -> None:
    world.mailer = MemoryMailer(unknown={ANN})
    world.sign_in.request_link(str(ANN), "192.0.2.1")
    world.link(BEA)
    world.pass_time(minutes=4)
    with world.storage.writing() as work:
        entry = work.outbox.last_to(ANN, 5)[-1].entry
        work.outbox.bounced(entry.reference, world.now)
        work.commit()
    told = rows(page_of(sam, world), "mails")
    assert told[0].startswith("Link to sign in Refused queued 3 June 2024 at 2:55pm refused 3 June 2024 at 2:55pm")
    assert told[1].startswith("You can sign in Bounced queued 15 January 2024 at 12:00pm")
    assert "bounced 3 June 2024 at 2:59pm" in told[1]


@pytest.mark.parametrize("mail", ["", "999", "x"])
def test_a_mail_that_is_not_among_the_last_can_not_be_sent_again(sam: Client, world: World, mail: str) -> None:
    page = page_of(sam, world)
    action = f"/support/users/{user(world).id}/send-again"
    page = sam.submitted(page, action, 422, mail=mail)
    assert "This mail is no longer one of the last mails shown" in page.one("div", role="alert").text
    assert not world.audit(AuditKind.MAIL_SENT_AGAIN)


def test_support_ends_the_sessions_of_a_user(sam: Client, world: World, new_client: Callable[[], Client]) -> None:
    ann = new_client()
    ann.sign_in(ANN)
    page = page_of(sam, world)
    assert f"Since 3 June 2024 at 2:55pm, last seen 3 June 2024 at 2:55pm, as {NORTH.name}" in page.text
    page = sam.get(page.link("Sign out everywhere"))
    page = sam.submitted(page, "", 422)
    ann.get("/participants")
    page = sam.get(location(sam.submit(page, "", reason="Lost laptop")))
    assert "User signed out everywhere" in page.one("div", role="alert").text
    assert "They are not signed in anywhere." in page.text
    assert location(ann.http.get("/participants")) == "/sign-in"
    assert [event.details["reason"] for event in world.audit(AuditKind.SESSIONS_ENDED)] == ["Lost laptop"]


def test_a_session_that_is_over_by_time_is_not_told(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    new_client().sign_in(ANN)
    world.pass_time(minutes=31)
    sam.sign_in(SAM)
    assert "They are not signed in anywhere." in page_of(sam, world).text


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (("", "Married"), "email", "Enter the new email address"),
        (("ann", "Married"), "email", "Enter an email address in the correct format, like name@example.com"),
        ((str(NEW), " "), "reason", "Enter a reason. We will keep it with your name and the time"),
        ((str(ANN), "Married"), "email", "The user already signs in with this address."),
        (
            (str(STRANGER), "Married"),
            "email",
            NEEDS_NOMINATION,
        ),
    ],
)
def test_an_address_that_can_not_be_proposed_is_told_and_nothing_is_lost(
    sam: Client, world: World, typed: tuple[str, str], field: str, sentence: str
) -> None:
    email, reason = typed
    path = f"/support/users/{user(world).id}/address"
    page = sam.submitted(sam.get(path), path, 422, email=email, reason=reason)
    assert page.link(sentence) == f"#{field}"
    assert page.one("input", id="email").attributes.get("value", "") == email
    assert page.one("textarea", id="reason").text == reason.strip()
    assert not world.audit(AuditKind.CHANGE_PROPOSED)


def test_an_address_that_is_anothers_is_told_at_its_field(sam: Client, world: World) -> None:
    path = f"/support/users/{user(world).id}/address"
    page = sam.submitted(sam.get(path), path, 409, email=str(BEA), reason="Married")
    assert page.link("Another user signs in with this address.") == "#email"
    assert not world.audit(AuditKind.CHANGE_PROPOSED)


def test_ones_own_address_is_for_others_to_change(sam: Client, world: World) -> None:
    own = user(world, SAM).id
    page = sam.get(f"/support/users/{own}")
    assert not [link for link in page.all("a") if link.attributes["href"].startswith(f"/support/users/{own}/address")]
    path = f"/support/users/{own}/address"
    sam.submitted(sam.get(path), path, 422, email=str(NEW), reason="Married")
    assert not world.audit(AuditKind.CHANGE_PROPOSED)


@pytest.mark.parametrize("path", ["/address", "/end-sessions"])
def test_a_user_who_does_not_exist_can_not_be_helped(sam: Client, path: str) -> None:
    sam.get(f"/support/users/nobody{path}", 404)


def test_mail_to_an_address_without_a_user_is_found_by_searching_for_it(sam: Client, world: World) -> None:
    world.sign_in.request_link("an@north.example", "192.0.2.1")
    world.link(BEA)
    page = sam.get("/support/users?query=An%40north.example")
    assert "No user signs in with An@north.example." in page.text
    [mail] = rows(page, "mails")
    assert mail.startswith("How access is given Sent queued 3 June 2024 at 2:55pm")
    assert not sam.get("/support/users?query=nobody%40north.example").all("table")
