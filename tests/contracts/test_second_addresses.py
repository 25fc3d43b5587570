"""A second address counts once two people agreed to it and its holder opened the link (service rules 4 and 7)."""

from collections.abc import Callable
from functools import partial
from typing import Final

import pytest

from checkdata.domain.access.proposals import ProposalId
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken, SignInRefused
from checkdata.domain.mail_records import MailState
from checkdata.domain.messages import (
    AddressChanged,
    HowAccessIsGiven,
    SecondAddressChanged,
    SecondAddressLinkMessage,
    SignInLinkMessage,
)
from checkdata.domain.nominations.steps import Answer
from checkdata.domain.people.organisations import Role
from checkdata.domain.people.users import User
from checkdata.domain.ports import Storage
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.sign_in.sessions import LinkPurpose
from checkdata.domain.values import EmailAddress, NominationId
from tests.access_world import BEN, BODY, BOSS, CAT, LEAD, NORTH, SUE, AccessWorld

SECOND: Final = EmailAddress("boss@trust.example")
STRANGER: Final = EmailAddress("eve@elsewhere.example")
CLIENT: Final = "192.0.2.1"


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    world = AccessWorld(storage=storage)
    world.mails()
    return world


def proposed(world: AccessWorld, new: EmailAddress = SECOND, email: EmailAddress = BOSS) -> ProposalId:
    return world.help_users.propose_address(email, new, reason="Two jobs", by=world.sue.user_id, is_second=True).id


def added(world: AccessWorld, new: EmailAddress = SECOND, email: EmailAddress = BOSS) -> str:
    """The token of the link that the second address is sent."""
    world.confirm_changes.confirm(proposed(world, new, email), by=world.ben.user_id)
    return token_in(world, SecondAddressLinkMessage)


def confirmed(world: AccessWorld, new: EmailAddress = SECOND, email: EmailAddress = BOSS) -> str:
    """The session of the holder who confirmed it."""
    return world.sign_in.sign_in(added(world, new, email)).token


def token_in(world: AccessWorld, kind: type[SecondAddressLinkMessage | SignInLinkMessage]) -> str:
    [message] = [message for _, message in world.mails() if isinstance(message, kind)]
    return message.url.rpartition("/")[2]


def session(world: AccessWorld, email: EmailAddress) -> str:
    world.sign_in.request_link(email.value, CLIENT)
    return world.sign_in.sign_in(token_in(world, SignInLinkMessage)).token


def bob(world: AccessWorld) -> User:
    with world.storage.reading() as work:
        user = work.users.get(world.bob.user_id)
    assert user is not None
    return user


def refused(change: Callable[[], object], sentence: str, kind: type[Exception] = ChangeRefused) -> None:
    with pytest.raises(kind, match=sentence):
        change()


def nominated(world: AccessWorld, new: EmailAddress = STRANGER) -> NominationId:
    mailed = MailedNomination(
        email=new,
        old_email=BOSS,
        is_second=True,
        role=Role.DELIVERY_PARTNER,
        organisation_id=NORTH.id,
        nominated_by=CAT,
        reference="Mail 1",
    )
    return world.nominate.receive(mailed, by=world.sue).id


def test_until_its_holder_opens_the_link_nothing_works_with_it(world: AccessWorld) -> None:
    proposed(world)
    assert world.mails() == []
    world.confirm_changes.confirm(world.confirm_changes.waiting()[0].proposal.id, by=world.ben.user_id)
    [own, (to, asked)] = world.mails()
    assert own == (BOSS, SecondAddressChanged(name="Boss", added=True))
    assert (to, type(asked)) == (SECOND, SecondAddressLinkMessage)
    world.sign_in.request_link(SECOND.value, CLIENT)
    assert world.mails() == [(SECOND, HowAccessIsGiven())]
    refused(lambda: world.access.suspend(SECOND, reason="x"), "No user has this email address")
    refused(lambda: world.add(SECOND, Role.APPROPRIATE_BODY, BODY.id), "waits to be confirmed", Overtaken)
    refused(lambda: world.receive(SECOND), "waits to be confirmed")


def test_with_either_address_it_is_the_same_user_with_the_same_access(world: AccessWorld) -> None:
    visits = [world.sign_in.resume(token) for token in (confirmed(world), session(world, SECOND), session(world, BOSS))]
    assert {visit and visit.user.id for visit in visits} == {world.bob.user_id}
    assert {visit and visit.acting for visit in visits} == {world.bob}
    signed_in = [event.actor for event in world.audit() if event.kind is AuditKind.SIGNED_IN]
    assert signed_in == [world.bob.user_id] * 3
    assert [visit and visit.session.at_second for visit in visits] == [True, True, False]


