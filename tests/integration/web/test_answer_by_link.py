"""A lead provider's contact, without an account, confirms or declines by a link (security.md 1, 2 and 4 to 8)."""

from collections.abc import Callable

import pytest

from checkdata.domain.access.decision import Acting
from checkdata.domain.nomination_messages import ConfirmationLinkMessage
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.people.organisations import PolicyTeam, SupportTeam
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.values import EmailAddress, NominationId
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, CONTACT, LEAD, NORTH, PAM, SAM, World, acting

NEW = EmailAddress("new@north.example")
DEAD = "This confirmation link does not work"


@pytest.fixture
def nomination_id(world: World) -> NominationId:
    return asked_by_link(world)


def asked_by_link(world: World) -> NominationId:
    """A nomination about which Beacon's contact is asked by a link."""
    world.add(PAM, "Pam Orr", PolicyTeam())
    mailed = MailedNomination(
        email=NEW,
        name="New <b>User</b>",
        role=NORTH.role,
        organisation_id=NORTH.id,
        nominated_by=ANN,
        reference="Mail 1",
        note="A note only for the department",
    )
    sam = acting(world, SAM, SupportTeam())
    received = world.nominate.receive(mailed, by=sam)
    world.nominate.escalate(received.id, by=sam)
    world.nominate.ask(received.id, LEAD.id, by=policy(world), by_link=True)
    return received.id


@pytest.fixture
def link(nomination_id: NominationId, world: World) -> str:
    """The path of the link in the contact's mail."""
    assert nomination_id
    return newest_link(world)


def policy(world: World) -> Acting:
    return acting(world, PAM, PolicyTeam())


def newest_link(world: World) -> str:
    links = [m.url for to, m in world.mails_sent() if isinstance(m, ConfirmationLinkMessage) and to == CONTACT]
    return links[-1]


def nomination(world: World, nomination_id: NominationId) -> Nomination:
    found = world.nomination_queue.one(nomination_id)
    assert found is not None
    return found.queued.nomination


def opened(client: Client, link: str) -> Element:
    """The question, after the button on the page behind the link."""
    place = location(client.submit(client.get(link), ""))
    assert place == "/confirm"
    return client.get(place)


@pytest.mark.parametrize("answer", ["confirmed", "declined"])
def test_a_contact_answers_once(
    client: Client, world: World, nomination_id: NominationId, link: str, answer: str
) -> None:
    page = opened(client, link)
    place = location(client.submit(page, "/confirm", answer=answer, reason="Known to us"))
    assert client.get(place).one("h1").text == "Answer sent"
    after = nomination(world, nomination_id)
    assert after.state.value == answer
    assert (after.steps[-1].contact, after.steps[-1].by, after.steps[-1].note) == (str(CONTACT), None, "Known to us")
    assert client.get("/confirm", 410).one("h1").text == DEAD
    client.post("/confirm", {"csrf_token": token(client), "answer": "confirmed"}, 410)
    client.get(link, 410)
    assert nomination(world, nomination_id) == after


def token(client: Client) -> str:
    """A form token that fits the browser."""
    return client.get("/sign-in").one("main").all("input", name="csrf_token")[0].attributes["value"]


def test_an_answer_takes_the_cookie_away_that_let_it_be_given(client: Client, link: str) -> None:
    page = opened(client, link)
    assert client.http.cookies.get("__Host-checkdata_confirmation")
    client.submit(page, "/confirm", answer="confirmed")
    assert not client.http.cookies.get("__Host-checkdata_confirmation")


def test_opening_the_question_gives_new_tokens(client: Client, link: str) -> None:
    before = token(client)
    opened(client, link)
    assert token(client) != before
    client.post("/confirm", {"csrf_token": before, "answer": "confirmed"}, 403)


def test_the_question_shows_name_address_and_organisation_and_nothing_else(client: Client, link: str) -> None:
    page = opened(client, link)
    shown = [(row.one("dt").text, row.one("dd").text) for row in page.one("dl").all("div")]
    assert shown == [
        ("Name", "New <b>User</b>"),
        ("Email address", str(NEW)),
        ("Organisation", f"{NORTH.name}, delivery partner"),
    ]
    for secret in ("A note for the department", "Sam Ray", "Pam Orr", str(ANN), "Mail 1", str(CONTACT)):
        assert secret not in page.text


def test_looking_changes_nothing_and_shows_no_participant(
    client: Client, world: World, nomination_id: NominationId, link: str
) -> None:
    before = nomination(world, nomination_id)
    for _ in range(3):
        assert client.http.head(link).status_code == 200
        page = client.get(link)
    assert page.one("main").one("button").text == "Continue"
    assert "New" not in page.one("main").text
    assert str(NEW) not in page.text
    assert "checkdata_confirmation" not in str(client.http.cookies)
    client.get("/confirm", 410)
    assert client.http.head("/confirm").status_code == 410
    assert nomination(world, nomination_id) == before
    opened(client, link)
    assert nomination(world, nomination_id) == before


def test_the_token_is_on_no_page_and_leaves_the_address(client: Client, link: str) -> None:
    secret = link.rpartition("/")[2]
    response = client.http.get(link)
    assert secret not in response.text
    assert secret not in str(response.headers)
    response = client.submit(client.get(link), "")
    assert secret not in response.headers["location"]
    assert secret not in str(response.headers)
    assert secret not in client.http.get(link).text


def test_a_cookie_of_the_browser_that_opened_it_is_all_that_answers(
    client: Client, link: str, new_client: Callable[[], Client]
) -> None:
    opened(client, link)
    (cookie,) = [cookie for cookie in client.http.cookies.jar if "confirmation" in cookie.name]
    assert cookie.name == "__Host-checkdata_confirmation"
    assert cookie.secure
    assert cookie.value != link.rpartition("/")[2]
    new_client().get("/confirm", 410)


