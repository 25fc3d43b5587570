"""Undelivered mail: support sees it, whether a user has the address or not, and sends it again (service rule 7)."""

import pytest
from attrs import evolve

from checkdata.adapters.memory import MemoryMailer
from checkdata.domain.access.proposals import ProposalId
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.messages import AccessRemoved, HowAccessIsGiven
from checkdata.domain.people.organisations import Role, SupportTeam
from checkdata.domain.values import EmailAddress
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, SAM, World, acting

STRANGER = EmailAddress("stranger@else.example")
TOM = EmailAddress("tom@dfe.example")
PLACE = "/support/users/undelivered"


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    client.sign_in(SAM)
    return client


def rows(page: Element) -> list[Element]:
    return list(page.one("table").one("tbody").all("tr"))


def refuse(world: World, *addresses: EmailAddress) -> None:
    """Links are asked for by these, and the mail server refuses them for good."""
    world.mailer = MemoryMailer(unknown=set(addresses))
    for address in addresses:
        world.sign_in.request_link(str(address), "192.0.2.1")
    world.mails_sent()
    world.mailer = MemoryMailer()


def test_where_all_mail_was_delivered_there_is_none(sam: Client) -> None:
    page = sam.get("/support/users")
    assert PLACE in [link.attributes["href"].partition("?")[0] for link in page.all("a")]
    assert "All emails were delivered, as far as we know" in sam.get(PLACE).text


def test_mail_to_users_and_to_others_is_told_with_the_reason(sam: Client, world: World) -> None:
    refuse(world, ANN, STRANGER)
    told = [row.text for row in rows(sam.get(PLACE))]
    assert len(told) == 2
    assert told[0].startswith("stranger@else.example How access is given Refused")
    assert told[1].startswith("Ann Lee ann@north.example Link to sign in Refused")
    assert all("The mail was refused." in row for row in told)


def test_it_is_sent_again_to_an_address_without_a_user_too(sam: Client, world: World) -> None:
    refuse(world, STRANGER)
    [row] = rows(sam.get(PLACE))
    sent = sam.submit(Element("page", {}, [*row.all("form")]), PLACE)
    page = sam.get(location(sent))
    assert "Email queued again" in page.one("div", role="alert").text
    assert not page.all("table")
    assert world.mails_sent() == [(STRANGER, HowAccessIsGiven())]
    assert len(world.audit(AuditKind.MAIL_SENT_AGAIN)) == 1


@pytest.mark.parametrize(("email", "mail"), [("", "1"), ("<p@x.example>", "1"), (str(ANN), "999")])
def test_what_is_not_there_is_not_sent_again(sam: Client, world: World, email: str, mail: str) -> None:
    refuse(world, STRANGER)
    [row] = rows(sam.get(PLACE))
    page = sam.submitted(Element("page", {}, [*row.all("form")]), PLACE, 422, email=email, mail=mail)
    assert page.one("div", role="alert").text
    assert not world.audit(AuditKind.MAIL_SENT_AGAIN)


def test_an_address_to_which_no_mail_can_be_sent_is_shown_without_a_button(sam: Client, world: World) -> None:
    old = EmailAddress("<p@x.example>")
    removed = AccessRemoved(name="Pat", role=Role.SUPPORT, organisation="Support")
    with world.storage.writing() as work:
        work.outbox.queue(old, removed, world.now)
        work.commit()
    world.mails_sent()
    [row] = rows(sam.get(PLACE))
    assert row.text.startswith("<p@x.example> Your access was removed Refused")
    assert "Email cannot be sent to an address of this form." in row.text
    assert not row.all("form")


def test_a_user_whose_stored_address_cannot_be_mailed_is_listed_and_helped(sam: Client, world: World) -> None:
    user = world.manage_access.search(str(ANN))[0].user
    with world.storage.writing() as work:
        work.users.replace(evolve(user, email=EmailAddress("ann@-x.example")))
        work.commit()
    assert "ann@-x.example" in sam.get("/support/users").text
    page = sam.get(f"/support/users/{user.id}/address")
    place = location(sam.submit(page, f"/support/users/{user.id}/address", email="ann@new.example", reason="Ticket 14"))
    world.add(TOM, "Tom", SupportTeam())
    proposal_id = ProposalId(place.partition("?")[0].rpartition("/")[2])
    world.services().confirm_changes.confirm(proposal_id, by=acting(world, TOM, SupportTeam()).user_id)
    assert [to for to, _ in world.mails_sent()][-1] == EmailAddress("ann@new.example")
    assert "Refused" in rows(sam.get(PLACE))[0].text