def test_each_step_is_on_record_and_names_no_address(world: AccessWorld) -> None:
    before = len(world.audit())
    confirmed(world)
    world.help_users.remove_address(SECOND, reason="Left", by=world.sue.user_id)
    told = world.audit()[before:]
    assert [(event.kind, event.actor) for event in told] == [
        (AuditKind.CHANGE_PROPOSED, world.sue.user_id),
        (AuditKind.SECOND_ADDRESS_ADDED, world.ben.user_id),
        (AuditKind.SECOND_ADDRESS_CONFIRMED, world.bob.user_id),
        (AuditKind.SIGNED_IN, world.bob.user_id),
        (AuditKind.SECOND_ADDRESS_REMOVED, world.sue.user_id),
    ]
    assert {event.subject or event.actor for event in told} == {world.bob.user_id}
    assert "@" not in str(told)


def test_a_link_that_confirms_works_once_and_no_sign_in_ends_it(world: AccessWorld) -> None:
    token = added(world)
    session(world, BOSS)
    assert world.sign_in.link_works(token) is LinkPurpose.CONFIRM_SECOND
    world.sign_in.sign_in(token)
    refused(lambda: world.sign_in.sign_in(token), "expired or has already been used", SignInRefused)


def test_a_link_that_confirms_is_of_no_use_after_the_address_was_removed_or_the_user_suspended(
    world: AccessWorld,
) -> None:
    token = added(world)
    world.help_users.remove_address(BOSS, reason="x")
    refused(lambda: world.sign_in.sign_in(token), "expired or has already been used", SignInRefused)
    token = added(world)
    world.access.suspend(BOSS, reason="x")
    refused(lambda: world.sign_in.sign_in(token), "expired or has already been used", SignInRefused)
    assert bob(world).second is not None


def test_its_mail_is_sent_again_with_another_link_until_it_is_confirmed(world: AccessWorld) -> None:
    added(world)
    activity = world.help_users.activity(bob(world))
    [mail] = [mail for mail in activity.mails if mail.entry.to == SECOND]
    world.help_users.send_again(BOSS, mail.entry.id, by=world.sue.user_id)
    world.sign_in.sign_in(token_in(world, SecondAddressLinkMessage))
    [newest, _] = [mail for mail in world.help_users.activity(bob(world)).mails if mail.entry.to == SECOND]
    world.help_users.send_again(SECOND, newest.entry.id)
    assert world.mails() == []
    assert world.help_users.mails(SECOND)[0].state is MailState.DROPPED


def test_removing_it_ends_what_came_by_it_and_nothing_else(world: AccessWorld) -> None:
    by_second, by_own = confirmed(world), session(world, BOSS)
    world.sign_in.request_link(SECOND.value, CLIENT)
    link = token_in(world, SignInLinkMessage)
    world.sign_in.request_link(BOSS.value, CLIENT)
    own_link = token_in(world, SignInLinkMessage)
    world.help_users.remove_address(BOSS, reason="x")
    assert world.mails() == [
        (BOSS, SecondAddressChanged(name="Boss", added=False)),
        (SECOND, SecondAddressChanged(name="Boss", added=False, is_second=True)),
    ]
    assert world.sign_in.resume(by_second) is None
    assert world.sign_in.resume(by_own) is not None
    refused(lambda: world.sign_in.sign_in(link), "expired or has already been used", SignInRefused)
    world.sign_in.sign_in(own_link)
    refused(lambda: world.help_users.remove_address(BOSS, reason="x"), "no second address")


def test_a_session_that_came_by_it_ends_with_it_after_a_choice_of_role(world: AccessWorld) -> None:
    world.add(BOSS, Role.APPROPRIATE_BODY, BODY.id)
    visit = world.sign_in.resume(confirmed(world))
    assert visit is not None
    chosen = world.sign_in.choose(visit, BODY)
    assert chosen is not None
    world.help_users.remove_address(BOSS, reason="x")
    assert world.sign_in.resume(chosen) is None


def test_suspension_holds_for_both_addresses(world: AccessWorld) -> None:
    tokens = confirmed(world), session(world, BOSS)
    world.access.suspend(SECOND, reason="x")
    assert [world.sign_in.resume(token) for token in tokens] == [None, None]
    world.sign_in.request_link(SECOND.value, CLIENT)
    assert world.mails() == [(SECOND, HowAccessIsGiven())]


def test_the_limit_of_links_holds_over_both_addresses_together(world: AccessWorld) -> None:
    confirmed(world)
    for address in (BOSS, SECOND, BOSS, SECOND, BOSS, SECOND, BOSS, SECOND):
        world.sign_in.request_link(address.value, CLIENT)
    links = [to for to, message in world.mails() if isinstance(message, SignInLinkMessage)]
    assert sorted(map(str, links)) == [BOSS.value] * 3 + [SECOND.value] * 2


