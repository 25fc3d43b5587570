from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from checkdata.domain.access.decision import AccessRefused
from checkdata.domain.access.widening import NewlySeen
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.people.agreement_history import AgreementVersion
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.values import LeadProviderId
from tests.access_world import BOSS, CAT, LEAD, NORTH, OTHER_LEAD, REFERENCES, SOUTH, STRANGER_LEAD, SUE, AccessWorld


@pytest.fixture
def world() -> AccessWorld:
    world = AccessWorld()
    world.load()
    return world


def new(world: AccessWorld, **changes: Any) -> NewAgreement:  # noqa: ANN401 - any field
    agreement = NewAgreement(
        lead_provider_id=STRANGER_LEAD.id, delivery_partner_id=SOUTH.id, starts_on=world.today, reason="Signed today"
    )
    return evolve(agreement, **changes)


def in_force(world: AccessWorld) -> dict[str, bool]:
    return {found.agreement.id: found.in_force for found in world.manage_agreements.all()}


def test_every_agreement_is_told_with_its_parties_and_whether_it_is_in_force(world: AccessWorld) -> None:
    world.manage_agreements.add(new(world, starts_on=world.today + timedelta(days=1)))
    told = [
        (found.delivery_partner.name, found.lead_provider.name, found.in_force)
        for found in world.manage_agreements.all()
    ]
    assert told == [
        ("North Hub", "Beacon", True),
        ("North Hub", "Harbour", True),
        ("South Hub", "Meadow", False),
    ]


def test_a_user_who_is_no_longer_support_adds_and_ends_no_agreement(world: AccessWorld) -> None:
    world.access.remove(SUE, reason="Left")
    before = in_force(world)
    with pytest.raises(AccessRefused):
        world.manage_agreements.add(new(world), by=world.sue.user_id)
    with pytest.raises(AccessRefused):
        world.manage_agreements.end("ag-1", reason="Contract over", by=world.sue.user_id)
    assert in_force(world) == before


def test_an_agreement_that_is_added_opens_what_it_covers_at_once(world: AccessWorld) -> None:
    agreement = world.manage_agreements.add(new(world, lead_provider_id=OTHER_LEAD.id, covers_unconfirmed=False))
    assert agreement.added_by_hand
    found = world.manage_agreements.one(agreement.id)
    assert found is not None
    assert found.in_force
    world.receive(CAT, Role.DELIVERY_PARTNER, SOUTH.id)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lead_provider_id": LeadProviderId("unheard-of")}, "no lead provider"),
        ({"delivery_partner_id": "unheard-of"}, "no delivery partner"),
        ({"first_academic_year": 2023, "last_academic_year": 2022}, "last academic year"),
        ({"reason": " "}, "Enter a reason"),
    ],
)
def test_an_agreement_that_makes_no_sense_is_not_added(
    world: AccessWorld, changes: dict[str, Any], sentence: str
) -> None:
    before = world.manage_agreements.all()
    with pytest.raises(ChangeRefused, match=sentence):
        world.manage_agreements.add(new(world, **changes))
    with pytest.raises(ChangeRefused, match="last day"):
        world.manage_agreements.add(new(world, ends_on=world.today - timedelta(days=1)))
    assert world.manage_agreements.all() == before


def test_ending_an_agreement_stops_the_very_next_request(world: AccessWorld) -> None:
    assert "harbours" in world.seen(world.bob)
    world.manage_agreements.end("ag-2", reason="Contract over")
    assert world.seen(world.bob) == {"beacons", "beacons-old", "nobodys"}
    world.manage_agreements.end("ag-1", reason="Contract over")
    assert world.seen(world.bob) == set()


def test_an_agreement_that_started_today_can_be_ended_today(world: AccessWorld) -> None:
    added = world.manage_agreements.add(new(world))
    ended = world.manage_agreements.end(added.id, reason="A mistake")
    assert not in_force(world)[added.id]
    assert (ended.starts_on, ended.ended_on) == (world.today, world.today)


def test_an_agreement_can_be_ended_after_a_day_to_come(world: AccessWorld) -> None:
    world.manage_agreements.end("ag-2", reason="Contract over", last_day=world.today + timedelta(days=2))
    world.pass_time(days=2)
    assert in_force(world)["ag-2"]
    world.pass_time(days=1)
    assert not in_force(world)["ag-2"]


def test_an_agreement_to_come_can_be_ended_before_it_starts(world: AccessWorld) -> None:
    added = world.manage_agreements.add(new(world, starts_on=world.today + timedelta(days=5)))
    world.manage_agreements.end(added.id, reason="Not signed after all")
    world.pass_time(days=6)
    assert not in_force(world)[added.id]


def test_what_has_ended_can_not_be_ended_or_put_off(world: AccessWorld) -> None:
    world.manage_agreements.end("ag-2", reason="Contract over", last_day=world.today)
    with pytest.raises(ChangeRefused, match="already have ended by"):
        world.manage_agreements.end("ag-2", reason="Again", last_day=world.today + timedelta(days=9))
    world.manage_agreements.end("ag-2", reason="Now, please")
    with pytest.raises(ChangeRefused, match="already have ended by"):
        world.manage_agreements.end("ag-2", reason="Again")


