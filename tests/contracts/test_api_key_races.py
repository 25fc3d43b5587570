"""Who collects, uses or ends an API key at once with another: each pair in all interleavings (security.md 58)."""

from contextlib import suppress

import pytest

from checkdata.domain.access.decision import AccessRefused
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken, StorageConflict
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.issue_keys import CollectedKey
from checkdata.domain.sign_in.api_keys import (
    ApiKey,
)
from tests.access_world import BOSS, NORTH, AccessWorld
from tests.contracts.interleaving import Outcomes, SteppingStorage, interleavings
from tests.contracts.interleaving import Refused as WasRefused
from tests.contracts.test_api_keys import collected, issued, works


def test_of_two_who_collect_one_gets_the_secret_that_works(storage: Storage) -> None:
    world = AccessWorld(storage=SteppingStorage(storage))

    def holds(_: ApiKey, outcomes: Outcomes) -> None:
        [got] = [each for each in (outcomes.first, outcomes.second) if isinstance(each, CollectedKey)]
        assert works(world, got.secret)

    def collect(key: ApiKey) -> object:
        return world.issue_keys.collect(key.id, by=world.bob)

    interleavings(lambda: issued(world), (collect, collect), holds)


def test_of_two_who_revoke_one_does_and_one_is_told(storage: Storage) -> None:
    world = AccessWorld(storage=SteppingStorage(storage))

    def holds(got: CollectedKey, outcomes: Outcomes) -> None:
        refused = [each for each in (outcomes.first, outcomes.second) if isinstance(each, WasRefused)]
        assert [type(each.why) for each in refused] == [Overtaken]
        assert world.use_keys.visit(got.secret) is None

    interleavings(
        lambda: collected(world),
        (
            lambda got: world.issue_keys.revoke(got.key.id, reason="Lost", by=world.sue.user_id),
            lambda got: world.issue_keys.revoke_own(got.key.id, reason="Found in a log", by=world.bob),
        ),
        holds,
    )


@pytest.mark.parametrize("ends", ["revoke", "remove", "suspend"])
def test_what_is_collected_or_used_at_once_with_an_end_does_not_work_afterwards(storage: Storage, ends: str) -> None:
    world = AccessWorld(storage=SteppingStorage(storage))

    def stage() -> ApiKey:
        with suppress(ChangeRefused, StorageConflict):
            world.access.reinstate(BOSS, reason="Back")
        with suppress(ChangeRefused, StorageConflict):
            world.add(BOSS, Role.DELIVERY_PARTNER, NORTH.id)
        return issued(world)

    def end(key: ApiKey) -> object:
        if ends == "revoke":
            return world.issue_keys.revoke(key.id, reason="Lost", by=world.sue.user_id)
        change = world.access.remove if ends == "remove" else world.access.suspend
        return change(BOSS, reason="Left")

    def collect_and_use(key: ApiKey) -> object:
        with suppress(AccessRefused):
            got = world.issue_keys.collect(key.id, by=world.bob)
            world.use_keys.visit(got.secret)
            return got
        return None

    def holds(_: ApiKey, outcomes: Outcomes) -> None:
        if isinstance(outcomes.first, CollectedKey):
            assert not works(world, outcomes.first.secret)
        assert not isinstance(outcomes.second, WasRefused)
        assert [event.kind for event in world.audit() if event.kind in turns][-1] is not AuditKind.KEY_COLLECTED

    turns = AuditKind.KEY_COLLECTED, AuditKind.KEY_REVOKED, AuditKind.GRANT_ENDED, AuditKind.USER_SUSPENDED
    interleavings(stage, (collect_and_use, end), holds)
