"""Support receives, escalates, grants and withdraws nominations; policy has them confirmed (service rule 4)."""

from collections.abc import Callable
from datetime import datetime

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE
from checkdata.domain.messages import AccessGranted
from checkdata.domain.nomination_messages import ConfirmationLinkMessage, NominationDeclined
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.nominee import Nominee
from checkdata.domain.nominations.steps import NominationState, Step
from checkdata.domain.people.organisations import Agreement, PolicyTeam, SupportTeam
from checkdata.domain.services.access.review_access import ReviewAccess
from checkdata.domain.values import EmailAddress, NominationId
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, BODY, CONTACT, ENDED, LEAD, NORTH, OTHER_LEAD, PAM, SAM, World, acting

NEW = EmailAddress("new@north.example")
TOM = EmailAddress("tom@dfe.example")
FORM = {
    "name": "New <b>User</b>",
    "email": str(NEW),
    "role": "delivery_partner",
    "organisation": NORTH.id,
    "nominated_by": str(ANN),
    "reference": "Ticket 34",
    "reason": "Began <today>",
}
FOR_BODY = FORM | {"role": "appropriate_body", "organisation": BODY.id}
ANSWER = {
    "answer": "confirmed",
    "contact": "Jo at Beacon",
    "date-day": "3",
    "date-month": "6",
    "date-year": "2024",
    "reference": "Mail 9",
}


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    client.sign_in(SAM)
    return client


@pytest.fixture
def pam(world: World, new_client: Callable[[], Client]) -> Client:
    """Pam of policy, signed in."""
    world.add(PAM, "Pam Orr", PolicyTeam())
    client = new_client()
    client.sign_in(PAM)
    return client


def receive(sam: Client, **changes: str) -> str:
    """Record a nomination that came by mail; the id it gets."""
    page = sam.get("/support/nominations/add")
    place = location(sam.submit(page, "/support/nominations/add", **FORM | changes))
    return place.partition("?")[0].rpartition("/")[2]


def escalated(sam: Client, **changes: str) -> str:
    received = receive(sam, **changes)
    sam.submit(sam.get(f"/support/nominations/{received}/escalate"), "")
    return received


def asked(sam: Client, pam: Client, how: str = "self") -> str:
    nomination_id = escalated(sam)
    ask(pam, nomination_id, how)
    return nomination_id


def ask(pam: Client, nomination_id: str, how: str, lead_provider: str = LEAD.id) -> str:
    page = pam.get(f"/policy/nominations/{nomination_id}/ask")
    return location(pam.submit(page, "", how=how, lead_provider=lead_provider))


def confirmed(sam: Client, pam: Client) -> str:
    nomination_id = asked(sam, pam)
    pam.submit(pam.get(f"/policy/nominations/{nomination_id}/answer"), "", **ANSWER)
    return nomination_id


def nomination(world: World, nomination_id: str) -> Nomination:
    found = world.nomination_queue.one(NominationId(nomination_id))
    assert found is not None
    return found.queued.nomination


def row(client: Client, place: str) -> list[str]:
    return [cell.text for cell in client.get(place).one("tbody").one("tr").all("td")]


def alert(page: Element) -> str:
    return page.one("div", role="alert").text


