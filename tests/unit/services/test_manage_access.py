from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.messages import AccessGranted, AccessRemoved
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.services.task_steps.access_changes import AccessChange, give_access
from checkdata.domain.values import EmailAddress
from tests.unit.services.world import ANN, BODY, LEAD, NORTH, OTHER_LEAD, SOUTH, World, access_for

BEN = EmailAddress("ben@support.example")


def changes_nothing(world: World, change: Callable[[], object], sentence: str) -> None:
    before = world.storage.state
    with pytest.raises(ChangeRefused, match=sentence):
        change()
    assert world.storage.state == before


def test_granting_mails_the_user_that_they_can_sign_in(world: World) -> None:
    world.add()
    world.send_mail.send_due()
    granted = AccessGranted(
        name="Ann Lee", role=Role.DELIVERY_PARTNER, organisation=NORTH.name, organisation_id=NORTH.id
    )
    assert world.mailer.sent == [(ANN, granted)]


def test_removing_mails_the_user_too(world: World) -> None:
    world.add()
    world.access.remove(ANN, reason="Left")
    world.send_mail.send_due()
    removed = AccessRemoved(name="Ann Lee", role=Role.DELIVERY_PARTNER, organisation=NORTH.name)
    assert world.mailer.sent[-1] == (ANN, removed)


def test_a_grant_says_why_by_whom_and_who_confirmed_it(world: World) -> None:
    user = world.add()
    grant = world.access.search()[0].grants[0]
    assert (grant.user_id, grant.reason, grant.granted_by, grant.confirmed_by) == (
        user.id,
        "Ticket 12",
        "operator",
        LEAD.id,
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"confirmed_by": ""}, "Enter the lead provider that confirmed"),
        ({"confirmed_by": OTHER_LEAD.id}, "no data-sharing agreement in force"),
        ({"confirmed_by": "lp-unheard-of"}, "no data-sharing agreement in force"),
        ({"organisation_id": "dp-unheard-of"}, "There is no delivery partner"),
        ({"organisation_id": BODY.id}, "There is no delivery partner"),
        ({"reason": " "}, "Enter a reason"),
        ({"name": " "}, "full name"),
        ({"role": Role.APPROPRIATE_BODY, "organisation_id": BODY.id}, "Leave it out"),
    ],
)
def test_access_that_the_rules_do_not_allow_changes_nothing(
    world: World, change: dict[str, Any], sentence: str
) -> None:
    wrong: NewAccess = evolve(access_for(), **change)
    changes_nothing(world, lambda: world.access.add(wrong), sentence)


def test_a_lead_provider_confirms_only_while_its_agreement_is_in_force(world: World) -> None:
    south = evolve(access_for(organisation=SOUTH.id), confirmed_by=OTHER_LEAD.id)
    world.access.add(south)
    world.pass_time(days=365)
    later = evolve(south, email=BEN)
    changes_nothing(world, lambda: world.access.add(later), "no data-sharing agreement in force")


def test_a_change_of_access_is_of_the_day_in_london(world: World) -> None:
    world.now = datetime(2024, 6, 3, 23, 30, tzinfo=UTC)
    world.add()
    (grant,) = world.access.search()[0].grants
    assert grant.granted_on == date(2024, 6, 4)
    world.now = datetime(2024, 6, 5, 23, 30, tzinfo=UTC)
    world.access.remove(ANN, reason="Left")
    (grant,) = world.access.search()[0].grants
    assert grant.ended_on == date(2024, 6, 6)


def test_an_agreement_that_ended_yesterday_in_london_confirms_no_nominee(world: World) -> None:
    south = evolve(access_for(organisation=SOUTH.id), confirmed_by=OTHER_LEAD.id)
    world.now = datetime(2024, 8, 31, 22, 59, tzinfo=UTC)
    world.access.add(south)
    world.now = datetime(2024, 8, 31, 23, 0, tzinfo=UTC)
    changes_nothing(world, lambda: world.access.add(evolve(south, email=BEN)), "no data-sharing agreement in force")


def test_the_same_access_is_not_given_twice(world: World) -> None:
    world.add()
    changes_nothing(world, world.add, "already has this access")


def test_access_that_ends_on_a_day_to_come_is_not_given_a_second_time(world: World) -> None:
    world.add()
    with world.storage.writing() as work:
        (grant,) = world.access.search()[0].grants
        work.users.replace_grant(evolve(grant, ended_on=date(2024, 6, 9)))
        work.commit()
    changes_nothing(world, world.add, "already has this access")


