"""Of two colleagues who look after their team at once, one is told that the other was faster, in every interleaving."""

from functools import partial
from uuid import uuid4

import pytest
from attrs import frozen

from checkdata.domain.access.decision import AccessRefused, Acting
from checkdata.domain.errors import Overtaken
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage
from checkdata.domain.values import EmailAddress, UserId
from tests.access_world import NORTH, AccessWorld
from tests.contracts.interleaving import Outcomes, Refused, SteppingStorage, interleavings


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    return AccessWorld(storage=SteppingStorage(storage))


@frozen
class Colleagues:
    """Two users of one team, and what each saw of the other and of the team."""

    world: AccessWorld
    ann: Acting
    bea: Acting
    team: FormDigest

    def leaves(self, who: Acting, by: Acting) -> object:
        colleague = self.world.keep_team.colleague(who.user_id, by)
        seen = None if colleague is None else colleague.seen
        try:
            return self.world.keep_team.has_left(who.user_id, by=by, seen=seen)
        except AccessRefused as refused:
            raise Overtaken("The other was faster.") from refused

    def confirms(self, by: Acting) -> object:
        return self.world.keep_team.confirm(by=by, seen=self.team)


def colleagues(world: AccessWorld) -> Colleagues:
    """Two new colleagues of Bob's; those of before are gone, because a team is confirmed as a whole."""
    for colleague in world.keep_team.team(world.bob).colleagues:
        if colleague.user.id != world.bob.user_id:
            world.access.remove(colleague.user.email, reason="Left")
    ann, bea = (EmailAddress(f"{name}-{uuid4().hex}@north.example") for name in ("ann", "bea"))
    first, second = (Acting(world.add(email, Role.DELIVERY_PARTNER, NORTH.id).id, NORTH) for email in (ann, bea))
    return Colleagues(world, first, second, world.keep_team.team(world.bob).seen)


def one_was_faster(outcomes: Outcomes) -> None:
    refused = [each.why for each in (outcomes.first, outcomes.second) if isinstance(each, Refused)]
    assert len(refused) == 1
    assert isinstance(refused[0], Overtaken)


def is_suspended(world: AccessWorld, user_id: UserId) -> bool:
    found = world.access.user(user_id)
    assert found is not None
    return found.user.suspended


def test_of_two_who_say_of_each_other_that_they_left_one_stays(world: AccessWorld) -> None:
    def check(made: Colleagues, outcomes: Outcomes) -> None:
        one_was_faster(outcomes)
        assert [is_suspended(world, each.user_id) for each in (made.ann, made.bea)].count(True) == 1

    interleavings(
        partial(colleagues, world),
        (lambda made: made.leaves(made.ann, made.bea), lambda made: made.leaves(made.bea, made.ann)),
        check,
    )


def test_of_two_who_confirm_their_team_from_one_page_one_is_told_that_it_changed(world: AccessWorld) -> None:
    interleavings(
        partial(colleagues, world),
        (lambda made: made.confirms(made.ann), lambda made: made.confirms(made.bea)),
        lambda _, outcomes: one_was_faster(outcomes),
    )