def test_a_nomination_goes_from_the_mail_to_the_access_and_each_sees_whose_move_it_is(
    sam: Client, pam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    received = receive(sam)
    assert row(sam, "/support/nominations")[1:] == ["Less than a day", "Received", "Escalate to policy", "Support"]
    assert "There are no open nominations" in pam.get("/policy/nominations").text
    page = sam.get(f"/support/nominations/{received}")
    page = sam.get(page.link("Escalate to policy"))
    page = sam.get(location(sam.submit(page, "", reason="Please")))
    assert "Nomination escalated to policy" in alert(page)
    world.pass_time(minutes=20)
    assert "1 nomination waiting for policy" in pam.get("/policy").text
    assert row(pam, pam.get("/policy").link("1 nomination waiting for policy"))[2:] == [
        "Escalated to policy",
        "Ask a lead provider",
        "Policy",
    ]
    page = pam.get(f"/policy/nominations/{received}")
    page = pam.get(page.link("Ask a lead provider"))
    page = pam.get(location(pam.submit(page, "", lead_provider=LEAD.id, how="self")))
    assert page.one("h1").text == "Record the answer"
    assert "What did Beacon Teaching answer?" in page.text
    page = pam.get(location(pam.submit(page, "", **ANSWER)))
    assert "Support can give access now" in alert(page)
    for text in ("Jo at Beacon", "3 June 2024", "Mail 9", "Pam Orr", "Sam Ray", "Please", "Began <today>", "Ticket 34"):
        assert text in page.text
    page = sam.get(sam.get(f"/support/nominations/{received}").link("Give access"))
    page = sam.get(location(sam.submit(page, "")))
    assert "Access given" in alert(page)
    assert AccessGranted(name=FORM["name"], role=NORTH.role, organisation=NORTH.name, organisation_id=NORTH.id) in [
        message for to, message in world.mails_sent() if to == NEW
    ]
    assert new_client().sign_in(NEW) == "/overview?acting=delivery_partner:dp-north"


def buttons(page: Element) -> dict[str, bool]:
    """The buttons of a nomination's page that lead on, and whether each stands out."""
    found = page.one("main").all("a", role="button")
    return {button.text: "secondary" not in button.attributes["class"] for button in found}


def test_only_the_next_step_of_those_who_take_it_stands_out(sam: Client, pam: Client) -> None:
    nomination_id = escalated(sam)
    assert buttons(sam.get(f"/support/nominations/{nomination_id}")) == {"Correct the name": False, "Withdraw": False}
    assert buttons(pam.get(f"/policy/nominations/{nomination_id}")) == {
        "Ask a lead provider": True,
        "Correct the name": False,
        "Withdraw": False,
    }


def test_every_step_is_told_with_who_when_and_what_they_noted(sam: Client, pam: Client) -> None:
    page = pam.get(f"/policy/nominations/{confirmed(sam, pam)}")
    steps = [step.text for step in page.one("main").one("ol").all("li")]
    assert [step.split(" 3 June 2024 at 2:55pm, ")[0] for step in steps] == [
        "Confirmed",
        "Lead provider asked",
        "Escalated to policy",
        "Received",
    ]
    assert "Pam Orr Lead provider: Beacon Teaching Answered by: Jo at Beacon" in steps[0]
    assert "Sam Ray Reference: Ticket 34 Note: Began <today>" in steps[3]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": " "}, "name", "Enter the full name of the person"),
        ({"name": "x" * 201}, "name", "Name must be 200 characters or fewer"),
        ({"email": ""}, "email", "Enter the email address of the person"),
        ({"email": "new"}, "email", "Enter an email address in the correct format, like name@example.com"),
        ({"role": ""}, "role", "Select a role"),
        ({"role": "support"}, "role", "Select a role"),
        ({"organisation": ""}, "organisation", "Select an organisation"),
        ({"nominated_by": ""}, "nominated_by", "Enter the email address of the person who nominates them"),
        ({"nominated_by": "ann"}, "nominated_by", "Enter an email address in the correct format"),
        ({"reference": " "}, "reference", "Enter the reference of the email that the nomination came in"),
        ({"reason": "x" * 1001}, "reason", "Note must be 1,000 characters or fewer"),
    ],
)
def test_a_fault_of_a_nomination_is_told_at_its_field_and_nothing_is_lost(
    sam: Client, world: World, changes: dict[str, str], field: str, sentence: str
) -> None:
    form = FORM | changes
    page = sam.submitted(sam.get("/support/nominations/add"), "/support/nominations/add", 422, **form)
    (link,) = page.one("div", role="alert").all("a")
    assert (link.text.startswith(sentence), link.attributes["href"]) == (True, f"#{field}")
    assert not world.nomination_queue.open()
    kept = ("name", "email", "nominated_by", "reference")
    assert {name: page.one("input", id=name).attributes.get("value", "") for name in kept} == {
        name: form[name] for name in kept
    }
    assert page.one("textarea", id="reason").text == form["reason"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": str(ANN)}, "This person already has access for this organisation"),
        ({"organisation": ENDED.id}, "has no data-sharing agreement in force with any lead provider"),
        ({"organisation": "dp-nowhere"}, "There is no delivery partner with this id"),
        ({"organisation": BODY.id}, "There is no delivery partner with this id"),
    ],
)
def test_no_nomination_is_made_where_no_access_could_be_given(
    sam: Client, world: World, changes: dict[str, str], sentence: str
) -> None:
    page = sam.submitted(sam.get("/support/nominations/add"), "/support/nominations/add", 422, **FORM | changes)
    assert sentence in alert(page)
    assert page.one("textarea", id="reason").text == FORM["reason"]
    assert not world.nomination_queue.open()