def used(client: Client, world: World, link: str) -> str:  # noqa: ARG001 - as the others
    opened(client, link)
    return link


def expired(client: Client, world: World, link: str) -> str:  # noqa: ARG001
    world.pass_time(days=7)
    return link


def unknown(client: Client, world: World, link: str) -> str:  # noqa: ARG001
    return "/confirm/no-such-token"


@pytest.mark.parametrize("dead", [used, expired, unknown])
def test_a_dead_link_is_one_page_that_offers_another(
    new_client: Callable[[], Client], world: World, link: str, dead: Callable[[Client, World, str], str]
) -> None:
    place = dead(new_client(), world, link)
    client = new_client()
    page = client.get(place, 410)
    assert page.one("h1").text == DEAD
    assert page.text == new_client().get("/confirm/other", 410).text
    world.pass_time(minutes=11)
    mails = len(world.mails_sent())
    assert location(client.submit(page, "")) == "/confirm/sent-again"
    assert "If the person still has to be confirmed" in client.get("/confirm/sent-again").text
    assert len(world.mails_sent()) - mails == (dead is not unknown)
    if dead is not unknown:
        opened(new_client(), newest_link(world))


def test_a_link_that_dies_under_the_button_is_the_same_page(client: Client, world: World, link: str) -> None:
    page = client.get(link)
    world.pass_time(days=7, seconds=1)
    assert client.submitted(page, "", 410).one("h1").text == DEAD


def test_an_answer_that_comes_too_late_is_the_same_page(
    client: Client, world: World, nomination_id: NominationId, link: str
) -> None:
    page = opened(client, link)
    world.pass_time(minutes=60)
    assert client.submitted(page, "/confirm", 410, answer="confirmed").one("h1").text == DEAD
    assert nomination(world, nomination_id).state is NominationState.ASKED


def test_what_is_not_asked_any_more_can_not_be_answered(
    client: Client, world: World, nomination_id: NominationId, link: str
) -> None:
    page = opened(client, link)
    world.nominate.withdraw(nomination_id, by=policy(world), note="Left")
    assert client.submitted(page, "/confirm", 410, answer="confirmed").one("h1").text == DEAD
    assert nomination(world, nomination_id).state is NominationState.WITHDRAWN


def test_a_lead_provider_whose_agreement_ended_confirms_no_nominee(
    client: Client, world: World, nomination_id: NominationId, link: str
) -> None:
    page = opened(client, link)
    with world.storage.writing() as work:
        work.organisations.end_agreement(f"ag-{NORTH.id}", world.now.date())
        work.commit()
    page = client.submitted(page, "/confirm", 422, answer="confirmed")
    assert "has no data-sharing agreement in force" in page.one("div", role="alert").text
    assert nomination(world, nomination_id).state is NominationState.ASKED


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({}, ("#answer", "Select whether you confirm this person")),
        ({"answer": "banana", "reason": "Kept"}, ("#answer", "Select whether you confirm this person")),
        ({"answer": "declined", "reason": " "}, ("#reason", "Enter the reason for declining")),
        ({"answer": "declined", "reason": "x" * 1001}, ("#reason", "Reason must be 1,000 characters or fewer")),
    ],
)
def test_a_fault_is_told_at_its_field_and_the_answer_can_still_be_given(
    client: Client, world: World, link: str, form: dict[str, str], fault: tuple[str, str]
) -> None:
    page = client.submitted(opened(client, link), "/confirm", 422, **form)
    (told,) = page.one("div", role="alert").all("a")
    assert (told.attributes["href"], told.text) == fault
    assert page.one("textarea", id="reason").text == form.get("reason", "").strip()
    (asked,) = world.nomination_queue.open()
    assert asked.nomination.state is NominationState.ASKED
    client.submit(page, "/confirm", answer="confirmed")


def test_a_page_of_another_site_answers_nothing(
    client: Client, world: World, nomination_id: NominationId, link: str
) -> None:
    page = opened(client, link)
    client.submit(page, "/confirm", 403, answer="confirmed", csrf_token="x")  # noqa: S106 - a wrong one
    client.submit(client.get(newest_link(world), 410), "", 403, csrf_token="x")  # noqa: S106
    assert nomination(world, nomination_id).state is NominationState.ASKED


def test_a_user_who_confirmed_by_the_link_does_not_grant(
    client: Client, world: World, nomination_id: NominationId, link: str, new_client: Callable[[], Client]
) -> None:
    world.add(CONTACT, "Con Tact", SupportTeam())
    client.submit(opened(client, link), "/confirm", answer="confirmed")
    contact = new_client()
    contact.sign_in(CONTACT)
    page = contact.submitted(contact.get(f"/support/nominations/{nomination_id}/grant"), "", 422)
    assert "You confirmed this nomination" in page.one("div", role="alert").text
    assert not world.manage_access.search(str(NEW))


def test_the_page_of_the_nomination_tells_who_answered_by_the_link(
    client: Client, nomination_id: NominationId, link: str, new_client: Callable[[], Client]
) -> None:
    client.submit(opened(client, link), "/confirm", answer="declined", reason="Not <ours>")
    sam = new_client()
    sam.sign_in(SAM)
    page = sam.get(f"/support/nominations/{nomination_id}")
    assert f"{CONTACT}, by the link sent to them" in page.text
    assert "Note: Not <ours>" in page.text


def test_signing_out_forgets_the_question_too(client: Client, link: str) -> None:
    client.sign_in(ANN)
    opened(client, link)
    client.submit(client.get("/participants"), "/sign-out")
    client.get("/confirm", 410)
