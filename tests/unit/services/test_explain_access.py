from datetime import timedelta

import pytest

from checkdata.domain.access.decision import Reason, Refused
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.explain_access import Explained
from checkdata.domain.values import EmailAddress, ParticipantId
from tests.access_world import BODY, BOSS, NORTH, OTHER_LEAD, RECORDS, AccessWorld, a_record

BEACONS = ParticipantId("beacons")
HARBOURS = ParticipantId("harbours")


@pytest.fixture
def world() -> AccessWorld:
    world = AccessWorld()
    world.load()
    return world


def why(explained: Explained) -> str:
    [role] = explained.roles
    return role.explanation.findings[-1].sentence


def test_each_rule_that_was_asked_is_told_with_its_answer(world: AccessWorld) -> None:
    explained = world.explain_access.explain(BOSS, BEACONS)
    [role] = explained.roles
    assert explained.visible
    assert (role.organisation, role.listed) == (NORTH, True)
    assert [finding.holds for finding in role.explanation.findings] == [True] * 4
    assert all(finding.sentence.endswith(".") for finding in role.explanation.findings)


@pytest.mark.parametrize("ended", [(), ("ag-1",), ("ag-2",), ("ag-1", "ag-2")])
def test_it_agrees_with_what_the_page_shows_about_every_participant(world: AccessWorld, ended: tuple[str, ...]) -> None:
    for agreement_id in ended:
        world.manage_agreements.end(agreement_id, reason="Contract over")
    explained = [world.explain_access.explain(BOSS, record.participant_id) for record in RECORDS]
    assert {each.participant_id for each in explained if each.visible} == world.seen(world.bob)


@pytest.mark.parametrize("participant", ["souths", "unheard-of"])
def test_a_participant_not_in_the_listing_is_told_as_such_and_nothing_else_of_them(
    world: AccessWorld, participant: str
) -> None:
    explained = world.explain_access.explain(BOSS, ParticipantId(participant))
    assert not explained.visible
    assert not explained.roles[0].listed
    assert "not listed for North Hub" in why(explained)


def test_a_participant_listed_and_out_of_scope_is_told_as_such(world: AccessWorld) -> None:
    world.manage_agreements.end("ag-2", reason="Contract over")
    explained = world.explain_access.explain(BOSS, HARBOURS)
    assert explained.roles[0].listed
    assert "No agreement in force covers" in why(explained)


def test_every_role_that_the_user_ever_had_is_explained(world: AccessWorld) -> None:
    world.add(BOSS, Role.APPROPRIATE_BODY, BODY.id)
    world.access.remove(BOSS, role=Role.DELIVERY_PARTNER, reason="One role")
    explained = world.explain_access.explain(BOSS, BEACONS)
    assert {role.organisation: role.explanation.visible for role in explained.roles} == {NORTH: False, BODY: True}


def test_a_day_past_is_explained_with_grants_and_agreements_as_they_stood(world: AccessWorld) -> None:
    first = world.today
    world.pass_time(days=10)
    world.manage_agreements.end("ag-2", reason="Contract over")
    world.pass_time(days=10)
    world.access.remove(BOSS, reason="Left")
    days = {0: True, 9: True, 10: False, 20: False, -1: False}
    for day, visible in days.items():
        explained = world.explain_access.explain(BOSS, HARBOURS, on=first + timedelta(days=day))
        assert explained.visible is visible, day
    for day, visible in {0: True, 19: True, 20: False}.items():
        explained = world.explain_access.explain(BOSS, BEACONS, on=first + timedelta(days=day))
        assert explained.visible is visible, day


def test_a_suspension_counts_on_the_days_on_which_it_stood(world: AccessWorld) -> None:
    first = world.today
    world.pass_time(days=1)
    world.access.suspend(BOSS, reason="Investigation")
    world.pass_time(days=5)
    world.access.reinstate(BOSS, reason="Cleared")
    world.pass_time(days=5)
    seen = [world.explain_access.explain(BOSS, BEACONS, on=first + timedelta(days=day)).visible for day in range(12)]
    assert seen == [True, False, False, False, False, False, *[True] * 6]


def test_a_user_who_is_suspended_today_may_have_seen_it_before(world: AccessWorld) -> None:
    first = world.today
    world.pass_time(days=3)
    world.access.suspend(BOSS, reason="Investigation")
    explained = world.explain_access.explain(BOSS, BEACONS)
    decision = explained.roles[0].explanation.decision
    assert isinstance(decision, Refused)
    assert decision.reason is Reason.SUSPENDED
    assert world.explain_access.explain(BOSS, BEACONS, on=first).visible


def test_a_day_to_come_an_unknown_user_and_what_is_no_id_are_refused(world: AccessWorld) -> None:
    with pytest.raises(ChangeRefused, match="in the past"):
        world.explain_access.explain(BOSS, BEACONS, on=world.today + timedelta(days=1))
    with pytest.raises(ChangeRefused, match="no user with this email"):
        world.explain_access.explain(EmailAddress("x@y.example"), BEACONS)
    with pytest.raises(ChangeRefused, match="not a participant's id"):
        world.explain_access.explain(BOSS, ParticipantId("a b\0"))


def test_support_users_see_no_participant(world: AccessWorld) -> None:
    explained = world.explain_access.explain(EmailAddress("sue@dfe.example"), BEACONS)
    assert [(role.listed, role.explanation.visible) for role in explained.roles] == [(False, False)]


def test_the_user_who_asked_and_the_participant_are_on_record(world: AccessWorld) -> None:
    world.explain_access.explain(BOSS, BEACONS, by=world.sue.user_id)
    event = world.audit()[-1]
    assert event.kind is AuditKind.ACCESS_EXPLAINED
    assert (event.actor, event.subject) == (world.sue.user_id, world.bob.user_id)
    assert event.participant_id == BEACONS
    assert event.details == {"on": world.today.isoformat()}


def test_a_participant_of_a_lead_provider_without_any_agreement_is_listed_all_the_same(world: AccessWorld) -> None:
    world.manage_agreements.end("ag-1", reason="x")
    world.load(a_record("new", OTHER_LEAD, year=2019))
    assert world.explain_access.explain(BOSS, ParticipantId("new")).visible