def test_of_two_who_nominate_the_same_person_one_is_told_that_it_was_done(sam: Client, world: World) -> None:
    page = sam.get("/support/nominations/add")
    receive(sam)
    page = sam.submitted(page, "/support/nominations/add", 409, **FORM)
    assert "This person is already nominated for this organisation" in alert(page)
    assert len(world.nomination_queue.open()) == 1


def test_of_two_who_take_the_next_step_one_is_told_that_it_was_taken(sam: Client, world: World) -> None:
    received = receive(sam)
    old = sam.get(f"/support/nominations/{received}/escalate")
    sam.submit(old, "")
    page = sam.submitted(old, "", 409, reason="A note that took an hour")
    assert "This nomination has changed since you looked at it" in alert(page)
    assert page.one("textarea", id="reason").text == "A note that took an hour"
    assert len(world.audit(AuditKind.NOMINATION_ESCALATED)) == 1


def test_an_old_page_does_not_replace_the_lead_provider_that_another_user_asked(
    sam: Client, pam: Client, world: World
) -> None:
    nomination_id = escalated(sam)
    old = pam.get(f"/policy/nominations/{nomination_id}/ask")
    ask(pam, nomination_id, "link")
    pam.place = f"/policy/nominations/{nomination_id}/ask"
    page = pam.submitted(old, "", 409, lead_provider=LEAD.id, how="self")
    assert "This nomination has changed since you looked at it" in alert(page)
    assert nomination(world, nomination_id).steps[-1].contact == str(CONTACT)


def test_access_is_given_once(sam: Client, pam: Client, world: World) -> None:
    nomination_id = confirmed(sam, pam)
    page = sam.get(f"/support/nominations/{nomination_id}/grant")
    sam.submit(page, "")
    grants = len(world.audit(AuditKind.GRANT_ADDED))
    assert "This nomination has changed since you looked at it" in alert(sam.submitted(page, "", 409))
    assert len(world.audit(AuditKind.GRANT_ADDED)) == grants


@pytest.mark.parametrize("state", ["received", "escalated", "asked", "declined", "withdrawn", "expired"])
def test_what_was_not_confirmed_is_granted_by_no_order_of_steps(
    sam: Client, pam: Client, world: World, state: str
) -> None:
    nomination_id = receive(sam) if state == "received" else escalated(sam)
    if state in ("asked", "declined"):
        ask(pam, nomination_id, "self")
    if state == "declined":
        form = pam.get(f"/policy/nominations/{nomination_id}/answer")
        pam.submit(form, "", **ANSWER | {"answer": "declined", "reason": "Not ours"})
    if state == "withdrawn":
        sam.submit(sam.get(f"/support/nominations/{nomination_id}/withdraw"), "", reason="Left")
    if state == "expired":
        world.pass_time(days=28)
        sam.sign_in(SAM)
    assert not [link for link in sam.get(f"/support/nominations/{nomination_id}").all("a") if "/grant" in str(link)]
    page = sam.submitted(sam.get(f"/support/nominations/{nomination_id}/grant"), "", 422)
    assert page.one("div", role="alert").one("li").text
    assert not world.manage_access.search(str(NEW))


def test_a_user_who_confirmed_does_not_grant(sam: Client, pam: Client, world: World) -> None:
    nomination_id = confirmed(sam, pam)
    world.add(PAM, "Pam Orr", SupportTeam())
    pam.choose("support")
    page = pam.submitted(pam.get(f"/support/nominations/{nomination_id}/grant"), "", 422)
    assert "You confirmed this nomination" in alert(page)
    assert not world.manage_access.search(str(NEW))


