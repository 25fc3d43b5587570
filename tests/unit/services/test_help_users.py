from collections.abc import Callable

import pytest
from attrs import evolve

from checkdata.adapters.memory import MemoryMailer
from checkdata.domain.access.decision import AccessRefused
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, SignInRefused
from checkdata.domain.feed.contents import References
from checkdata.domain.mail_records import MailState
from checkdata.domain.messages import (
    AccessGranted,
    AddressChanged,
    HowAccessIsGiven,
    SignInLinkMessage,
    SignInRequested,
)
from checkdata.domain.people.organisations import DeliveryPartner, Role
from checkdata.domain.people.users import Grant
from checkdata.domain.values import EmailAddress
from tests.access_world import BEN, BODY, BOSS, CAT, NORTH, SOUTH, SUE, AccessWorld

NEW = EmailAddress("bob@new.example")


@pytest.fixture
def world() -> AccessWorld:
    world = AccessWorld()
    world.mails()
    return world


def refused(world: AccessWorld, change: Callable[[], object], sentence: str) -> None:
    before = world.audit(), world.access.search()
    with pytest.raises(ChangeRefused, match=sentence):
        change()
    assert (world.audit(), world.access.search()) == before
    assert world.mails() == []


def link(world: AccessWorld, email: EmailAddress = BOSS) -> str:
    world.sign_in.request_link(email.value, "192.0.2.1")
    [(_, message)] = world.mails()
    assert isinstance(message, SignInLinkMessage)
    return message.url.rpartition("/")[2]


def change_address(world: AccessWorld, new: EmailAddress = NEW) -> None:
    world.help_users.change_address(BOSS, new, reason="Married")


def test_a_new_address_signs_in_with_the_same_access_and_the_old_one_does_not(world: AccessWorld) -> None:
    change_address(world)
    world.mails()
    visit = world.sign_in.resume(world.sign_in.sign_in(link(world, NEW)).token)
    assert visit is not None
    assert visit.acting == world.bob
    world.sign_in.request_link(BOSS.value, "192.0.2.1")
    assert world.mails() == [(BOSS, HowAccessIsGiven())]


def test_both_addresses_are_mailed_that_it_was_changed(world: AccessWorld) -> None:
    change_address(world)
    assert world.mails() == [
        (BOSS, AddressChanged(name="Boss", is_new=False)),
        (NEW, AddressChanged(name="Boss", is_new=True)),
    ]


def test_what_was_sent_to_the_old_address_is_worth_nothing(world: AccessWorld) -> None:
    token = link(world)
    session = world.sign_in.sign_in(link(world)).token
    unused = link(world)
    change_address(world)
    assert world.sign_in.resume(session) is None
    for old in (token, unused):
        with pytest.raises(SignInRefused):
            world.sign_in.sign_in(old)


def test_an_operator_changes_an_address_to_a_free_one_with_a_reason(world: AccessWorld) -> None:
    helping = world.help_users
    refused(world, lambda: change_address(world, BOSS), "already signs in with this address")
    refused(world, lambda: change_address(world, SUE), "Another user signs in with this address")
    refused(world, lambda: helping.change_address(CAT, NEW, reason="x"), "No user has this email")
    refused(world, lambda: helping.change_address(BOSS, NEW, reason=" "), "Enter a reason")
    helping.change_address(BEN, NEW, reason="x")


def test_a_change_of_address_is_one_event_that_holds_no_address(world: AccessWorld) -> None:
    before = len(world.audit())
    change_address(world)
    [event] = world.audit()[before:]
    assert (event.kind, event.actor, event.subject) == (AuditKind.ADDRESS_CHANGED, None, world.bob.user_id)
    assert "@" not in str(event)


def test_support_signs_a_user_out_everywhere(world: AccessWorld) -> None:
    sessions = [world.sign_in.sign_in(link(world)).token for _ in range(2)]
    assert world.help_users.end_sessions(BOSS, reason="Lost laptop", by=world.sue.user_id) == 2
    assert [world.sign_in.resume(token) for token in sessions] == [None, None]
    assert world.audit()[-1].kind is AuditKind.SESSIONS_ENDED
    refused(world, lambda: world.help_users.end_sessions(BOSS, reason="Again"), "not signed in anywhere")


def test_a_users_activity_is_told(world: AccessWorld) -> None:
    world.sign_in.sign_in(link(world))
    world.pass_time(minutes=5)
    token = world.sign_in.sign_in(link(world)).token
    user = world.access.search(BOSS.value)[0].user
    activity = world.help_users.activity(user)
    assert activity.last_sign_in == world.now
    assert activity.sessions[0].started_at == world.now
    assert [session.organisation for session in activity.sessions] == [NORTH, NORTH]
    assert [event.kind for event in activity.history] == [AuditKind.GRANT_ADDED]
    assert [mail.state for mail in activity.mails] == [MailState.SENT] * 3
    assert token not in str(activity)


