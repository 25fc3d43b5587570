from datetime import UTC, datetime
from typing import Final

import pytest

from checkdata.domain.access.decision import AccessRefused, Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.messages import AccessRemoved
from checkdata.domain.nomination_messages import ConfirmationLinkMessage, NominationDeclined
from checkdata.domain.nominations.steps import Answer, NominationState
from checkdata.domain.people.organisations import PolicyTeam, Role
from checkdata.domain.services.access.review_access import ReviewedGrant, ReviewReason
from checkdata.domain.values import EmailAddress
from tests.access_world import BODY, BOSS, CAT, CONTACT, LEAD, NORTH, OTHER_LEAD, SUE, AccessWorld

HALF_PAST_MIDNIGHT_IN_LONDON: Final = datetime(2024, 9, 1, 23, 30, tzinfo=UTC)
"""Later that day than `unused`, which in London is the day after."""


@pytest.fixture
def world() -> AccessWorld:
    return AccessWorld()


def due(world: AccessWorld, email: EmailAddress = BOSS) -> list[ReviewedGrant]:
    return [reviewed for reviewed in world.review_access.due() if reviewed.user.email == email]


def reasons(world: AccessWorld, email: EmailAddress = BOSS) -> list[tuple[ReviewReason, ...]]:
    return [reviewed.reasons for reviewed in due(world, email)]


def sign_in(world: AccessWorld, email: EmailAddress = BOSS) -> str:
    world.mails()
    world.sign_in.request_link(email.value, "192.0.2.1")
    [(_, message)] = world.mails()
    return world.sign_in.sign_in(getattr(message, "url", "").rpartition("/")[2]).token


def unused(world: AccessWorld) -> str:
    """Bob's grant, 90 days later: its id."""
    world.pass_time(days=90)
    return due(world)[0].grant.id


def test_a_grant_that_was_not_used_for_ninety_days_is_reviewed(world: AccessWorld) -> None:
    world.pass_time(days=89)
    assert reasons(world) == []
    world.pass_time(days=1)
    assert reasons(world) == [(ReviewReason.UNUSED,)]
    assert due(world)[0].last_used is None


def test_signing_in_uses_the_only_access(world: AccessWorld) -> None:
    world.pass_time(days=50)
    sign_in(world)
    used = world.now
    world.pass_time(days=89)
    assert reasons(world) == []
    world.pass_time(days=1)
    assert due(world)[0].last_used == used


def test_of_several_accesses_the_one_chosen_is_used(world: AccessWorld) -> None:
    world.add(BOSS, Role.APPROPRIATE_BODY, BODY.id)
    world.pass_time(days=90)
    token = sign_in(world)
    assert len(due(world)) == 2
    visit = world.sign_in.resume(token)
    assert visit is not None
    world.sign_in.choose(visit, BODY)
    assert [reviewed.grant.organisation for reviewed in due(world)] == [NORTH]


def test_a_grant_confirmed_more_than_a_year_ago_is_reviewed_however_often_it_is_used(world: AccessWorld) -> None:
    world.pass_time(days=365)
    sign_in(world)
    assert reasons(world) == []
    world.pass_time(days=1)
    assert reasons(world) == [(ReviewReason.CONFIRMED_LONG_AGO,)]
    world.pass_time(days=100)
    assert reasons(world) == [(ReviewReason.UNUSED, ReviewReason.CONFIRMED_LONG_AGO)]


def test_grants_that_have_ended_are_not_reviewed(world: AccessWorld) -> None:
    world.access.remove(BOSS, reason="Left")
    world.pass_time(days=400)
    assert reasons(world) == []


def test_removing_ends_the_grant_and_mails_its_holder(world: AccessWorld) -> None:
    grant_id = unused(world)
    world.mails()
    world.review_access.remove(grant_id, reason="Not used", by=world.sue.user_id)
    assert world.mails() == [(BOSS, AccessRemoved(name="Boss", role=Role.DELIVERY_PARTNER, organisation="North Hub"))]
    assert list(world.grants(BOSS)) == []
    assert [event.kind for event in world.audit()][-1] is AuditKind.GRANT_ENDED
    with pytest.raises(ChangeRefused, match="already ended"):
        world.review_access.remove(grant_id, reason="Not used")