def test_a_nominee_does_not_grant(sam: Client, pam: Client, world: World, new_client: Callable[[], Client]) -> None:
    tom = new_client()
    world.add(TOM, "Tom", SupportTeam())
    tom.sign_in(TOM)
    nomination_id = escalated(tom, email=str(SAM))
    ask(pam, nomination_id, "self")
    pam.submit(pam.get(f"/policy/nominations/{nomination_id}/answer"), "", **ANSWER)
    page = sam.submitted(sam.get(f"/support/nominations/{nomination_id}/grant"), "", 422)
    assert "You are the nominee" in alert(page)
    assert len(world.manage_access.search(str(SAM))[0].grants) == 1


def test_a_confirmation_whose_agreement_ended_has_to_be_asked_for_again(sam: Client, pam: Client, world: World) -> None:
    nomination_id = confirmed(sam, pam)
    with world.storage.writing() as work:
        work.organisations.end_agreement(f"ag-{NORTH.id}", world.now.date())
        work.commit()
    page = sam.submitted(sam.get(f"/support/nominations/{nomination_id}/grant"), "", 422)
    assert "Its confirmation no longer counts: policy has to ask again" in alert(page)
    assert row(pam, "/policy/nominations")[3].startswith("Ask a lead provider again")
    page = pam.get(pam.get(f"/policy/nominations/{nomination_id}").link("Ask a lead provider again"))
    assert "No lead provider has a data-sharing agreement in force" in page.text
    with world.storage.writing() as work:
        work.organisations.add_agreement(an_agreement_with(OTHER_LEAD.id, world))
        work.commit()
    page = pam.get(f"/policy/nominations/{nomination_id}/ask")
    assert [radio.attributes["value"] for radio in page.all("input", name="lead_provider")] == [OTHER_LEAD.id]


def an_agreement_with(lead_provider_id: str, world: World) -> Agreement:
    return Agreement(
        id="ag-hand",
        lead_provider_id=OTHER_LEAD.id if lead_provider_id == OTHER_LEAD.id else LEAD.id,
        delivery_partner_id=NORTH.id,
        starts_on=world.now.date(),
        added_by_hand=True,
    )


def test_policy_is_offered_only_lead_providers_with_an_agreement_in_force(sam: Client, pam: Client) -> None:
    nomination_id = escalated(sam)
    page = pam.get(f"/policy/nominations/{nomination_id}/ask")
    assert [radio.attributes["value"] for radio in page.all("input", name="lead_provider")] == [LEAD.id]
    page = pam.submitted(page, "", 422, lead_provider=OTHER_LEAD.id, how="self")
    assert page.link("Select a lead provider") == "#lead_provider"
    page = pam.submitted(page, "", 422, reason="Kept")
    assert page.link("Select how it is asked") == "#how"
    assert page.one("textarea", id="reason").text == "Kept"


def test_a_lead_provider_without_a_contact_is_sent_no_link(sam: Client, pam: Client, world: World) -> None:
    with world.storage.writing() as work:
        work.organisations.add_agreement(an_agreement_with(OTHER_LEAD.id, world))
        work.commit()
    page = pam.get(f"/policy/nominations/{escalated(sam)}/ask")
    assert "Has no registered contact" in page.text
    page = pam.submitted(page, "", 422, lead_provider=OTHER_LEAD.id, how="link")
    assert "This lead provider has no registered contact" in alert(page)


def test_the_registered_contact_is_sent_a_link_and_another_at_a_press(sam: Client, pam: Client, world: World) -> None:
    nomination_id = asked(sam, pam, "link")
    assert row(pam, "/policy/nominations")[2:] == [
        "Lead provider asked",
        "Answer by the link in the email",
        "Lead provider",
    ]
    first = links(world)
    page = pam.get(f"/policy/nominations/{nomination_id}")
    assert f"We emailed a link to {CONTACT}" in page.text
    assert "Sent The email was queued 3 June 2024 at 2:55pm, sent 3 June 2024 at 2:55pm" in page.text
    page = pam.get(location(pam.submit(page, f"/policy/nominations/{nomination_id}/ask")))
    assert "Lead provider asked" in alert(page)
    assert "Queued The email was queued 3 June 2024 at 2:55pm." in page.text
    old, new = links(world)
    assert [old] == first
    pam.get(old, 410)
    pam.get(new)


