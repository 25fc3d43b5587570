from datetime import timedelta

import pytest
from attrs import evolve

from checkdata.domain.access.decision import Reason, Refused
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.explain_access import Explained
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.values import EmailAddress, ParticipantId
from tests.access_world import (
    BODY,
    BOSS,
    CAT,
    LEAD,
    NORTH,
    OTHER_LEAD,
    RECORDS,
    REFERENCES,
    SOUTH,
    STRANGER_LEAD,
    AccessWorld,
    a_record,
)

BEACONS = ParticipantId("beacons")
HARBOURS = ParticipantId("harbours")
AGREEMENTS = list(REFERENCES.agreements or ())


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


def test_no_verdict_is_given_about_an_id_that_no_participant_has(world: AccessWorld) -> None:
    with pytest.raises(ChangeRefused, match=r"^No participant has this id\. Check the id"):
        world.explain_access.explain(BOSS, ParticipantId("unheard-of"))
    assert not [event for event in world.audit() if event.kind is AuditKind.ACCESS_EXPLAINED]


def test_a_participant_not_in_the_listing_is_told_as_such_and_nothing_else_of_them(world: AccessWorld) -> None:
    explained = world.explain_access.explain(BOSS, ParticipantId("souths"))
    assert not explained.visible
    assert not explained.roles[0].listed
    assert "No current training record links the participant to North Hub on that day." in why(explained)


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


def corrections(explained: Explained) -> list[bool]:
    return [role.corrected for role in explained.roles]


def test_whom_a_user_was_shown_before_a_feed_narrowed_the_agreement_is_told_as_it_was_known(
    world: AccessWorld,
) -> None:
    shown_at, day = world.now, world.today
    assert "beacons-old" in world.seen(world.bob)
    world.pass_time(days=5)
    world.load(agreements=[evolve(each, first_academic_year=2022) for each in AGREEMENTS])
    old = ParticipantId("beacons-old")
    known_now = world.explain_access.explain(BOSS, old, on=day)
    assert (known_now.visible, corrections(known_now)) == (False, [True])
    known_then = world.explain_access.explain(BOSS, old, as_known_at=shown_at)
    assert (known_then.visible, known_then.on, corrections(known_then)) == (True, day, [False])


def test_nobody_was_shown_a_participant_under_an_agreement_that_was_added_later_for_that_day(
    world: AccessWorld,
) -> None:
    world.load(agreements=[], complete=True)
    world.pass_time(days=5)
    shown_at, day = world.now, world.today
    assert world.seen(world.bob) == set()
    world.pass_time(days=5)
    earlier = NewAgreement(lead_provider_id=LEAD.id, delivery_partner_id=NORTH.id, starts_on=day, reason="Signed")
    world.manage_agreements.add(earlier)
    known_now = world.explain_access.explain(BOSS, BEACONS, on=day)
    assert (known_now.visible, corrections(known_now)) == (True, [True])
    known_then = world.explain_access.explain(BOSS, BEACONS, on=day, as_known_at=shown_at)
    assert (known_then.visible, corrections(known_then)) == (False, [False])
    assert not world.explain_access.explain(BOSS, BEACONS, on=day, as_known_at=world.now - timedelta(seconds=1)).visible
    assert world.explain_access.explain(BOSS, BEACONS, on=day, as_known_at=world.now).visible


def test_an_agreement_that_was_in_force_for_an_hour_and_removed_by_a_feed_is_known_for_that_hour(
    world: AccessWorld,
) -> None:
    new = evolve(AGREEMENTS[0], id="ag-9", lead_provider_id=STRANGER_LEAD.id, starts_on=world.today)
    strangers = a_record("strangers", STRANGER_LEAD)
    world.load(strangers, agreements=[*AGREEMENTS, new])
    shown_at = world.now
    assert "strangers" in world.seen(world.bob)
    world.pass_time(hours=1)
    world.load(strangers, agreements=AGREEMENTS, complete=True)
    asked = world.explain_access.explain
    assert not asked(BOSS, ParticipantId("strangers")).visible
    assert asked(BOSS, ParticipantId("strangers"), as_known_at=shown_at).visible


@pytest.mark.parametrize("days", [0, 1])
def test_the_row_of_a_past_day_answers_for_that_day_and_not_todays(world: AccessWorld, days: int) -> None:
    before = world.today
    world.pass_time(days=10)
    world.load(a_record("beacons", partner=SOUTH), a_record("souths"), complete=True)
    moved = world.today
    world.pass_time(days=days)
    answers = {
        (participant, on): world.explain_access.explain(BOSS, ParticipantId(participant), on=on).visible
        for participant in ("beacons", "souths")
        for on in (before, moved - timedelta(days=1), moved)
    }
    assert answers == {
        ("beacons", before): True,
        ("beacons", moved - timedelta(days=1)): True,
        ("beacons", moved): False,
        ("souths", before): False,
        ("souths", moved - timedelta(days=1)): False,
        ("souths", moved): True,
    }
    [role] = world.explain_access.explain(BOSS, ParticipantId("souths"), on=before).roles
    assert not role.listed


def test_a_moment_of_a_day_on_which_access_was_given_or_removed_is_before_or_after_it(world: AccessWorld) -> None:
    world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id)
    given, visible = world.now, {}
    world.pass_time(hours=3)
    world.access.remove(CAT, reason="A mistake")
    for hours in (-1, 0, 2, 3):
        moment = given + timedelta(hours=hours)
        visible[hours] = world.explain_access.explain(CAT, BEACONS, as_known_at=moment).visible
    assert visible == {-1: False, 0: True, 2: True, 3: False}


def test_a_suspension_counts_at_the_moments_at_which_it_stood(world: AccessWorld) -> None:
    world.pass_time(hours=1)
    suspended = world.now
    world.access.suspend(BOSS, reason="Investigation")
    world.pass_time(days=2)
    asked = world.explain_access.explain
    assert asked(BOSS, BEACONS, as_known_at=suspended - timedelta(seconds=1)).visible
    assert not asked(BOSS, BEACONS, as_known_at=suspended).visible
    assert asked(BOSS, BEACONS, on=suspended.date() - timedelta(days=1), as_known_at=world.now).visible is False
    assert not asked(BOSS, BEACONS, on=suspended.date(), as_known_at=world.now).visible


def test_a_day_to_come_an_unknown_user_and_what_is_no_id_are_refused(world: AccessWorld) -> None:
    with pytest.raises(ChangeRefused, match="in the past"):
        world.explain_access.explain(BOSS, BEACONS, on=world.today + timedelta(days=1))
    with pytest.raises(ChangeRefused, match="moment in the past"):
        world.explain_access.explain(BOSS, BEACONS, as_known_at=world.now + timedelta(seconds=1))
    with pytest.raises(ChangeRefused, match="No user has this email address"):
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
    world.explain_access.explain(BOSS, BEACONS, as_known_at=world.now)
    assert world.audit()[-1].details == {"on": world.today.isoformat(), "as_known_at": world.now.isoformat()}


def test_a_participant_of_a_lead_provider_without_any_agreement_is_listed_all_the_same(world: AccessWorld) -> None:
    world.manage_agreements.end("ag-1", reason="x")
    world.load(a_record("new", OTHER_LEAD, year=2019))
    assert world.explain_access.explain(BOSS, ParticipantId("new")).visible
