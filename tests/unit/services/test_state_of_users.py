from datetime import timedelta

import pytest
from attrs import evolve

from checkdata.adapters.memory import MemoryMailer
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.presentation.user_state import state_in_words
from tests.access_world import BODY, BOSS, CAT, LEAD, NORTH, PAM, SOUTH, SUE, AccessWorld


@pytest.fixture
def world() -> AccessWorld:
    world = AccessWorld()
    world.load()
    return world


def told(world: AccessWorld, email: EmailAddress = BOSS) -> list[str]:
    [found] = world.access.search(email.value)
    return list(state_in_words(world.state_of_users.of(found.user)))


def bounced(world: AccessWorld, email: EmailAddress) -> None:
    world.sign_in.request_link(str(email), "192.0.2.1")
    world.mails()
    with world.storage.writing() as work:
        work.outbox.bounced(work.outbox.last_to(email, 1)[0].entry.reference, world.now)
        work.commit()


def test_a_user_of_a_partner_sees_as_many_as_its_list_has(world: AccessWorld) -> None:
    assert told(world) == [f"Sees {len(world.seen(world.bob))} participants of North Hub, delivery partner"]


def test_each_role_is_told_apart_under_one_name(world: AccessWorld) -> None:
    world.add(BOSS, Role.APPROPRIATE_BODY, BODY.id)
    assert told(world)[1] == "Sees 5 early career teachers of North Hub, appropriate body"


def test_a_partner_without_an_agreement_shows_nothing_since_the_last_one_ended(world: AccessWorld) -> None:
    world.manage_agreements.end("ag-1", reason="Over")
    world.pass_time(days=3)
    world.manage_agreements.end("ag-2", reason="Over", last_day=world.today + timedelta(days=1))
    assert told(world)[0].startswith("Sees 2 participants of")
    world.pass_time(days=10)
    assert told(world) == ["Sees nothing of North Hub, delivery partner: the agreement ended on 7 June 2024"]


def test_an_agreement_to_come_and_none_at_all_are_told(world: AccessWorld) -> None:
    new = NewAgreement(lead_provider_id=LEAD.id, delivery_partner_id=SOUTH.id, starts_on=world.today, reason="Signed")
    added = world.manage_agreements.add(new)
    world.add(CAT, Role.DELIVERY_PARTNER, SOUTH.id)
    world.manage_agreements.end(added.id, reason="Never signed")
    assert told(world, CAT) == ["Sees nothing of South Hub, delivery partner: there is no agreement"]
    world.manage_agreements.add(evolve(new, starts_on=world.today + timedelta(days=2)))
    assert told(world, CAT) == ["Sees nothing of South Hub, delivery partner: the agreement starts on 5 June 2024"]


def test_a_suspended_user_sees_nothing_since_the_last_suspension(world: AccessWorld) -> None:
    world.access.suspend(BOSS, reason="Away")
    world.access.reinstate(BOSS, reason="Back")
    world.pass_time(days=1)
    world.access.suspend(BOSS, reason="Away")
    world.pass_time(days=1)
    assert told(world) == ["Suspended since 4 June 2024: sees nothing and cannot sign in"]


def test_a_user_whose_access_was_removed_sees_nothing_since_then(world: AccessWorld) -> None:
    world.access.remove(BOSS, reason="Left")
    assert told(world) == ["Sees nothing: their access ended on 3 June 2024"]


def test_teams_see_no_participants(world: AccessWorld) -> None:
    assert told(world, SUE) == ["Works for the support team, and sees no participants"]
    assert told(world, PAM) == ["Works for the policy team, and sees no participants"]


def test_a_user_to_whom_mail_bounced_cannot_sign_in_until_they_did(world: AccessWorld) -> None:
    bounced(world, BOSS)
    assert told(world)[0] == "Cannot sign in: email to them bounced on 3 June 2024"
    [found] = world.access.search(BOSS.value)
    assert list(world.state_of_users.bounced([found.user])) == [found.user.id]
    world.pass_time(hours=1)
    world.sign_in.request_link(str(BOSS), "192.0.2.1")
    world.mails()
    assert told(world)[0].startswith("Sees ")
    assert not world.state_of_users.bounced([found.user])


def test_a_refused_mail_counts_as_one_that_bounced(world: AccessWorld) -> None:
    world.mailer = MemoryMailer(unknown={BOSS})
    world.sign_in.request_link(str(BOSS), "192.0.2.1")
    world.mails()
    assert told(world)[0].startswith("Cannot sign in")


def test_a_user_of_two_partners_is_told_of_each(world: AccessWorld) -> None:
    new = NewAgreement(lead_provider_id=LEAD.id, delivery_partner_id=SOUTH.id, starts_on=world.today, reason="Signed")
    world.manage_agreements.add(new)
    world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id)
    world.add(CAT, Role.DELIVERY_PARTNER, SOUTH.id)
    assert [sentence.partition(" of ")[2] for sentence in told(world, CAT)] == [
        "North Hub, delivery partner",
        "South Hub, delivery partner",
    ]