def links(world: World) -> list[str]:
    """The confirmation links mailed so far, oldest first."""
    return [m.url for to, m in world.mails_sent() if isinstance(m, ConfirmationLinkMessage) and to == CONTACT]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"answer": ""}, ("answer", "Select confirm or decline")),
        ({"contact": " "}, ("contact", "Enter who answered at the lead provider")),
        ({"contact": "x" * 201}, ("contact", "Who answered must be 200 characters or fewer")),
        ({"date-day": "", "date-month": "", "date-year": ""}, ("date-day", "Enter the date of the answer")),
        ({"date-day": "31"}, ("date-day", "The date of the answer must be a real date")),
        ({"date-year": "x"}, ("date-day", "The date of the answer must be a real date")),
        ({"date-month": "٣"}, ("date-day", "The date of the answer must be a real date")),
        ({"reference": ""}, ("reference", "Enter the reference of the answer")),
        ({"answer": "declined"}, ("reason", "Enter the reason for declining")),
        ({"reason": "x" * 1001}, ("reason", "Reason must be 1,000 characters or fewer")),
    ],
)
def test_a_fault_of_an_answer_is_told_at_its_field_and_nothing_is_lost(
    sam: Client, pam: Client, world: World, changes: dict[str, str], fault: tuple[str, str]
) -> None:
    nomination_id = asked(sam, pam)
    form = ANSWER | changes
    page = pam.submitted(pam.get(f"/policy/nominations/{nomination_id}/answer"), "", 422, **form)
    (link,) = page.one("div", role="alert").all("a")
    field, sentence = fault
    assert (link.text.startswith(sentence), link.attributes["href"]) == (True, f"#{field}")
    assert page.all("input", id=field) or page.all("textarea", id=field)
    kept = ("contact", "date-day", "date-month", "date-year", "reference")
    assert {name: page.one("input", id=name).attributes.get("value", "") for name in kept} == {
        name: form[name] for name in kept
    }
    assert nomination(world, nomination_id).state is NominationState.ASKED


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"date-year": "2025"}, "The day of the answer cannot be in the future"),
        ({"contact": str(NEW)}, "A nominee cannot confirm or decline themselves"),
    ],
)
def test_an_answer_that_the_rules_do_not_allow_confirms_nothing(
    sam: Client, pam: Client, world: World, changes: dict[str, str], sentence: str
) -> None:
    nomination_id = asked(sam, pam)
    page = pam.submitted(pam.get(f"/policy/nominations/{nomination_id}/answer"), "", 422, **ANSWER | changes)
    assert sentence in alert(page)
    assert nomination(world, nomination_id).state is NominationState.ASKED


def test_an_answer_is_recorded_once(sam: Client, pam: Client, world: World) -> None:
    page = pam.get(f"/policy/nominations/{asked(sam, pam)}/answer")
    pam.submit(page, "", **ANSWER)
    assert "This nomination has changed since you looked at it" in alert(pam.submitted(page, "", 409, **ANSWER))
    assert len(world.audit(AuditKind.NOMINATION_CONFIRMED)) == 1


def test_an_answer_before_a_lead_provider_was_asked_is_refused(sam: Client, pam: Client) -> None:
    page = pam.get(f"/policy/nominations/{escalated(sam)}/answer")
    assert "No lead provider has been asked yet" in alert(pam.submitted(page, "", 422, **ANSWER))


def test_the_nominator_is_told_of_a_nominee_who_was_declined(sam: Client, pam: Client, world: World) -> None:
    page = pam.get(f"/policy/nominations/{asked(sam, pam)}/answer")
    form = ANSWER | {"answer": "declined", "reason": "Not ours"}
    assert "gets an email that says so" in alert(pam.get(location(pam.submit(page, "", **form))))
    assert [m.nominee for to, m in world.mails_sent() if to == ANN and isinstance(m, NominationDeclined)] == [
        FORM["name"]
    ]
    assert row(sam, "/support/nominations?show=closed")[2].startswith("Declined")


