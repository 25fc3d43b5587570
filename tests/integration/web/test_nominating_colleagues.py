"""A partner's user nominates a colleague, and sees what becomes of it, and of no other nomination (service rule 4)."""

from collections.abc import Callable, Sequence

import pytest

from checkdata.domain.people.organisations import SupportTeam
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, BEA, BODY, CAT, DEE, NORTH, SAM, SOUTH, World, acting

NEW = EmailAddress("new@north.example")
FORM = {"name": "New <b>User</b>", "email": str(NEW), "reason": "Joined <today>"}


def nominate(client: Client, **changes: str) -> Element:
    return client.get(location(client.submit(client.get("/nominate"), "/nominate", **FORM | changes)))


def people(page: Element) -> list[str]:
    return [row.one("th").text for row in rows(page)]


def rows(page: Element) -> Sequence[Element]:
    """The rows of the nominations, which stand in the second table of the team's page."""
    tables = page.all("tbody")
    return tables[1].all("tr") if len(tables) > 1 else []


def test_a_colleague_is_nominated_and_the_state_is_shown(ann: Client, world: World) -> None:
    page = ann.get(ann.get("/participants").link("Your team"))
    assert "No one has been nominated yet" in page.text
    ann.get(page.link("Nominate a colleague"))
    page = nominate(ann)
    assert "Nomination sent" in page.one("div", role="alert").text
    assert people(page) == ["New <b>User</b>new@north.example"]
    assert [cell.text for cell in rows(page)[0].all("td")][1:3] == ["Received", "Support"]
    (queued,) = world.nomination_queue.open()
    assert (queued.nomination.organisation, queued.nomination.nominated_by) == (NORTH, ANN)
    assert queued.nomination.steps[0].note == "Joined <today>"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": ""}, "name", "Enter the full name of the person"),
        ({"email": ""}, "email", "Enter the email address of the person"),
        ({"email": "new@"}, "email", "Enter an email address in the correct format, like name@example.com"),
        ({"reason": "x" * 1001}, "reason", "Note must be 1,000 characters or fewer"),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_is_lost(
    ann: Client, world: World, changes: dict[str, str], field: str, sentence: str
) -> None:
    form = FORM | changes
    page = ann.submitted(ann.get("/nominate"), "/nominate", 422, **form)
    assert page.link(sentence) == f"#{field}"
    kept = {name: page.one("input", id=name).attributes.get("value", "") for name in ("name", "email")}
    assert kept == {name: form[name] for name in kept}
    assert page.one("textarea", id="reason").text == form["reason"]
    assert not world.nomination_queue.open()


@pytest.mark.parametrize("email", [ANN, CAT])
def test_a_user_with_access_already_is_not_nominated(ann: Client, world: World, email: EmailAddress) -> None:
    page = ann.submitted(ann.get("/nominate"), "/nominate", 422, **FORM | {"email": str(email)})
    assert "already has access for this organisation" in page.one("div", role="alert").text
    assert not world.nomination_queue.open()


def test_a_nominee_is_not_nominated_twice(ann: Client, world: World) -> None:
    page = ann.get("/nominate")
    nominate(ann)
    page = ann.submitted(page, "/nominate", 409, **FORM)
    assert "is already nominated for this organisation" in page.one("div", role="alert").text
    assert len(world.nomination_queue.open()) == 1


def test_the_organisation_is_that_of_the_session_whatever_the_form_says(ann: Client, world: World) -> None:
    nominate(ann, organisation=SOUTH.id, role="support", nominated_by="x@y.example", reference="Mail 1")
    (queued,) = world.nomination_queue.open()
    assert queued.nomination.organisation == NORTH


