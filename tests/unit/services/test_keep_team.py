from collections.abc import Callable, Sequence

import pytest
from attrs import evolve

from checkdata.domain.access.decision import AccessRefused, Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, CheckdataError, Overtaken
from checkdata.domain.messages import AccessRemoved, ColleagueLeft, Message
from checkdata.domain.people.organisations import Role
from checkdata.domain.people.users import User
from checkdata.domain.services.access.keep_team import Colleague
from checkdata.domain.values import EmailAddress
from tests.access_world import BODY, BOSS, CAT, NORTH, SUPPORT, AccessWorld

DEE = EmailAddress("dee@north.example")


@pytest.fixture
def world() -> AccessWorld:
    return AccessWorld()


@pytest.fixture
def cat(world: AccessWorld) -> User:
    user = world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id)
    world.mails()
    return user


def changes_nothing(
    world: AccessWorld, change: Callable[[], object], sentence: str, error: type[CheckdataError]
) -> None:
    before = world.audit(), world.grants(CAT), world.access.search()
    with pytest.raises(error, match=sentence):
        change()
    assert (world.audit(), world.grants(CAT), world.access.search()) == before


def shown(world: AccessWorld, by: Acting) -> Sequence[tuple[EmailAddress, bool]]:
    return [(colleague.user.email, colleague.is_due) for colleague in world.keep_team.team(by).colleagues]


def the(world: AccessWorld, user: User) -> Colleague:
    found = world.keep_team.colleague(user.id, world.bob)
    assert found is not None
    return found


def test_the_team_is_who_has_access_for_the_organisation_and_nobody_else(world: AccessWorld, cat: User) -> None:
    world.add(DEE, Role.APPROPRIATE_BODY, BODY.id)
    assert {email for email, _ in shown(world, world.bob)} == {BOSS, CAT}
    assert the(world, cat).last_used is None
    world.access.remove(CAT, reason="Left")
    assert shown(world, world.bob) == [(BOSS, False)]
    assert world.keep_team.colleague(cat.id, world.bob) is None


def test_a_colleague_who_left_is_suspended_at_once_on_record_and_support_is_told(world: AccessWorld, cat: User) -> None:
    world.keep_team.has_left(cat.id, by=world.bob, note="Moved to Leeds", seen=the(world, cat).seen)
    user = world.access.user(cat.id)
    assert user is not None
    assert user.user.suspended
    assert world.mails() == [
        (SUPPORT, ColleagueLeft(role=Role.DELIVERY_PARTNER, organisation=NORTH.name, suspended=True))
    ]
    event = world.audit()[-1]
    assert (event.kind, event.actor, event.subject) == (AuditKind.USER_SUSPENDED, world.bob.user_id, cat.id)
    assert event.details["reason"] == "Has left, as a colleague said. Moved to Leeds"
    changes_nothing(world, lambda: world.keep_team.has_left(cat.id, by=world.bob), "no longer has access", Overtaken)


def test_a_colleague_with_access_elsewhere_loses_only_that_of_this_organisation(world: AccessWorld, cat: User) -> None:
    world.add(CAT, Role.APPROPRIATE_BODY, BODY.id)
    world.mails()
    world.keep_team.has_left(cat.id, by=world.bob)
    user = world.access.user(cat.id)
    assert user is not None
    assert not user.user.suspended
    assert [grant.organisation for grant in user.grants if grant.active(world.today)] == [BODY]
    told: list[tuple[EmailAddress, Message]] = [
        (CAT, AccessRemoved(name=cat.name, role=Role.DELIVERY_PARTNER, organisation=NORTH.name)),
        (SUPPORT, ColleagueLeft(role=Role.DELIVERY_PARTNER, organisation=NORTH.name, suspended=False)),
    ]
    assert list(world.mails()) == told


