"""A round goes on past what fails in it, so that one bad row does not keep all others waiting."""

import pytest
from attrs import define, evolve, field

from checkdata.domain.errors import StorageBusy, StorageUnavailable
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.services.access.lapse_access import LapseResult
from checkdata.domain.values import EmailAddress
from tests.access_world import BOSS, CAT, NORTH, AccessWorld


@define
class FailingOnce:
    """A storage in which the first change fails, and those after it don't."""

    storage: Storage
    failure: type[StorageUnavailable] = field(default=StorageBusy)
    changes: int = field(default=0)

    def reading(self) -> UnitOfWork:
        return self.storage.reading()

    def at_once(self) -> UnitOfWork:
        return self.storage.at_once()

    def writing(self) -> UnitOfWork:
        self.changes += 1
        if self.changes == 1:
            raise self.failure("This row cannot be read.")
        return self.storage.writing()


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    return AccessWorld(storage=storage)


def test_access_lapses_beside_a_grant_that_fails(world: AccessWorld) -> None:
    emails = [BOSS, CAT]
    world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id)
    world.pass_time(days=180)
    with pytest.raises(StorageBusy):
        evolve(world.lapse_access, storage=FailingOnce(world.storage)).run()
    assert [grant.warning is None for email in emails for grant in world.grants(email)].count(False) == 1
    assert world.lapse_access.run() == LapseResult(warned=1)


def test_nominations_expire_beside_one_that_fails(world: AccessWorld) -> None:
    for email in (CAT, EmailAddress("dee@north.example")):
        world.receive(email)
    world.pass_time(days=28)
    with pytest.raises(StorageBusy):
        evolve(world.nominate, storage=FailingOnce(world.storage)).expire_due()
    assert len(list(world.queue.open())) == 1
    assert world.nominate.expire_due() == 1


def test_a_round_ends_at_once_where_the_storage_does_not_answer(world: AccessWorld) -> None:
    world.add(CAT, Role.DELIVERY_PARTNER, NORTH.id)
    world.pass_time(days=180)
    silent = FailingOnce(world.storage, StorageUnavailable)
    with pytest.raises(StorageUnavailable):
        evolve(world.lapse_access, storage=silent).run()
    assert silent.changes == 1
    assert world.lapse_access.run() == LapseResult(warned=2)
