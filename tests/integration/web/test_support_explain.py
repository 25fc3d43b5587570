"""Support asks why a user can or can't see a participant, and gets the answers that pages are based on (service rules 1
to 3)."""

from collections.abc import Callable
from datetime import date

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client
from tests.integration.web.html import Element
from tests.integration.web.test_listing import names
from tests.integration.web.world import ANN, BEA, BODY, CAT, DEE, LEAD, NORTH, RECORDS, SAM, World

EXPLAIN = "/support/explain"


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    client.sign_in(SAM)
    return client


def ask(sam: Client, email: EmailAddress, participant: str = "p-1", **words: str) -> Element:
    form = {"email": str(email), "participant": participant, **words}
    return sam.submitted(sam.get(EXPLAIN), EXPLAIN, 200, **form)


def sentences(page: Element) -> list[str]:
    return [item.own_text() for answers in page.one("main").all("ol") for item in answers.all("li")]


def test_each_rule_that_was_asked_is_told_with_its_answer(sam: Client, world: World) -> None:
    page = ask(sam, ANN)
    assert page.one("h1").text == "Ann Lee can see participant p-1"
    assert sentences(page) == [
        "They are a user of the service.",
        "Their access is not suspended.",
        f"They have access for {NORTH.name}.",
        "An agreement in force covers the participant's lead provider and academic year.",
    ]
    [event] = world.audit(AuditKind.ACCESS_EXPLAINED)
    assert (event.participant_id, event.details) == ("p-1", {"on": "2024-06-03"})


def test_nothing_about_the_participant_is_told(sam: Client) -> None:
    page = ask(sam, ANN)
    for record in RECORDS:
        assert record.full_name not in page.text
        assert str(record.trn) not in page.text


@pytest.mark.parametrize("email", [ANN, BEA, CAT])
def test_it_agrees_with_what_their_pages_show(
    sam: Client, world: World, new_client: Callable[[], Client], email: EmailAddress
) -> None:
    person = new_client()
    seen: set[str] = set()
    place = person.sign_in(email)
    [found] = world.manage_access.search(str(email))
    for grant in found.grants:
        if place == "/choose-role":
            person.choose(grant.organisation.role.value, grant.organisation.id)
        area = "/participants" if grant.organisation.role.value == "delivery_partner" else "/ects"
        seen |= set(names(person.get(area)))
    for record in RECORDS:
        can = "can see" if record.full_name in seen else "cannot see"
        assert can in ask(sam, email, record.participant_id).one("h1").text


def test_the_rule_that_refuses_is_the_last_one_told(sam: Client, world: World) -> None:
    assert sentences(ask(sam, DEE, "p-6"))[-1] == ("Harbour Hub has no data-sharing agreement in force on 3 June 2024.")
    assert "links the participant to St Cuthbert’s & North Hub on that day" in sentences(ask(sam, ANN, "p-5"))[-1]
    assert sentences(ask(sam, ANN, organisation=f"appropriate_body:{BODY.id}"))[-1] == (
        f"They do not have access for {BODY.name} on 3 June 2024."
    )
    world.manage_access.suspend(ANN, reason="Away")
    assert sentences(ask(sam, ANN))[-1] == "Their access is suspended."


def test_a_day_past_counts_as_it_stood(sam: Client) -> None:
    past = {"on-day": "20", "on-month": "1", "on-year": "2024"}
    page = ask(sam, DEE, "p-6", **past)
    assert page.one("h1").text == "Dee Fox can see participant p-6"
    assert "on 20 January 2024" in page.text
    before = {"on-day": "14", "on-month": "1", "on-year": "2024"}
    assert "not have access for Harbour Hub on 14 January 2024" in sentences(ask(sam, DEE, "p-6", **before))[-1]


def known(day: date, time: str = "") -> dict[str, str]:
    return {"known-day": str(day.day), "known-month": str(day.month), "known-year": str(day.year), "known-time": time}