def test_keeping_asks_the_lead_provider_that_confirmed_again(world: AccessWorld) -> None:
    grant_id = unused(world)
    world.mails()
    nomination = world.review_access.keep(grant_id, by=world.sue)
    assert (nomination.state, nomination.asked_of, nomination.renews) == (NominationState.ASKED, LEAD.id, grant_id)
    assert due(world)[0].renewal == nomination
    world.answer_by_link.answer(world.answer_by_link.open(world.link()), confirms=True)
    assert due(world) == []
    [grant] = world.grants(BOSS)
    assert (grant.id, grant.confirmed_by, grant.confirmed_on) == (grant_id, LEAD.id, world.today)
    assert grant.nomination_id == nomination.id
    assert world.nomination(nomination.id).state is NominationState.GRANTED


def test_a_kept_access_that_is_declined_ends_at_once(world: AccessWorld) -> None:
    grant_id = unused(world)
    world.review_access.keep(grant_id, by=world.sue)
    world.answer_by_link.answer(world.answer_by_link.open(world.link()), confirms=False, note="Has left")
    assert list(world.grants(BOSS)) == []
    kinds = [type(message) for _, message in world.mails()]
    assert AccessRemoved in kinds
    assert NominationDeclined not in kinds
    assert [event.kind for event in world.audit()][-2:] == [AuditKind.NOMINATION_DECLINED, AuditKind.GRANT_ENDED]


def test_where_the_lead_provider_has_no_agreement_any_more_policy_chooses_another(world: AccessWorld) -> None:
    grant_id = unused(world)
    world.manage_agreements.end("ag-1", reason="Contract over")
    nomination = world.review_access.keep(grant_id, by=world.sue)
    assert nomination.state is NominationState.ESCALATED
    world.nominate.ask(nomination.id, OTHER_LEAD.id, by=world.pam, by_link=False)
    world.answer(nomination.id)
    assert [grant.confirmed_by for grant in world.grants(BOSS)] == [OTHER_LEAD.id]


def test_an_appropriate_bodys_user_is_kept_by_policy(world: AccessWorld) -> None:
    world.add(CAT, Role.APPROPRIATE_BODY, BODY.id)
    world.pass_time(days=90)
    nomination = world.review_access.keep(due(world, CAT)[0].grant.id, by=world.sue)
    world.nominate.decide_for_body(nomination.id, confirms=True, by=world.pam, note="No lead provider")
    assert [grant.confirmed_on for grant in world.grants()] == [world.today]


def test_a_suspended_users_access_is_not_kept(world: AccessWorld) -> None:
    grant_id = unused(world)
    world.access.suspend(BOSS, reason="Investigation")
    with pytest.raises(ChangeRefused, match="suspended"):
        world.review_access.keep(grant_id, by=world.sue)


def test_keeping_twice_at_once_is_refused(world: AccessWorld) -> None:
    grant_id = unused(world)
    world.review_access.keep(grant_id, by=world.sue)
    with pytest.raises(ChangeRefused, match="already"):
        world.review_access.keep(grant_id, by=world.ben)
    world.pass_time(days=28)
    world.review_access.keep(grant_id, by=world.ben)


def test_what_ended_meanwhile_is_not_kept_by_a_late_answer(world: AccessWorld) -> None:
    grant_id = unused(world)
    nomination = world.review_access.keep(grant_id, by=world.sue)
    cookie = world.answer_by_link.open(world.link())
    world.access.remove(BOSS, reason="Left")
    with pytest.raises(ChangeRefused, match="has ended"):
        world.answer_by_link.answer(cookie, confirms=True)
    assert world.nominate.expire_due() == 1
    assert world.nomination(nomination.id).state is NominationState.EXPIRED
    assert list(world.grants(BOSS)) == []


def test_removing_closes_the_question_whether_to_keep(world: AccessWorld) -> None:
    grant_id = unused(world)
    nomination = world.review_access.keep(grant_id, by=world.sue)
    world.review_access.remove(grant_id, reason="Not after all")
    assert world.nomination(nomination.id).state is NominationState.EXPIRED
    assert not any(isinstance(message, ConfirmationLinkMessage) for _, message in world.mails())
    world.receive(BOSS, nominated_by=CAT)