def test_access_that_was_removed_can_be_given_again(world: World) -> None:
    world.add()
    world.access.remove(ANN, reason="Left")
    world.add()
    today = world.now.date()
    assert len(world.access.search()[0].active(today)) == 1


def test_a_second_role_is_a_second_grant_of_the_same_user(world: World) -> None:
    partner = world.add()
    body = world.add(role=Role.APPROPRIATE_BODY, organisation=BODY.id)
    assert partner.id == body.id
    assert len(world.access.search()[0].grants) == 2


def test_removing_one_role_leaves_the_other(world: World) -> None:
    world.add()
    world.add(role=Role.APPROPRIATE_BODY, organisation=BODY.id)
    world.access.remove(ANN, role=Role.DELIVERY_PARTNER, reason="Only one role now")
    left = world.access.search()[0].active(world.now.date())
    assert [grant.organisation for grant in left] == [BODY]


def test_removing_what_is_not_there_is_refused(world: World) -> None:
    changes_nothing(world, lambda: world.access.remove(ANN, reason="Left"), "No user has this email")
    world.add()
    changes_nothing(
        world, lambda: world.access.remove(ANN, organisation_id=SOUTH.id, reason="Left"), "nothing to remove"
    )


def test_suspending_keeps_the_grants_and_reinstating_brings_them_back(world: World) -> None:
    world.add()
    world.access.suspend(ANN, reason="Investigation")
    assert world.access.search()[0].user.suspended
    world.access.reinstate(ANN, reason="Cleared")
    found = world.access.search()[0]
    assert not found.user.suspended
    assert len(found.active(world.now.date())) == 1


def test_suspending_and_reinstating_twice_is_refused(world: World) -> None:
    world.add()
    changes_nothing(world, lambda: world.access.reinstate(ANN, reason="Cleared"), "not suspended")
    world.access.suspend(ANN, reason="Investigation")
    changes_nothing(world, lambda: world.access.suspend(ANN, reason="Again"), "already suspended")


def test_a_suspended_user_is_given_no_access(world: World) -> None:
    world.add()
    world.access.suspend(ANN, reason="Investigation")
    more = access_for(role=Role.APPROPRIATE_BODY, organisation=BODY.id)
    changes_nothing(world, lambda: world.access.add(more), "suspended")


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.POLICY])
def test_only_an_operator_makes_and_unmakes_support_and_policy_users(world: World, role: Role) -> None:
    support = world.add(BEN, Role.SUPPORT, "")
    new = access_for(ANN, role, "")
    world.access.add(new)
    changes_nothing(world, lambda: world.access.remove(ANN, reason="x", by=support.id), "operator")
    changes_nothing(world, lambda: world.access.suspend(ANN, reason="x", by=support.id), "operator")
    world.access.suspend(ANN, reason="x")
    changes_nothing(world, lambda: world.access.reinstate(ANN, reason="x", by=support.id), "operator")


def test_a_user_can_not_give_themselves_access(world: World) -> None:
    user = world.add()
    change = AccessChange(at=world.now, by=user.id, reason="Ticket 12")
    grant = evolve(world.access.search()[0].grants[0], id="another", organisation=BODY)
    with world.storage.writing() as work, pytest.raises(ChangeRefused, match="cannot change your own access"):
        give_access(work, user, grant, change)


def test_every_change_of_access_is_exactly_one_event(world: World) -> None:
    support = world.add(BEN, Role.SUPPORT, "")
    user = world.add()
    world.access.suspend(ANN, reason="Investigation", by=support.id)
    world.access.reinstate(ANN, reason="Cleared", by=support.id)
    world.access.remove(ANN, reason="Left", by=support.id)
    events = [event for event in world.audit() if event.subject == user.id]
    assert [event.kind for event in events] == [
        AuditKind.GRANT_ADDED,
        AuditKind.USER_SUSPENDED,
        AuditKind.USER_REINSTATED,
        AuditKind.GRANT_ENDED,
    ]
    assert [event.actor for event in events] == [None, *3 * [support.id]]
    assert all(event.details["reason"] for event in events)


@pytest.mark.parametrize("text", ["ann", "NORTH.EXAMPLE", "lee", "north hub", ""])
def test_a_user_is_found_by_name_address_and_organisation(world: World, text: str) -> None:
    world.add()
    assert [found.user.email for found in world.access.search(text)] == [ANN]


def test_a_user_is_not_found_by_what_they_are_not(world: World) -> None:
    world.add()
    assert world.access.search("south") == []