def test_nobody_says_it_of_themselves_or_of_a_user_of_another_organisation(world: AccessWorld, cat: User) -> None:
    dee = world.add(DEE, Role.APPROPRIATE_BODY, BODY.id)
    team = world.keep_team
    changes_nothing(world, lambda: team.has_left(world.bob.user_id, by=world.bob), "You cannot", ChangeRefused)
    changes_nothing(world, lambda: team.has_left(dee.id, by=world.bob), "no longer has access", Overtaken)
    changes_nothing(world, lambda: team.has_left(world.sue.user_id, by=world.bob), "no longer has access", Overtaken)
    changes_nothing(world, lambda: team.has_left(cat.id, by=Acting(dee.id, NORTH)), "access", AccessRefused)
    changes_nothing(world, lambda: team.confirm(by=Acting(dee.id, NORTH)), "access", AccessRefused)


def test_a_team_that_changed_since_it_was_shown_is_looked_at_again(world: AccessWorld, cat: User) -> None:
    team, colleague = world.keep_team.team(world.bob), the(world, cat)
    world.add(DEE, Role.DELIVERY_PARTNER, NORTH.id)
    world.access.suspend(CAT, reason="Phone lost")
    world.access.reinstate(CAT, reason="Found")
    world.keep_team.has_left(cat.id, by=world.bob, seen=colleague.seen)
    changes_nothing(world, lambda: world.keep_team.confirm(by=world.bob, seen=team.seen), "has changed", Overtaken)


def test_colleagues_are_confirmed_once_a_quarter_each_on_record(world: AccessWorld, cat: User) -> None:
    assert not world.keep_team.team(world.bob).are_due(world.bob.user_id)
    world.pass_time(days=92)
    team = world.keep_team.team(world.bob)
    assert team.are_due(world.bob.user_id)
    assert world.keep_team.confirm(by=world.bob, seen=team.seen) == 1
    assert shown(world, world.bob) == [(BOSS, True), (CAT, False)]
    assert not world.keep_team.team(world.bob).are_due(world.bob.user_id)
    assert world.keep_team.team(Acting(cat.id, NORTH)).are_due(cat.id)
    event = world.audit()[-1]
    assert (event.kind, event.actor, event.subject) == (AuditKind.COLLEAGUE_CONFIRMED, world.bob.user_id, cat.id)
    world.pass_time(days=92)
    assert world.keep_team.team(world.bob).are_due(world.bob.user_id)


def test_a_suspended_colleague_is_shown_and_not_confirmed(world: AccessWorld, cat: User) -> None:
    world.access.suspend(CAT, reason="Phone lost")
    world.pass_time(days=92)
    assert shown(world, world.bob) == [(BOSS, True), (CAT, False)]
    assert world.keep_team.confirm(by=world.bob) == 0
    assert the(world, cat).grant.still_there_on is None


def test_nominations_are_shown_no_matter_who_recorded_them_but_those_that_renew_access(world: AccessWorld) -> None:
    received = world.receive()
    colleague = world.nominate.nominate(DEE, "Dee", by=world.bob)
    [grant] = world.grants(BOSS)
    world.review_access.keep(grant.id, by=world.sue)
    assert {queued.nomination.id for queued in world.keep_team.team(world.bob).nominated} == {received, colleague.id}
    assert list(world.keep_team.team(evolve(world.bob, organisation=BODY)).nominated) == []


def test_no_user_changes_an_account_at_another_spelling_of_their_address(world: AccessWorld) -> None:
    twin = EmailAddress("s.ue+1@dfe.example")
    world.add(twin, Role.DELIVERY_PARTNER, NORTH.id)
    with pytest.raises(ChangeRefused, match="You cannot change your own access"):
        world.access.suspend(twin, reason="Mine", by=world.sue.user_id)
    world.access.suspend(twin, reason="Lost", by=world.ben.user_id)
    with pytest.raises(ChangeRefused, match="You cannot change your own access"):
        world.access.reinstate(twin, reason="Found", by=world.sue.user_id)