def test_what_ended_today_in_london_has_nothing_to_be_kept(world: AccessWorld) -> None:
    grant_id = unused(world)
    nomination = world.review_access.keep(grant_id, by=world.sue)
    world.now = HALF_PAST_MIDNIGHT_IN_LONDON
    world.access.remove(BOSS, reason="Left")
    assert world.nominate.expire_due() == 1
    assert world.nomination(nomination.id).state is NominationState.EXPIRED


def test_support_and_policy_users_are_shown_and_left_to_an_operator(world: AccessWorld) -> None:
    world.pass_time(days=90)
    teams = [reviewed for reviewed in world.review_access.due() if reviewed.by_operator]
    theirs = {acting.user_id for acting in (world.sue, world.ben, world.pam)}
    assert {reviewed.grant.user_id for reviewed in teams} == theirs
    for reviewed in teams:
        with pytest.raises(ChangeRefused, match="operator"):
            world.review_access.keep(reviewed.grant.id, by=world.sue)
        with pytest.raises(ChangeRefused, match="operator"):
            world.review_access.remove(reviewed.grant.id, reason="x", by=world.sue.user_id)


def test_a_user_can_not_keep_their_own_access(world: AccessWorld) -> None:
    world.add(EmailAddress("sue@dfe.example"), Role.APPROPRIATE_BODY, BODY.id)
    world.pass_time(days=90)
    grants = [reviewed.grant for reviewed in world.review_access.due() if reviewed.grant.organisation == BODY]
    with pytest.raises(ChangeRefused, match="your own access"):
        world.review_access.keep(grants[0].id, by=world.sue)


@pytest.mark.parametrize("suspend", [True, False])
def test_a_user_who_may_not_act_any_more_keeps_and_removes_no_access(world: AccessWorld, *, suspend: bool) -> None:
    grant_id = unused(world)
    if suspend:
        world.access.suspend(SUE, reason="Investigation")
    else:
        world.access.remove(SUE, reason="Left")
    with pytest.raises(AccessRefused):
        world.review_access.keep(grant_id, by=world.sue)
    with pytest.raises(AccessRefused):
        world.review_access.remove(grant_id, reason="Left", by=world.sue.user_id)
    assert due(world)[0].renewal is None


def test_a_registered_contact_is_not_asked_about_their_own_access(world: AccessWorld) -> None:
    world.add(CONTACT, Role.DELIVERY_PARTNER, NORTH.id)
    world.pass_time(days=90)
    world.mails()
    nomination = world.review_access.keep(due(world, CONTACT)[0].grant.id, by=world.sue)
    assert nomination.state is NominationState.ESCALATED
    assert world.mails() == []


def test_who_asked_for_a_reconfirmation_records_no_answer_to_it(world: AccessWorld) -> None:
    world.add(SUE, Role.POLICY)
    nomination = world.review_access.keep(unused(world), by=world.sue)
    sue_as_policy = Acting(world.sue.user_id, PolicyTeam())
    answer = Answer(contact="Ann at Beacon", given_on=world.today, reference="Mail 7")
    for confirms in (True, False):
        with pytest.raises(ChangeRefused, match="You asked for this confirmation"):
            world.nominate.record_answer(nomination.id, answer, confirms=confirms, by=sue_as_policy, note="Not ours")
    world.answer(nomination.id)
    assert [grant.confirmed_on for grant in world.grants(BOSS)] == [world.today]


def test_a_renewal_is_one_event_a_step_and_one_for_the_grant(world: AccessWorld) -> None:
    grant_id = unused(world)
    before = len(world.audit())
    nomination = world.review_access.keep(grant_id, by=world.sue)
    world.answer(nomination.id)
    assert [event.kind for event in world.audit()[before:]] == [
        AuditKind.NOMINATION_RECEIVED,
        AuditKind.NOMINATION_ESCALATED,
        AuditKind.NOMINATION_ASKED,
        AuditKind.NOMINATION_CONFIRMED,
        AuditKind.GRANT_RENEWED,
    ]
    assert Acting(world.bob.user_id, NORTH) == world.bob