def test_support_sees_the_last_five_mails_to_an_address_and_what_became_of_them(world: AccessWorld) -> None:
    for _ in range(6):
        world.pass_time(minutes=15)
        link(world)
    world.mailer = MemoryMailer(unreachable={BOSS})
    world.pass_time(minutes=1)
    world.sign_in.request_link(BOSS.value, "192.0.2.1")
    world.mails()
    found = world.help_users.mails(BOSS)
    assert [mail.state for mail in found] == [MailState.QUEUED, *[MailState.SENT] * 4]
    assert (found[0].tried_at, found[0].entry.attempts) == (world.now, 1)
    for _ in range(6):
        world.pass_time(hours=7)
        world.mails()
    assert world.help_users.mails(BOSS)[0].state is MailState.EXPIRED
    assert list(world.help_users.mails(NEW)) == []


def test_a_mail_is_sent_again_with_a_new_link(world: AccessWorld) -> None:
    first = link(world)
    entry = world.help_users.mails(BOSS)[0].entry
    world.help_users.send_again(BOSS, entry.id, by=world.sue.user_id)
    [(to, message)] = world.mails()
    assert to == BOSS
    assert isinstance(message, SignInLinkMessage)
    assert message.url.rpartition("/")[2] != first
    event = world.audit()[-1]
    assert (event.kind, event.subject) == (AuditKind.MAIL_SENT_AGAIN, world.bob.user_id)


def test_what_tells_of_access_is_sent_again_as_it_was(world: AccessWorld) -> None:
    world.help_users.send_again(BOSS, world.help_users.mails(BOSS)[0].entry.id)
    granted = AccessGranted(name="Boss", role=Role.DELIVERY_PARTNER, organisation="North Hub", organisation_id=NORTH.id)
    assert world.mails() == [(BOSS, granted)]


def test_that_a_user_can_sign_in_is_not_told_again_once_they_cannot(world: AccessWorld) -> None:
    told = world.help_users.mails(BOSS)[0].entry
    world.access.suspend(BOSS, reason="Ticket 13", by=world.sue.user_id)
    refused(world, lambda: world.help_users.send_again(BOSS, told.id), "no longer have the access")
    world.access.reinstate(BOSS, reason="Ticket 14", by=world.sue.user_id)
    world.access.remove(BOSS, reason="Ticket 15", by=world.sue.user_id)
    world.mails()
    refused(world, lambda: world.help_users.send_again(BOSS, told.id), "no longer have the access")


def test_that_a_user_can_sign_in_is_told_again_by_the_organisation_and_not_by_its_name(world: AccessWorld) -> None:
    told = world.help_users.mails(BOSS)[0].entry
    with world.storage.writing() as work:
        swapped = [DeliveryPartner(NORTH.id, "Renamed"), DeliveryPartner(SOUTH.id, NORTH.name)]
        work.feed_store.put_references(References(delivery_partners=swapped))
        work.commit()
    world.help_users.send_again(BOSS, told.id)
    assert [to for to, _ in world.mails()] == [BOSS]
    world.access.remove(BOSS, role=Role.DELIVERY_PARTNER, reason="Ticket 15")
    with world.storage.writing() as work:
        south = Grant(
            id="g-south",
            user_id=world.bob.user_id,
            organisation=SOUTH,
            granted_on=world.today,
            granted_by="operator",
            reason="Ticket 16",
        )
        work.users.add_grant(south)
        work.commit()
    world.mails()
    refused(world, lambda: world.help_users.send_again(BOSS, told.id), "no longer have the access")


def test_mail_is_sent_again_only_by_a_user_who_is_still_support(world: AccessWorld) -> None:
    told = world.help_users.mails(BOSS)[0].entry
    world.access.suspend(SUE, reason="Investigation")
    before = world.audit()
    for by in (world.sue, world.pam, world.bob):
        with pytest.raises(AccessRefused):
            world.help_users.send_again(BOSS, told.id, by=by.user_id)
    assert (world.audit(), world.mails()) == (before, [])


def test_a_mail_whose_text_was_deleted_is_not_sent_again(world: AccessWorld) -> None:
    told = world.help_users.mails(BOSS)[0].entry
    world.pass_time(days=1)
    with world.storage.writing() as work:
        work.retention.mail_texts(world.now)
        work.commit()
    refused(world, lambda: world.help_users.send_again(BOSS, told.id), "because it was old")


def test_what_still_waits_or_went_to_another_user_is_not_sent_again(world: AccessWorld) -> None:
    entry = world.help_users.mails(BEN)[0].entry
    refused(world, lambda: world.help_users.send_again(BOSS, entry.id), "no longer one of the last")
    world.add(CAT, Role.APPROPRIATE_BODY, BODY.id)
    waiting = world.help_users.mails(CAT)[0].entry
    with pytest.raises(ChangeRefused, match="still waiting"):
        world.help_users.send_again(CAT, waiting.id)
    assert evolve(waiting, attempts=0) == waiting


def test_a_link_requested_before_a_change_of_address_is_not_sent(world: AccessWorld) -> None:
    world.sign_in.request_link(BOSS.value, "192.0.2.1")
    change_address(world)
    assert not [to for to, message in world.mails() if isinstance(message, SignInLinkMessage)]


def test_a_link_sent_again_to_an_address_that_is_no_longer_the_users_is_not_sent(world: AccessWorld) -> None:
    link(world)
    change_address(world)
    world.mails()
    [asked] = [mail for mail in world.help_users.mails(BOSS) if isinstance(mail.entry.message, SignInRequested)]
    world.help_users.send_again(BOSS, asked.entry.id, by=world.sue.user_id)
    assert world.mails() == []