@pytest.mark.parametrize("answer", ["confirmed", "declined"])
def test_policy_itself_decides_for_an_appropriate_bodys_user(
    sam: Client, pam: Client, world: World, answer: str
) -> None:
    nomination_id = escalated(sam, **FOR_BODY)
    page = pam.get(pam.get(f"/policy/nominations/{nomination_id}").link("Decide without a lead provider"))
    assert not page.all("input", id="contact")
    refused = pam.submitted(page, "", 422, answer=answer)
    assert refused.link("Enter the reason for your decision") == "#reason"
    pam.submit(page, "", answer=answer, reason="No lead provider works with it")
    assert nomination(world, nomination_id).state.value == answer
    page = sam.get(f"/support/nominations/{nomination_id}/grant")
    sam.submit(page, "", 303 if answer == "confirmed" else 422)
    assert len(world.manage_access.search(str(NEW))) == (answer == "confirmed")


def test_the_lead_provider_that_works_with_a_body_is_asked_about_its_user(
    sam: Client, pam: Client, world: World
) -> None:
    nomination_id = escalated(sam, **FOR_BODY)
    page = pam.get(pam.get(f"/policy/nominations/{nomination_id}").link("Ask a lead provider"))
    assert "Choose the one that works with" in page.text
    page = pam.get(location(pam.submit(page, "", lead_provider=LEAD.id, how="self")))
    pam.submit(page, "", **ANSWER)
    assert nomination(world, nomination_id).state is NominationState.CONFIRMED


def test_a_misspelt_name_is_corrected_and_both_names_are_shown(sam: Client, pam: Client, world: World) -> None:
    nomination_id = asked(sam, pam)
    page = sam.get(sam.get(f"/support/nominations/{nomination_id}").link("Correct the name"))
    assert page.one("input", id="name").attributes["value"] == FORM["name"]
    refused = sam.submitted(page, "", 422, name=" ", reason="Misspelt")
    assert refused.link("Enter the full name of the person") == "#name"
    page = sam.get(location(sam.submit(page, "", name="Nadja Lee", reason="Misspelt")))
    assert "Name corrected" in alert(page)
    assert page.one("h1").text == "Nadja Lee"
    assert f"Name before: {FORM['name']}" in page.text
    assert nomination(world, nomination_id).state is NominationState.ESCALATED


def test_the_tickets_reference_is_kept_with_the_escalation(sam: Client, pam: Client) -> None:
    nomination_id = receive(sam)
    page = sam.get(f"/support/nominations/{nomination_id}/escalate")
    assert sam.submitted(page, "", 422, reference="x" * 201).all("p", id="reference-error")
    sam.submit(page, "", reference="Ticket 9")
    assert "Reference: Ticket 9" in pam.get(f"/policy/nominations/{nomination_id}").text


def test_withdrawing_takes_a_reason(sam: Client, pam: Client, world: World) -> None:
    nomination_id = escalated(sam)
    page = pam.get(pam.get(f"/policy/nominations/{nomination_id}").link("Withdraw"))
    page = pam.submitted(page, "", 422)
    assert page.link("Enter a reason. We will keep it with your name and the time") == "#reason"
    page = pam.get(location(pam.submit(page, "", reason="Has left")))
    assert "Nomination withdrawn" in alert(page)
    assert "Note: Has left" in page.text
    assert nomination(world, nomination_id).state is NominationState.WITHDRAWN


def test_all_that_is_closed_can_be_looked_at_page_by_page(world: World, sam: Client) -> None:
    with world.storage.writing() as work:
        for number in range(DEFAULT_PAGE_SIZE + 1):
            work.nominations.add(withdrawn(number, world.now))
        work.commit()
    first = sam.get("/support/nominations?show=closed")
    assert first.one("h2", id="found").text == f"{DEFAULT_PAGE_SIZE + 1} closed nominations"
    pages = [first, sam.get(first.link("Next page"))]
    assert [len(page.all("th", scope="row")) for page in pages] == [DEFAULT_PAGE_SIZE, 1]


def withdrawn(number: int, at: datetime) -> Nomination:
    """A nomination that was withdrawn at once."""
    steps = (Step(state=state, at=at) for state in (NominationState.RECEIVED, NominationState.WITHDRAWN))
    return Nomination(
        id=NominationId(f"n{number}"),
        nominee=Nominee(email=EmailAddress.of(f"n{number}@north.example"), name=f"Nominee {number}"),
        organisation=NORTH,
        nominated_by=ANN,
        expires_at=at,
        steps=tuple(steps),
    )


