from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import define, evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import InvalidValue, SignInRefused
from checkdata.domain.messages import HowAccessIsGiven, SignInLinkMessage
from checkdata.domain.people.organisations import Role
from checkdata.domain.people.users import User
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.sign_in.sessions import Lifetimes
from checkdata.domain.values import EmailAddress
from tests.unit.services.world import ANN, BODY, NORTH, SOUTH, World

STRANGER = EmailAddress("stranger@else.example")
LIFETIMES = Lifetimes()
MIDNIGHT_IN_LONDON = datetime(2024, 6, 3, 23, 30, tzinfo=UTC)
"""Half an hour after midnight in London, while it is still the day before in UTC."""


@define
class EndsSessionsBetween:
    """A storage in which all sessions end between one question at once and the next."""

    storage: Storage
    asked: int = 0

    def reading(self) -> UnitOfWork:
        return self.storage.reading()

    def writing(self) -> UnitOfWork:
        return self.storage.writing()

    def at_once(self) -> UnitOfWork:
        self.asked += 1
        if self.asked == 2:
            with self.storage.writing() as work:
                for user in work.users.search(""):
                    work.sign_ins.end_sessions(user.id)
                work.commit()
        return self.storage.at_once()


def suspend_without_ending_sessions(world: World, user: User) -> None:
    """Suspend a user whose sessions and links go on, so that each other guard has to hold by itself."""
    with world.storage.writing() as work:
        work.users.replace(evolve(user, suspended=True))
        work.commit()


def test_a_link_signs_in_its_user(world: World) -> None:
    user = world.add()
    visit = world.sign_in.resume(world.sign_in.sign_in(world.link()).token)
    assert visit is not None
    assert visit.user == user


def test_an_address_is_known_however_it_is_typed(world: World) -> None:
    world.add()
    world.sign_in.request_link("  Ann@NORTH.example ", "192.0.2.1")
    world.send_mail.send_due()
    assert isinstance(world.mailer.sent[-1][1], SignInLinkMessage)


@pytest.mark.parametrize("typed", ["", "ann", "ann@north", "a nn@north.example", "a@b.example\r\nBcc: x@y.example"])
def test_what_is_no_address_is_refused_and_nothing_is_queued(world: World, typed: str) -> None:
    with pytest.raises(InvalidValue):
        world.sign_in.request_link(typed, "192.0.2.1")
    assert world.send_mail.send_due().sent == 0


def test_a_link_works_once(world: World) -> None:
    world.add()
    token = world.link()
    world.sign_in.sign_in(token)
    assert not world.sign_in.link_works(token)
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in(token)


def test_looking_at_a_link_does_not_use_it(world: World) -> None:
    world.add()
    token = world.link()
    assert all(world.sign_in.link_works(token) for _ in range(3))
    world.sign_in.sign_in(token)


def test_a_link_lives_sixty_minutes_and_not_longer(world: World) -> None:
    world.add()
    token = world.link()
    world.pass_time(minutes=59, seconds=59)
    assert world.sign_in.link_works(token)
    world.pass_time(seconds=1)
    assert not world.sign_in.link_works(token)
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in(token)


def test_an_unknown_link_is_refused_like_a_used_one(world: World) -> None:
    world.add()
    token = world.link()
    world.sign_in.sign_in(token)
    with pytest.raises(SignInRefused) as used:
        world.sign_in.sign_in(token)
    with pytest.raises(SignInRefused) as unknown:
        world.sign_in.sign_in("never-minted")
    assert str(used.value) == str(unknown.value)


def test_success_ends_every_other_link_of_the_user(world: World) -> None:
    world.add()
    first, second = world.link(), world.link()
    world.sign_in.sign_in(second)
    assert not world.sign_in.link_works(first)


def test_a_suspended_users_link_fails(world: World) -> None:
    world.add()
    token = world.link()
    world.access.suspend(ANN, reason="Left")
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in(token)


def test_a_suspended_users_link_fails_without_being_ended(world: World) -> None:
    user = world.add()
    token = world.link()
    suspend_without_ending_sessions(world, user)
    assert world.sign_in.link_works(token)
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in(token)