def test_a_nominee_who_came_by_mail_is_shown_to_colleagues_and_to_no_other_organisation(
    ann: Client, world: World, new_client: Callable[[], Client]
) -> None:
    nominate(ann)
    mailed = MailedNomination(
        email=EmailAddress("mailed@north.example"),
        name="Mai Led",
        role=NORTH.role,
        organisation_id=NORTH.id,
        nominated_by=ANN,
        reference="Mail 1",
    )
    received = world.nominate.receive(mailed, by=acting(world, SAM, SupportTeam()))
    page = ann.get("/team")
    assert set(people(page)) == {"Mai Ledmailed@north.example", "New <b>User</b>new@north.example"}
    [by_mail] = [row for row in rows(page) if "Mai Led" in row.text]
    assert "by email to support" in by_mail.text
    assert "Mail 1" not in page.text
    assert not by_mail.all("a")
    ann.get(f"/nominate/{received.id}/withdraw", 404)
    own = next(queued.nomination.id for queued in world.nomination_queue.open() if queued.nomination != received)
    cat = new_client()
    cat.sign_in(CAT)
    cat.choose("delivery_partner", SOUTH.id)
    assert people(cat.get("/team")) == []
    cat.get(f"/nominate/{own}/withdraw", 404)
    cat.submit(cat.get("/nominate"), "/nominate", **FORM)
    assert len(world.nomination_queue.open()) == 3


def test_what_becomes_of_it_is_shown_and_not_why(ann: Client, world: World) -> None:
    nominate(ann)
    (queued,) = world.nomination_queue.open()
    sam = acting(world, SAM, SupportTeam())
    world.nominate.withdraw(queued.nomination.id, by=sam, note="A secret reason")
    page = ann.get("/team")
    assert [cell.text for cell in rows(page)[0].all("td")][1:] == ["Withdrawn", "No one", ""]
    assert "A secret reason" not in page.text


def test_a_nomination_is_taken_back_with_a_reason(ann: Client, world: World) -> None:
    page = nominate(ann)
    page = ann.get(page.link("Withdraw the nomination of New <b>User</b>"))
    assert page.link("Back") == "/team?acting=delivery_partner:dp-north"
    page = ann.submitted(page, "", 422)
    assert page.link("Enter a reason. We will keep it with your name and the time") == "#reason"
    page = ann.get(location(ann.submit(page, "", reason="Wrong address")))
    assert "Nomination withdrawn" in page.one("div", role="alert").text
    assert not world.nomination_queue.open()
    assert len(people(nominate(ann))) == 2


def test_a_user_who_may_not_see_participants_can_not_nominate(new_client: Callable[[], Client], world: World) -> None:
    for email, status in ((DEE, 403), (SAM, 404)):
        client = new_client()
        client.sign_in(email)
        client.get("/nominate", status)
    assert not world.nomination_queue.open()


def test_an_appropriate_bodys_user_nominates_a_colleague_whom_policy_confirms(
    new_client: Callable[[], Client], world: World
) -> None:
    bea = new_client()
    bea.sign_in(BEA)
    page = bea.get(bea.get(bea.get("/ects").link("Your team")).link("Nominate a colleague"))
    assert "The Department for Education confirms them" in page.text
    page = bea.get(location(bea.submit(page, "/ects/nominate", **FORM)))
    assert people(page) == ["New <b>User</b>new@north.example"]
    (queued,) = world.nomination_queue.open()
    assert queued.nomination.organisation == BODY
    bea.get("/nominate", 404)


def test_a_colleague_whose_access_ended_meanwhile_can_not_nominate(ann: Client, world: World) -> None:
    page = ann.get("/nominate")
    world.manage_access.remove(ANN, reason="Left")
    ann.submitted(page, "/nominate", 403, **FORM)
    assert not world.nomination_queue.open()


def test_an_old_tab_does_not_nominate_for_another_organisation(client: Client, world: World) -> None:
    client.sign_in(CAT)
    client.choose("delivery_partner", NORTH.id)
    page = client.get("/nominate")
    client.choose("delivery_partner", SOUTH.id)
    client.submit(page, "/nominate", 409, **FORM)
    assert not world.nomination_queue.open()
