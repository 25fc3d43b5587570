"""What ends a session ends it, whatever another request does meanwhile: each pair of acts in all interleavings."""

from collections.abc import Callable
from functools import partial
from typing import Final

import pytest
from attrs import frozen

from checkdata.domain.access.proposals import PROPOSAL_LIVES, ProposalId
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage
from checkdata.domain.services.sign_in.begin_session import NewSession
from checkdata.domain.services.sign_in.make_link import new_link
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.domain.sign_in.sessions import LinkPurpose, Session
from checkdata.domain.values import EmailAddress
from tests.access_world import BODY, BOSS, NORTH, AccessWorld
from tests.contracts.interleaving import Outcomes, Refused, SteppingStorage, interleavings
from tests.contracts.units_of_work import write

BROWSER: Final = "what the browser keeps beside the cookie of its session"
MOVED: Final = EmailAddress("boss@moved.example")


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    """Bob may act for a partner and for a body."""
    world = AccessWorld(storage=SteppingStorage(storage))
    world.add(BOSS, Role.APPROPRIATE_BODY, BODY.id)
    return world


@frozen
class Stage:
    """Bob, signed in at one browser, with two links that still work."""

    world: AccessWorld
    visit: Visit
    cookie: str
    address: EmailAddress
    tokens: tuple[str, str]
    proposal_id: ProposalId

    def use_link(self) -> NewSession:
        return self.world.sign_in.sign_in(self.tokens[0])

    def use_other_link(self) -> NewSession:
        return self.world.sign_in.sign_in(self.tokens[1])

    def use_link_here(self) -> NewSession:
        return self.world.sign_in.sign_in(self.tokens[0], instead_of=self.visit)

    def choose(self) -> str | None:
        return self.world.sign_in.choose(self.visit, NORTH)

    def choose_another(self) -> str | None:
        return self.world.sign_in.choose(self.visit, BODY)

    def sign_out(self) -> None:
        self.world.sign_in.sign_out(self.visit)

    def sign_out_by_the_old_cookie(self) -> None:
        """The session that the cookie names may have been replaced before it was looked up."""
        self.world.sign_in.sign_out(self.world.sign_in.resume(self.cookie), BROWSER)

    def end_sessions(self) -> int:
        return self.world.help_users.end_sessions(self.address, reason="Lost laptop")

    def suspend(self) -> object:
        return self.world.access.suspend(self.address, reason="Investigation")

    def change_address(self) -> object:
        other = MOVED if self.address == BOSS else BOSS
        return self.world.help_users.change_address(self.address, other, reason="Married")

    def confirm_address(self) -> object:
        return self.world.confirm_changes.confirm(self.proposal_id, by=self.world.ben.user_id)

    def delete_without_a_lock(self) -> int:
        """What an operator does by hand, who locks nobody; how many there were."""
        return write(self.world.storage, lambda work: work.sign_ins.end_sessions(self.world.bob.user_id))

    def expire(self) -> None:
        self.world.pass_time(minutes=31)

    def held(self) -> list[Session]:
        """The sessions by which Bob can go on."""
        with self.world.storage.reading() as work:
            found = work.sign_ins.sessions_of(self.world.bob.user_id)
        return [session for session in found if session.holds(self.world.now, self.world.sign_in.lifetimes)]


Act = Callable[[Stage], object]

ENDS: Final[tuple[Act, ...]] = (
    Stage.sign_out,
    Stage.sign_out_by_the_old_cookie,
    Stage.end_sessions,
    Stage.suspend,
    Stage.change_address,
    Stage.confirm_address,
    Stage.expire,
    Stage.use_link_here,
)
"""What ends the session that Bob has, whatever is chosen in it meanwhile."""

ENDS_LINKS: Final[tuple[Act, ...]] = (Stage.suspend, Stage.change_address, Stage.confirm_address)

ACTS: Final[tuple[Act, ...]] = (*ENDS, Stage.use_link, Stage.use_other_link, Stage.choose, Stage.choose_another)


def staged(world: AccessWorld) -> Stage:
    """Bob signs in, after all that was before is over."""
    bob = world.bob.user_id
    world.now += PROPOSAL_LIVES
    with world.storage.writing() as work:
        work.sign_ins.end_sessions(bob)
        work.sign_ins.end_links(bob, world.now)
        user = work.users.get(bob)
        work.commit()
    assert user is not None
    if user.suspended:
        world.access.reinstate(user.email, reason="Over")
    cookie = world.sign_in.sign_in(a_link(world), browser=BROWSER).token
    visit = world.sign_in.resume(cookie)
    assert visit is not None
    new, sue = MOVED if user.email == BOSS else BOSS, world.sue.user_id
    proposal = world.help_users.propose_address(user.email, new, reason="New domain", by=sue)
    return Stage(world, visit, cookie, user.email, (a_link(world), a_link(world)), proposal.id)


def a_link(world: AccessWorld) -> str:
    token, link = new_link(
        world.bob.user_id, world.tokens, world.now, world.sign_in.lifetimes.link, LinkPurpose.SIGN_IN
    )
    with world.storage.writing() as work:
        work.sign_ins.add_link(link)
        work.commit()
    return token


def begun_after_the_end(stage: Stage) -> bool:
    """Whether the last sign-in comes after the last end of sessions, by the log's own numbers."""
    kinds = (AuditKind.SIGNED_IN, AuditKind.SESSIONS_ENDED)
    return [event.kind for event in stage.world.audit() if event.kind in kinds][-1] is AuditKind.SIGNED_IN


def check(acts: tuple[Act, Act], stage: Stage, outcomes: Outcomes) -> None:
    done = [
        act
        for act, outcome in zip(acts, (outcomes.first, outcomes.second), strict=True)
        if not isinstance(outcome, Refused)
    ]
    held = stage.held()
    old = [session for session in held if session.began_as == stage.visit.session.began_as]
    new = [session for session in held if session not in old]
    assert len(old) <= 1
    assert not (old and any(act in ENDS for act in done))
    assert len(new) <= sum(isinstance(outcome, NewSession) for outcome in (outcomes.first, outcomes.second)) <= 1
    if any(act in ENDS_LINKS for act in done):
        assert not held
    if new and Stage.end_sessions in done:
        assert begun_after_the_end(stage)


@pytest.mark.parametrize("first", ACTS, ids=lambda act: act.__name__)
def test_no_session_is_left_that_a_user_ended_in_any_interleaving(world: AccessWorld, first: Act) -> None:
    for second in ACTS:
        interleavings(lambda: staged(world), (first, second), partial(check, (first, second)))


def test_a_choice_never_takes_the_place_of_a_session_that_was_deleted_meanwhile(world: AccessWorld) -> None:
    def holds(stage: Stage, outcomes: Outcomes) -> None:
        assert not (outcomes.second and stage.held())

    interleavings(lambda: staged(world), (Stage.choose, Stage.delete_without_a_lock), holds)


def test_of_two_who_choose_in_one_session_one_goes_on_and_one_is_signed_out(world: AccessWorld) -> None:
    def holds(_: Stage, outcomes: Outcomes) -> None:
        [token] = [each for each in (outcomes.first, outcomes.second) if isinstance(each, str)]
        assert world.sign_in.resume(token) is not None

    interleavings(lambda: staged(world), (Stage.choose, Stage.choose_another), holds)
