"""A question to support from any page: it carries the page, the organisation and the time (security.md 53)."""

from collections.abc import Callable

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import HelpRequested
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.mail.request_help import MOST_REQUESTS
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, CAT, SAM, SUPPORT_EMAIL, World, with_feed_and_access

LINK = "Get help with this page"


@pytest.fixture
def ann(client: Client) -> Client:
    """Ann of the north, signed in."""
    client.sign_in(ANN)
    return client


def mailed(world: World) -> list[HelpRequested]:
    with world.storage.reading() as work:
        mails = work.outbox.last_to(EmailAddress(SUPPORT_EMAIL), 50)
    return [mail.entry.message for mail in reversed(mails) if isinstance(mail.entry.message, HelpRequested)]


def send(client: Client, page: Element, text: str = "I do not see them") -> Element:
    return client.get(location(client.submit(page, "/help/request", question=text)))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/participants?query=ada&role=ect", "/participants"),
        ("/participants/p-1?query=ada", "/participants/…"),
        ("/changes", "/changes"),
        ("/reconcile", "/reconcile"),
        ("/help/statuses", "/help/statuses"),
        ("/help/request", "/help/request"),
    ],
)
def test_a_question_carries_its_page_without_what_was_typed_the_organisation_and_the_time(
    ann: Client, world: World, path: str, told: str
) -> None:
    form = ann.get(ann.get(path).link(LINK))
    assert told in form.one("main").text
    done = send(ann, form, "I do not see them.\nWhy?")
    assert "We sent your question to support" in done.one("main").text
    assert mailed(world) == [
        HelpRequested(
            name="Ann Lee",
            email=str(ANN),
            organisation="St Cuthbert’s & North Hub",
            role=Role.DELIVERY_PARTNER,
            page=told,
            asked_at="2024-06-03 14:55",
            text="I do not see them.\nWhy?",
        )
    ]
    [event] = world.audit(AuditKind.HELP_REQUESTED)
    assert (event.organisation_id, event.details) == ("dp-north", {"page": told})


def test_the_mail_has_what_was_written_line_by_line(ann: Client, world: World) -> None:
    send(ann, ann.get("/help/request"), "One\nTwo <b>")
    [message] = [message for _, message in world.mails_sent() if isinstance(message, HelpRequested)]
    assert message.text == "One\nTwo <b>"


def test_an_old_tab_asks_for_the_organisation_that_it_was_made_for(client: Client, world: World) -> None:
    client.sign_in(CAT)
    client.choose("delivery_partner", "dp-south")
    form = client.get(client.get("/participants").link(LINK))
    client.choose("appropriate_body")
    send(client, form)
    assert mailed(world)[0].organisation == "South Hub"


@pytest.mark.parametrize(
    "page", ["/sign-in/a-token-1", "/x y", "https://evil.example", "//evil.example", "/p/<b>", "a"]
)
def test_what_is_no_page_of_ours_is_not_carried(ann: Client, world: World, page: str) -> None:
    form = ann.get("/help/request")
    ann.submit(form, "/help/request", page=page, question="Help")
    assert [message.page for message in mailed(world)] == [""]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (" ", "Enter what you need help with"),
        ("x" * 2001, "Your question must be 2,000 characters or fewer"),
        ("\u202ex", "Your question must not have characters that cannot be seen."),
    ],
)
def test_what_can_not_be_sent_is_told_and_stays(ann: Client, world: World, text: str, fault: str) -> None:
    page = ann.submitted(ann.get("/help/request"), "/help/request", 422, question=text)
    assert fault in page.one("p", id="question-error").text
    assert not mailed(world)
    assert not world.audit(AuditKind.HELP_REQUESTED)


def test_the_same_question_is_mailed_once(ann: Client, world: World) -> None:
    form = ann.get("/help/request")
    for _ in range(3):
        send(ann, form)
    assert len(mailed(world)) == len(world.audit(AuditKind.HELP_REQUESTED)) == 1


def test_a_user_sends_so_many_within_an_hour_and_others_still_can(
    ann: Client, world: World, new_client: Callable[[], Client]
) -> None:
    for number in range(MOST_REQUESTS):
        send(ann, ann.get("/help/request"), f"Question {number}")
    page = ann.submitted(ann.get("/help/request"), "/help/request", 422, question="One more")
    assert "You sent 5 questions in the last hour" in page.one("p", id="question-error").text
    sam = new_client()
    sam.sign_in(SAM)
    send(sam, sam.get("/help/request"))
    world.pass_time(minutes=61)
    ann.sign_in(ANN)
    send(ann, ann.get("/help/request"), "One more")
    assert len(mailed(world)) == MOST_REQUESTS + 2


def test_without_an_address_of_support_there_is_the_page_of_contacts() -> None:
    world = with_feed_and_access(World(support_email=""))
    ann = Client(world)
    ann.sign_in(ANN)
    assert ann.get(ann.get("/participants").link(LINK)).one("h1").text == "Contact"


def test_who_is_not_signed_in_signs_in_first(client: Client) -> None:
    assert LINK not in client.get("/").text
    assert location(client.http.get("/help/request")) == "/sign-in"