def test_one_who_has_no_link_at_the_address_they_typed_is_sent_one_over_the_limit(world: AccessWorld) -> None:
    confirmed(world)
    for _ in range(6):
        world.sign_in.request_link(SECOND.value, CLIENT)
    world.mails()
    world.sign_in.request_link(BOSS.value, CLIENT)
    assert [to for to, _ in world.mails()] == [BOSS]


@pytest.mark.parametrize(
    "spelling", ["sue@dfe.example", "s.u.e@dfe.example", "sue+two@dfe.example"], ids=["same", "dots", "tag"]
)
def test_no_spelling_of_another_users_address_becomes_a_second_one(world: AccessWorld, spelling: str) -> None:
    add = world.help_users.add_address
    refused(lambda: add(BOSS, EmailAddress(spelling), reason="x"), "Another user signs in", Overtaken)


@pytest.mark.parametrize("holder_confirms", [True, False])
def test_no_spelling_of_a_second_address_becomes_another_users(world: AccessWorld, holder_confirms: bool) -> None:  # noqa: FBT001 - a parameter of a test
    confirmed(world) if holder_confirms else added(world)
    for other in (SECOND, EmailAddress("bo.ss@trust.example")):
        change = world.help_users.change_address
        refused(partial(change, BEN, other, reason="x"), "nother user", Overtaken)
        refused(partial(world.help_users.add_address, BEN, other, reason="x"), "nother user", Overtaken)
    refused(lambda: world.add(EmailAddress("bo.ss@trust.example"), Role.SUPPORT), "Another user signs in", Overtaken)


def test_a_user_has_one_second_address(world: AccessWorld) -> None:
    confirmed(world)
    refused(lambda: proposed(world, EmailAddress("boss@third.example")), "has a second address already")
    refused(lambda: proposed(world), "second address. Remove it first")
    refused(lambda: proposed(world, BOSS), "already signs in with this address")


def test_nobody_adds_one_alone(world: AccessWorld) -> None:
    proposal_id = proposed(world)
    confirm = world.confirm_changes.confirm
    refused(lambda: confirm(proposal_id, by=world.sue.user_id), "You proposed this")
    refused(lambda: proposed(world, STRANGER), "could be another person")
    refused(lambda: proposed(world, EmailAddress("sue@dfe.org.example"), SUE), "your own access")
    refused(lambda: confirm(nominated_grantless(world), by=world.ben.user_id), "no such proposal")
    assert bob(world).second is None


def nominated_grantless(world: AccessWorld) -> ProposalId:
    """A nomination that was not confirmed gives nothing."""
    nomination_id = nominated(world)
    refused(lambda: world.nominate.grant(nomination_id, by=world.sue), "not been confirmed yet")
    return ProposalId(nomination_id)


def test_who_proposed_one_does_not_confirm_it_as_a_second_user_of_the_same_mailbox(world: AccessWorld) -> None:
    twin = world.add(EmailAddress("s.ue@dfe.example"), Role.SUPPORT)
    proposal_id = proposed(world)
    refused(lambda: world.confirm_changes.confirm(proposal_id, by=twin.id), "may be that of the user who proposed")


def test_a_lead_provider_confirms_one_that_differs_in_more_than_the_domain(world: AccessWorld) -> None:
    nomination_id = world.nominate.escalate(nominated(world), by=world.sue).id
    world.nominate.ask(nomination_id, LEAD.id, by=world.pam, by_link=False)
    world.answer(nomination_id)
    world.nominate.grant(nomination_id, by=world.sue)
    assert bob(world).email == BOSS
    token = token_in(world, SecondAddressLinkMessage)
    visit = world.sign_in.resume(world.sign_in.sign_in(token).token)
    assert visit is not None
    assert visit.acting == world.bob
    assert bob(world).signs_in_at(STRANGER)


def test_one_is_nominated_only_where_all_access_is_confirmed_for_it(world: AccessWorld) -> None:
    nomination_id = world.nominate.escalate(nominated(world), by=world.sue).id
    world.nominate.ask(nomination_id, LEAD.id, by=world.pam, by_link=False)
    world.answer(nomination_id)
    world.add(BOSS, Role.APPROPRIATE_BODY, BODY.id)
    refused(lambda: world.nominate.grant(nomination_id, by=world.sue), "gives all access")
    refused(lambda: nominated(world, EmailAddress("bob@elsewhere.example")), "gives all access")