def test_an_agreement_can_not_end_in_the_past_or_another_century(world: AccessWorld) -> None:
    with pytest.raises(ChangeRefused, match="in the past"):
        world.manage_agreements.end("ag-2", reason="x", last_day=world.today - timedelta(days=1))
    with pytest.raises(ChangeRefused, match="no such agreement"):
        world.manage_agreements.end("unheard-of", reason="x")
    for late in (date(2100, 1, 1), date.max):
        with pytest.raises(ChangeRefused, match="before 2100"):
            world.manage_agreements.end("ag-2", reason="x", last_day=late)
    with pytest.raises(ChangeRefused, match="Enter a reason"):
        world.manage_agreements.end("ag-2", reason=" ")
    assert in_force(world) == {"ag-1": True, "ag-2": True}


def test_the_effect_of_an_end_is_what_the_end_does(world: AccessWorld) -> None:
    for agreement_id in ("ag-2", "ag-1"):
        before = world.seen(world.bob)
        effect = world.manage_agreements.effect_of_ending(agreement_id)
        assert world.seen(world.bob) == before
        world.manage_agreements.end(agreement_id, reason="Contract over")
        assert effect.participants == len(before - world.seen(world.bob))
        loses_all = world.manage_agreements.all() and not world.seen(world.bob)
        assert [user.email for user in effect.users] == ([BOSS] if loses_all else [])


def test_the_effect_of_adding_is_what_users_then_newly_see(world: AccessWorld) -> None:
    world.manage_agreements.end("ag-2", reason="Contract over")
    before = world.seen(world.bob)
    adding = new(world, lead_provider_id=OTHER_LEAD.id, delivery_partner_id=NORTH.id)
    widening = world.manage_agreements.effect_of_adding(adding).widening
    assert world.seen(world.bob) == before
    world.manage_agreements.add(adding)
    assert widening is not None
    assert (widening.users, widening.newly.already) == (1, len(before))
    assert widening.newly.participants == len(world.seen(world.bob) - before) > 0


def test_adding_what_is_covered_already_has_no_effect_and_what_starts_later_has_its_own_then(
    world: AccessWorld,
) -> None:
    covered = new(world, lead_provider_id=OTHER_LEAD.id, delivery_partner_id=NORTH.id)
    assert world.manage_agreements.effect_of_adding(covered).widening is None
    later = world.today + timedelta(days=9)
    widening = world.manage_agreements.effect_of_adding(new(world, lead_provider_id=LEAD.id, starts_on=later)).widening
    assert widening is not None
    assert (widening.partner, widening.users) == (SOUTH, 0)
    assert widening.newly == NewlySeen(on=later, participants=1, already=0)


def test_a_suspended_user_or_one_with_access_only_elsewhere_loses_none(world: AccessWorld) -> None:
    world.manage_agreements.end("ag-2", reason="Contract over")
    world.access.suspend(BOSS, reason="Investigation")
    assert list(world.manage_agreements.effect_of_ending("ag-1").users) == []
    assert world.manage_agreements.effect_of_ending("ag-1").participants == 3


def test_an_agreement_that_covers_nothing_more_than_another_takes_no_participant_out_of_view(
    world: AccessWorld,
) -> None:
    twin = world.manage_agreements.add(new(world, lead_provider_id=OTHER_LEAD.id, delivery_partner_id=NORTH.id))
    effect = world.manage_agreements.effect_of_ending(twin.id)
    assert (list(effect.users), effect.participants, effect.ended_on) == ([], 0, world.today)


def test_a_feed_does_not_bring_back_what_was_ended_by_hand(world: AccessWorld) -> None:
    world.manage_agreements.end("ag-2", reason="Contract over")
    world.load()
    assert "harbours" not in world.seen(world.bob)
    assert REFERENCES.agreements is not None


def test_every_change_of_an_agreement_is_exactly_one_event(world: AccessWorld) -> None:
    before = len(world.audit())
    added = world.manage_agreements.add(new(world))
    world.manage_agreements.end(added.id, reason="A mistake", by=world.sue.user_id)
    events = world.audit()[before:]
    assert [event.kind for event in events] == [AuditKind.AGREEMENT_ADDED, AuditKind.AGREEMENT_ENDED]
    assert [event.actor for event in events] == [None, world.sue.user_id]
    assert {event.organisation_id for event in events} == {SOUTH.id}
    assert [event.details["reason"] for event in events] == ["Signed today", "A mistake"]
    assert {event.details["agreement_id"] for event in events} == {added.id}


def test_every_version_tells_when_it_was_recorded_and_by_which_user(world: AccessWorld) -> None:
    first = world.now
    added = world.manage_agreements.add(new(world))
    world.pass_time(days=1)
    ended = world.manage_agreements.end(added.id, reason="A mistake", by=world.sue.user_id)
    with world.storage.reading() as work:
        assert work.agreement_history.of_agreement(added.id) == [
            AgreementVersion(agreement=added, recorded_at=first),
            AgreementVersion(agreement=ended, recorded_at=world.now, recorded_by=world.sue.user_id),
        ]
