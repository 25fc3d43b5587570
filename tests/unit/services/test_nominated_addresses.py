"""A new address that differs in more than spelling or domain is nominated and confirmed again (service rule 4)."""

from collections.abc import Callable
from functools import partial

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken, SignInRefused
from checkdata.domain.messages import AccessRemoved, AddressChanged, HowAccessIsGiven, SignInLinkMessage
from checkdata.domain.nomination_messages import NominationGranted
from checkdata.domain.nominations.steps import Answer
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.values import EmailAddress, NominationId
from tests.access_world import BODY, BOSS, CAT, LEAD, NORTH, SOUTH, SUE, AccessWorld

NEW = EmailAddress("robert.brown@elsewhere.example")


@pytest.fixture
def world() -> AccessWorld:
    world = AccessWorld()
    world.add(BOSS, Role.APPROPRIATE_BODY, BODY.id)
    world.mails()
    return world


def received(world: AccessWorld, role: Role = Role.DELIVERY_PARTNER, organisation: str = NORTH.id) -> NominationId:
    mailed = MailedNomination(
        email=NEW, old_email=BOSS, role=role, organisation_id=organisation, nominated_by=CAT, reference="Mail 1"
    )
    return world.nominate.receive(mailed, by=world.sue).id


def confirmed(world: AccessWorld) -> NominationId:
    nomination_id = world.nominate.escalate(received(world), by=world.sue).id
    world.nominate.ask(nomination_id, LEAD.id, by=world.pam, by_link=False)
    return world.answer(nomination_id).id


def grant(world: AccessWorld, nomination_id: NominationId) -> object:
    return world.nominate.grant(nomination_id, by=world.sue)


def refused(
    world: AccessWorld, change: Callable[[], object], sentence: str, kind: type[Exception] = ChangeRefused
) -> None:
    before = world.audit(), world.access.search()
    with pytest.raises(kind, match=sentence):
        change()
    assert (world.audit(), world.access.search()) == before


def test_until_it_is_granted_the_old_address_holds_and_nothing_is_sent_to_the_new_one(world: AccessWorld) -> None:
    confirmed(world)
    assert world.mails() == []
    world.sign_in.request_link(BOSS.value, "192.0.2.1")
    world.sign_in.request_link(NEW.value, "192.0.2.1")
    [(_, link), unknown] = world.mails()
    assert isinstance(link, SignInLinkMessage)
    assert unknown == (NEW, HowAccessIsGiven())


def test_granted_the_user_has_the_new_address_and_only_the_access_for_which_it_was_confirmed(
    world: AccessWorld,
) -> None:
    nomination_id = confirmed(world)
    world.pass_time(days=1)
    grant(world, nomination_id)
    assert world.mails() == [
        (BOSS, AccessRemoved(name="Boss", role=Role.APPROPRIATE_BODY, organisation=BODY.name)),
        (BOSS, AddressChanged(name="Boss", is_new=False)),
        (NEW, AddressChanged(name="Boss", is_new=True)),
        (CAT, NominationGranted(nominee="Boss", role=Role.DELIVERY_PARTNER, organisation="North Hub")),
    ]
    [found] = world.access.search(NEW.value)
    assert found.user.id == world.bob.user_id
    [kept] = found.active(world.today)
    assert (kept.organisation, kept.confirmed_by, kept.confirmed_on, kept.nomination_id) == (
        NORTH,
        LEAD.id,
        world.today,
        nomination_id,
    )
    kinds = [event.kind for event in world.audit()][-3:]
    assert kinds[-1] is AuditKind.ADDRESS_CHANGED
    assert set(kinds) == {AuditKind.GRANT_RENEWED, AuditKind.GRANT_ENDED, AuditKind.ADDRESS_CHANGED}


def test_sessions_and_links_of_the_old_address_end_with_it(world: AccessWorld) -> None:
    tokens = []
    for _ in range(2):
        world.sign_in.request_link(BOSS.value, "192.0.2.1")
        [(_, message)] = world.mails()
        assert isinstance(message, SignInLinkMessage)
        tokens.append(message.url.rpartition("/")[2])
    session = world.sign_in.sign_in(tokens[0]).token
    world.sign_in.request_link(BOSS.value, "192.0.2.1")
    [(_, message)] = world.mails()
    assert isinstance(message, SignInLinkMessage)
    grant(world, confirmed(world))
    assert world.sign_in.resume(session) is None
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in(message.url.rpartition("/")[2])


def test_policy_confirms_the_new_address_of_a_bodys_user(world: AccessWorld) -> None:
    nomination_id = world.nominate.escalate(received(world, Role.APPROPRIATE_BODY, BODY.id), by=world.sue).id
    world.nominate.decide_for_body(nomination_id, confirms=True, by=world.pam, note="No lead provider")
    grant(world, nomination_id)
    assert [kept.organisation for kept in world.grants(NEW)] == [BODY]


def test_support_alone_does_not_nominate_confirm_and_grant(world: AccessWorld) -> None:
    nomination_id = world.nominate.escalate(received(world), by=world.sue).id
    refused(world, partial(grant, world, nomination_id), "not been confirmed yet")
    answer = Answer(contact="Me", given_on=world.today, reference="x")
    step = partial(world.nominate.record_answer, nomination_id, answer, confirms=True, by=world.sue)
    refused(world, step, "Only a policy user")


@pytest.mark.parametrize("contact", [BOSS, NEW])
def test_the_nominee_confirms_their_new_address_by_neither_address(world: AccessWorld, contact: EmailAddress) -> None:
    nomination_id = world.nominate.escalate(received(world), by=world.sue).id
    world.nominate.ask(nomination_id, LEAD.id, by=world.pam, by_link=False)
    answer = Answer(contact=contact.value, given_on=world.today, reference="x")
    step = partial(world.nominate.record_answer, nomination_id, answer, confirms=True, by=world.pam)
    refused(world, step, "cannot confirm or decline themselves")


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (lambda world: world.help_users.change_address(BOSS, CAT, reason="x"), "address has changed"),
        (lambda world: world.access.suspend(BOSS, reason="x"), "suspended"),
        (lambda world: world.access.remove(BOSS, role=Role.DELIVERY_PARTNER, reason="x"), "does not have access"),
        (lambda world: world.add(BOSS, Role.SUPPORT), "operator"),
        (lambda world: world.add(NEW, Role.APPROPRIATE_BODY, BODY.id), "Another user signs in"),
    ],
    ids=["moved", "suspended", "removed", "made support", "taken"],
)
def test_it_is_granted_only_to_the_user_who_was_nominated(
    world: AccessWorld, happens: Callable[[AccessWorld], object], sentence: str
) -> None:
    nomination_id = confirmed(world)
    happens(world)
    refused(world, partial(grant, world, nomination_id), sentence)


def test_only_a_user_with_this_access_is_nominated_at_a_free_address(world: AccessWorld) -> None:
    world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id)
    refused(world, lambda: received(world, Role.APPROPRIATE_BODY, SOUTH.id), "no appropriate body")
    world.access.remove(BOSS, role=Role.APPROPRIATE_BODY, reason="x")
    refused(world, lambda: received(world, Role.APPROPRIATE_BODY, BODY.id), "does not have access")
    mailed = MailedNomination(
        email=CAT,
        old_email=BOSS,
        role=Role.DELIVERY_PARTNER,
        organisation_id=NORTH.id,
        nominated_by=SUE,
        reference="Mail 1",
    )
    refused(world, lambda: world.nominate.receive(mailed, by=world.sue), "Another user signs in", Overtaken)