def test_suspending_ends_links_which_stay_dead_after_a_reinstatement(world: World) -> None:
    world.add()
    token = world.link()
    world.access.suspend(ANN, reason="Investigation")
    assert not world.sign_in.link_works(token)
    world.access.reinstate(ANN, reason="Cleared")
    assert not world.sign_in.link_works(token)
    with pytest.raises(SignInRefused):
        world.sign_in.sign_in(token)


def test_suspending_ends_sessions_which_stay_ended_after_a_reinstatement(world: World) -> None:
    world.add()
    cookie = world.sign_in.sign_in(world.link()).token
    world.access.suspend(ANN, reason="Investigation")
    assert world.sign_in.resume(cookie) is None
    world.access.reinstate(ANN, reason="Cleared")
    assert world.sign_in.resume(cookie) is None


def test_no_link_is_made_for_a_user_who_was_suspended_after_asking(world: World) -> None:
    user = world.add()
    world.send_mail.send_due()
    world.sign_in.request_link(str(ANN), "192.0.2.1")
    suspend_without_ending_sessions(world, user)
    world.send_mail.send_due()
    assert not any(isinstance(message, SignInLinkMessage) for _, message in world.mailer.sent)


def test_a_suspended_user_whose_session_goes_on_may_do_and_choose_nothing(world: World) -> None:
    user = world.add()
    cookie = world.sign_in.sign_in(world.link()).token
    suspend_without_ending_sessions(world, user)
    visit = world.sign_in.resume(cookie)
    if visit is not None:
        assert visit.acting is not None
        assert not visit.decide(visit.acting)
        assert visit.choices == ()
        assert world.sign_in.choose(visit, NORTH) is None


def test_a_suspended_user_is_mailed_like_a_stranger(world: World) -> None:
    world.add()
    world.send_mail.send_due()
    world.access.suspend(ANN, reason="Left")
    for address in (ANN, STRANGER):
        world.sign_in.request_link(str(address), "192.0.2.1")
    world.send_mail.send_due()
    assert [(to, type(message)) for to, message in world.mailer.sent[-2:]] == [
        (ANN, HowAccessIsGiven),
        (STRANGER, HowAccessIsGiven),
    ]


def test_a_user_with_one_choice_acts_for_it_at_once(world: World) -> None:
    world.add()
    acting = world.sign_in.sign_in(world.link()).acting
    assert acting is not None
    assert acting.organisation == NORTH


def test_sign_in_offers_what_is_granted_today_in_london(world: World) -> None:
    world.now = MIDNIGHT_IN_LONDON
    world.add()
    assert world.access.search()[0].grants[0].granted_on == date(2024, 6, 4)
    signed_in = world.sign_in.sign_in(world.link())
    assert signed_in.acting is not None
    visit = world.sign_in.resume(signed_in.token)
    assert visit is not None
    assert visit.decide(signed_in.acting)


def test_sign_in_offers_nothing_that_ended_yesterday_in_london(world: World) -> None:
    world.add()
    world.add(role=Role.APPROPRIATE_BODY, organisation=BODY.id)
    world.now = MIDNIGHT_IN_LONDON
    world.access.remove(ANN, organisation_id=BODY.id, reason="Moved on")
    acting = world.sign_in.sign_in(world.link()).acting
    assert acting is not None
    assert acting.organisation == NORTH


def test_a_choice_is_among_what_is_granted_today_in_london(world: World) -> None:
    world.add()
    world.now = MIDNIGHT_IN_LONDON
    token = world.sign_in.sign_in(world.link()).token
    world.add(role=Role.APPROPRIATE_BODY, organisation=BODY.id)
    visit = world.sign_in.resume(token)
    assert visit is not None
    assert world.sign_in.choose(visit, BODY) is not None