def test_what_was_known_then_is_told_beside_what_is_known_now(sam: Client, world: World) -> None:
    day, agreeing = world.now.date(), world.services().manage_agreements
    agreeing.end("ag-dp-north", reason="Over")
    world.pass_time(days=5)
    sam.sign_in(SAM)
    past = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}
    new = NewAgreement(lead_provider_id=LEAD.id, delivery_partner_id=NORTH.id, starts_on=day, reason="It went on")
    agreeing.add(new)
    page = ask(sam, ANN, **past)
    assert page.one("h1").text == "Ann Lee can see participant p-1"
    assert "By what was known at the end of that day, the answer was: cannot see." in page.one("main").text
    page = ask(sam, ANN, **past, **known(day))
    assert page.one("h1").text == "Ann Lee cannot see participant p-1"
    assert "by what was known on 3 June 2024 at 11:59pm" in page.one("main").text
    assert page.one("input", id="known-time").attributes.get("value", "") == ""
    page = ask(sam, ANN, **past, **known(day, "00:05"))
    assert page.one("h1").text == "Ann Lee can see participant p-1"


def test_one_organisation_can_be_asked_for(sam: Client) -> None:
    whole, one = ask(sam, CAT), ask(sam, CAT, organisation=f"appropriate_body:{BODY.id}")
    assert [heading.text for heading in one.one("main").all("h2")] == [
        f"{BODY.name}, appropriate body",
        "Check someone else",
    ]
    assert len(whole.one("main").all("h2")) == 4
    assert one.one("input", id="email").attributes["value"] == str(CAT)


def test_a_support_user_sees_no_participant(sam: Client) -> None:
    assert sentences(ask(sam, SAM))[-1] == "Support and policy users see no participants."


def test_a_users_page_leads_here_with_their_address(sam: Client, world: World) -> None:
    [found] = world.manage_access.search(str(ANN))
    page = sam.get(f"/support/users/{found.user.id}")
    page = sam.get(page.link("Find out why they can or cannot see a participant"))
    assert page.one("input", id="email").attributes["value"] == str(ANN)
    assert sam.get(f"{EXPLAIN}?user=nobody").one("input", id="email").attributes.get("value", "") == ""


@pytest.mark.parametrize(
    ("words", "field", "sentence"),
    [
        ({"email": ""}, "email", "Enter the user's email address"),
        ({"email": "ann"}, "email", "Enter an email address in the correct format, like name@example.com"),
        ({"participant": " "}, "participant", "Enter the participant’s id, TRN or name"),
        ({"organisation": "support:"}, "organisation", "Select an organisation"),
        ({"organisation": "delivery_partner:nowhere"}, "organisation", "Select an organisation"),
        ({"on-day": "31", "on-month": "2", "on-year": "2024"}, "on-day", "Day must be a real date, like 27 3 2024"),
        ({"known-time": "9:30"}, "known-day", "Day on which it was known must be there if there is a time"),
        (known(date(2024, 6, 3), "25:00"), "known-time", "Time must be like 14:30"),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_is_lost(
    sam: Client, world: World, words: dict[str, str], field: str, sentence: str
) -> None:
    form = {"email": str(ANN), "participant": "p-1", **words}
    page = sam.submitted(sam.get(EXPLAIN), EXPLAIN, 422, **form)
    assert page.link(sentence) == f"#{field}"
    assert page.one("input", id="email").attributes.get("value", "") == form["email"]
    assert page.one("input", id="participant").attributes.get("value", "") == form["participant"]
    assert not world.audit(AuditKind.ACCESS_EXPLAINED)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"email": "nobody@north.example"}, "No user has this email address."),
        ({"participant": "p-999"}, "No participant has this id."),
        (
            {"participant": "Ada Bold"},
            "Enter the school too, by its name or URN, because many people may have this name.",
        ),
        ({"participant": "7777777"}, "Nobody was ever shown with this TRN."),
        ({"participant": "Ada", "school": "Elm"}, "Nobody of this name was ever shown at this school."),
        ({"on-day": "4", "on-month": "6", "on-year": "2024"}, "Choose today or a day in the past."),
        (known(date(2024, 6, 3)), "Choose a moment in the past."),
    ],
)
def test_what_can_not_be_explained_is_told(sam: Client, world: World, words: dict[str, str], sentence: str) -> None:
    form = {"email": str(ANN), "participant": "p-1", **words}
    page = sam.submitted(sam.get(EXPLAIN), EXPLAIN, 422, **form)
    assert sentence in page.one("div", role="alert").text
    assert not world.audit(AuditKind.ACCESS_EXPLAINED)