def test_a_nominee_does_not_answer_for_themselves_by_a_second_address_that_came_meanwhile(world: AccessWorld) -> None:
    received = world.receive(BOSS, Role.APPROPRIATE_BODY, BODY.id, nominated_by=CAT)
    nomination_id = world.nominate.escalate(received, by=world.sue).id
    world.nominate.ask(nomination_id, LEAD.id, by=world.pam, by_link=False)
    confirmed(world)
    answer = Answer(contact="Bob <b.oss@trust.example>", given_on=world.today, reference="x")
    step = partial(world.nominate.record_answer, nomination_id, answer, confirms=True, by=world.pam)
    refused(step, "cannot confirm or decline themselves")


def test_who_confirmed_a_nomination_as_a_contact_does_not_grant_it_by_their_second_address(world: AccessWorld) -> None:
    confirmed_second = EmailAddress("sue@beacon.example")
    world.help_users.add_address(SUE, confirmed_second, reason="x")
    world.sign_in.sign_in(token_in(world, SecondAddressLinkMessage))
    nomination_id = world.asked()
    answer = Answer(contact="Sue <sue@beacon.example>", given_on=world.today, reference="Mail 7")
    world.nominate.record_answer(nomination_id, answer, confirms=True, by=world.pam)
    refused(lambda: world.nominate.grant(nomination_id, by=world.sue), "You confirmed this")


@pytest.mark.parametrize("address", [BOSS, SECOND], ids=["own", "second"])
def test_a_user_with_two_addresses_is_given_no_more_access_because_it_is_confirmed_for_one(
    world: AccessWorld, address: EmailAddress
) -> None:
    confirmed(world)
    refused(lambda: world.receive(address, Role.APPROPRIATE_BODY, BODY.id, nominated_by=CAT), "second email address")


def test_access_that_was_confirmed_before_a_second_address_came_is_not_given_to_both(world: AccessWorld) -> None:
    nomination_id = world.receive(BOSS, Role.APPROPRIATE_BODY, BODY.id, nominated_by=CAT)
    world.nominate.escalate(nomination_id, by=world.sue)
    world.nominate.decide_for_body(nomination_id, confirms=True, by=world.pam, note="No lead provider")
    confirmed(world)
    refused(lambda: world.nominate.grant(nomination_id, by=world.sue), "second email address")
    assert {grant.organisation for grant in world.grants(BOSS)} == {NORTH}


def test_what_was_confirmed_for_a_stranger_is_not_given_to_one_who_got_their_address_as_a_second_one(
    world: AccessWorld,
) -> None:
    namesake = MailedNomination(
        email=SECOND,
        name="Boss",
        role=Role.APPROPRIATE_BODY,
        organisation_id=BODY.id,
        nominated_by=CAT,
        reference="Mail 1",
    )
    nomination_id = world.nominate.escalate(world.nominate.receive(namesake, by=world.sue).id, by=world.sue).id
    world.nominate.decide_for_body(nomination_id, confirms=True, by=world.pam, note="No lead provider")
    confirmed(world)
    refused(lambda: world.nominate.grant(nomination_id, by=world.sue), "not confirmed. Check whose address it is")


def test_a_new_own_address_ends_the_second_one(world: AccessWorld) -> None:
    token = confirmed(world)
    moved = EmailAddress("boss@north.org.example")
    proposal = world.help_users.propose_address(BOSS, moved, reason="x", by=world.sue.user_id)
    world.confirm_changes.confirm(proposal.id, by=world.ben.user_id)
    assert bob(world).addresses == (moved,)
    assert world.sign_in.resume(token) is None
    assert (SECOND, SecondAddressChanged(name="Boss", added=False, is_second=True)) in world.mails()
    world.add(SECOND, Role.SUPPORT)


def test_a_proposal_no_longer_counts_once_a_second_address_was_confirmed(world: AccessWorld) -> None:
    token = added(world)
    moved = EmailAddress("boss@north.org.example")
    proposal = world.help_users.propose_address(BOSS, moved, reason="x", by=world.sue.user_id)
    world.sign_in.sign_in(token)
    confirm = partial(world.confirm_changes.confirm, proposal.id, by=world.ben.user_id)
    refused(confirm, "has changed since", Overtaken)


def test_an_own_address_can_become_a_second_one_of_the_same_user_after_a_change(world: AccessWorld) -> None:
    moved = EmailAddress("boss@north.org.example")
    world.help_users.change_address(BOSS, moved, reason="x")
    assert (moved, AddressChanged(name="Boss", is_new=True)) in world.mails()
    confirmed(world, BOSS, moved)
    assert bob(world).addresses == (moved, BOSS)


def test_a_user_is_found_by_either_address(world: AccessWorld) -> None:
    confirmed(world)
    for address in (BOSS, SECOND):
        assert [found.user.id for found in world.access.search(address.value)] == [world.bob.user_id]
        with world.storage.reading() as work:
            found = work.users.with_email(address)
        assert found is not None
        assert found.id == world.bob.user_id