def test_a_user_with_several_choices_acts_for_none_until_one_is_made(world: World) -> None:
    world.add()
    world.add(role=Role.APPROPRIATE_BODY, organisation=BODY.id)
    signed_in = world.sign_in.sign_in(world.link())
    visit = world.sign_in.resume(signed_in.token)
    assert visit is not None
    assert (signed_in.acting, visit.acting) == (None, None)
    assert [choice.organisation for choice in visit.choices] == [NORTH, BODY]


def test_a_choice_gives_a_new_session_and_ends_the_old_one(world: World) -> None:
    world.add()
    world.add(role=Role.APPROPRIATE_BODY, organisation=BODY.id)
    old = world.sign_in.sign_in(world.link()).token
    visit = world.sign_in.resume(old)
    assert visit is not None
    new = world.sign_in.choose(visit, BODY)
    assert new is not None
    assert world.sign_in.resume(old) is None
    chosen = world.sign_in.resume(new)
    assert chosen is not None
    assert chosen.acting is not None
    assert chosen.acting.organisation == BODY


def test_a_user_can_not_choose_what_was_not_granted(world: World) -> None:
    world.add()
    token = world.sign_in.sign_in(world.link()).token
    visit = world.sign_in.resume(token)
    assert visit is not None
    assert world.sign_in.choose(visit, SOUTH) is None
    assert world.sign_in.resume(token) is not None


def test_choosing_again_does_not_make_a_session_younger(world: World) -> None:
    world.add()
    token = world.sign_in.sign_in(world.link()).token
    started = world.now
    while world.now < started + LIFETIMES.whole - timedelta(minutes=20):
        visit = world.sign_in.resume(token)
        assert visit is not None
        chosen = world.sign_in.choose(visit, NORTH)
        assert chosen is not None
        token = chosen
        world.pass_time(minutes=20)
    world.pass_time(minutes=20)
    assert world.sign_in.resume(token) is None


def test_a_session_ends_when_it_is_idle_too_long(world: World) -> None:
    world.add()
    token = world.sign_in.sign_in(world.link()).token
    world.pass_time(minutes=29)
    assert world.sign_in.resume(token) is not None
    world.pass_time(minutes=29)
    assert world.sign_in.resume(token) is not None
    world.pass_time(minutes=30)
    assert world.sign_in.resume(token) is None


def test_a_session_ends_after_eight_hours_however_busy(world: World) -> None:
    world.add()
    token = world.sign_in.sign_in(world.link()).token
    for _ in range(47):
        world.pass_time(minutes=10)
        assert world.sign_in.resume(token) is not None
    world.pass_time(minutes=10)
    assert world.sign_in.resume(token) is None


def test_signing_out_ends_the_session_for_good(world: World) -> None:
    world.add()
    token = world.sign_in.sign_in(world.link()).token
    visit = world.sign_in.resume(token)
    assert visit is not None
    world.sign_in.sign_out(visit)
    assert world.sign_in.resume(token) is None


def test_a_session_that_ends_while_it_is_noted_as_seen_is_over(world: World) -> None:
    world.add()
    token = world.sign_in.sign_in(world.link()).token
    world.pass_time(minutes=2)
    signing_in = evolve(world.sign_in, storage=EndsSessionsBetween(world.storage))
    assert signing_in.resume(token) is None


def test_a_removed_grant_refuses_the_very_next_request(world: World) -> None:
    world.add()
    token = world.sign_in.sign_in(world.link()).token
    before = world.sign_in.resume(token)
    assert before is not None
    assert before.acting is not None
    assert before.decide(before.acting)
    world.access.remove(ANN, reason="Moved on")
    after = world.sign_in.resume(token)
    assert after is not None
    assert not after.decide(before.acting)
    assert after.choices == ()


def test_signing_in_choosing_and_signing_out_are_recorded(world: World) -> None:
    user = world.add()
    visit = world.sign_in.resume(world.sign_in.sign_in(world.link()).token)
    assert visit is not None
    world.sign_in.choose(visit, NORTH)
    world.sign_in.sign_out(visit)
    events = [event for event in world.audit() if event.actor == user.id]
    assert [event.kind for event in events] == [AuditKind.SIGNED_IN, AuditKind.ROLE_CHOSEN, AuditKind.SIGNED_OUT]