def test_the_queue_shows_what_is_open_or_closed_and_no_third_thing(sam: Client) -> None:
    nomination_id = receive(sam)
    sam.submit(sam.get(f"/support/nominations/{nomination_id}/withdraw"), "", reason="Left")
    open_ones = sam.get("/support/nominations")
    assert not open_ones.all("table")
    assert len(sam.get(open_ones.link("Closed")).one("tbody").all("tr")) == 1
    page = sam.get("/support/nominations?show=banana", 422)
    assert "Choose open or closed" in alert(page)
    assert not page.all("table")


def test_the_oldest_waits_first_and_what_waited_for_too_long_has_no_next_step(sam: Client, world: World) -> None:
    receive(sam)
    world.pass_time(days=26)
    sam.sign_in(SAM)
    receive(sam, email="other@north.example", name="Other")
    world.pass_time(days=2)
    sam.sign_in(SAM)
    first, second = sam.get("/support/nominations").one("tbody").all("tr")
    assert [cell.text for cell in first.all("td")][1:] == ["28 days", "Received", "None: it waited too long", ""]
    assert [cell.text for cell in second.all("td")][1:3] == ["2 days", "Received"]
    assert world.nominate.expire_due() == 1
    assert row(sam, "/support/nominations?show=closed")[2].startswith("Expired")


@pytest.mark.parametrize("path", ["", "/escalate", "/grant", "/withdraw"])
def test_a_nomination_that_does_not_exist_has_no_pages(sam: Client, path: str) -> None:
    sam.get(f"/support/nominations/nothing{path}", 404)


@pytest.mark.parametrize("path", ["", "/ask", "/answer", "/withdraw"])
def test_a_nomination_that_does_not_exist_has_no_pages_of_policys_either(pam: Client, path: str) -> None:
    pam.get(f"/policy/nominations/nothing{path}", 404)


def test_looking_changes_nothing(sam: Client, pam: Client, world: World) -> None:
    nomination_id = asked(sam, pam, "link")
    before = nomination(world, nomination_id)
    for client, base, pages in ((sam, "support", ("escalate", "grant")), (pam, "policy", ("ask", "answer"))):
        for page in ("", *(f"/{page}" for page in (*pages, "withdraw"))):
            client.get(f"/{base}/nominations/{nomination_id}{page}")
            assert client.http.head(f"/{base}/nominations/{nomination_id}{page}").status_code == 200
    assert nomination(world, nomination_id) == before


@pytest.mark.parametrize(("answer", "said"), [("confirmed", "access goes on"), ("declined", "access has ended")])
def test_access_that_is_to_be_confirmed_again_goes_on_or_ends_with_the_answer(
    sam: Client, pam: Client, world: World, answer: str, said: str
) -> None:
    (ann,) = world.manage_access.search(str(ANN))
    reviewing = ReviewAccess(storage=world.storage, clock=world.clock)
    renewal = reviewing.keep(ann.grants[0].id, by=acting(world, SAM, SupportTeam()))
    assert "access to be reconfirmed" in row(pam, "/policy/nominations")[0]
    assert "stays as it is" in sam.get(f"/support/nominations/{renewal.id}/withdraw").text
    page = pam.get(f"/policy/nominations/{renewal.id}/answer")
    page = pam.get(location(pam.submit(page, "", **ANSWER | {"answer": answer, "reason": "Asked by telephone"})))
    assert said in alert(page)
    (ann,) = world.manage_access.search(str(ANN))
    assert bool(ann.active(world.now.date())) == (answer == "confirmed")


def test_a_users_page_leads_to_the_nomination_by_which_they_got_in(sam: Client, pam: Client, world: World) -> None:
    nomination_id = confirmed(sam, pam)
    sam.submit(sam.get(f"/support/nominations/{nomination_id}/grant"), "")
    (user,) = world.manage_access.search(str(NEW))
    page = sam.get(f"/support/users/{user.user.id}")
    link = page.link(f"View nomination for {NORTH.name}, delivery partner")
    assert link == f"/support/nominations/{nomination_id}?acting=support:"
    assert sam.get(link).one("h1").text == FORM["name"]
