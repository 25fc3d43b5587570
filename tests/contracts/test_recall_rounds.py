"""A round of recalls that fails, is killed, or runs beside another is made good by the next (rule 15)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest
from attrs import field, frozen

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import StorageBusy, StorageUnavailable
from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.services.audit.recall_files import RecallFiles, RecallRound
from tests.contracts.interleaving import Outcomes, SteppingStorage, interleavings
from tests.contracts.recalling import (
    AGREEMENT,
    again,
    asked,
    by_command,
    by_earlier_day,
    by_its_last_day,
    confirming,
    recalled_by_round,
    renewed,
    state,
    the_agreement,
)
from tests.contracts.test_tracing import downloaded
from tests.integration.web.world import (
    CAT,
    RECORDS,
    World,
    with_feed_and_access,
)


@pytest.fixture
def world(storage: Storage) -> World:
    return with_feed_and_access(World(storage=storage))


def test_a_file_that_a_renewal_covered_is_recalled_by_the_round_after_one_that_failed(world: World) -> None:
    downloaded(world)
    renewal = renewed(world)
    by_its_last_day(world)
    recalled_by_round(world)
    world.services().manage_agreements.end(renewal, reason="Over")
    broken = RecallFiles(storage=cast("Storage", FailsOnce(world.storage, 0)), clock=world.clock)
    with pytest.raises(StorageBusy):
        broken.do_due()
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=1)
    assert len(state(world).files) == 1


def test_an_earlier_recall_that_fails_again_and_again_holds_back_no_other_and_is_done_once_it_can_be(
    world: World,
) -> None:
    downloaded(world)
    renewal = renewed(world)
    by_its_last_day(world)
    recalled_by_round(world)
    world.pass_time(days=30)
    downloaded(world)
    world.services().manage_agreements.end(renewal, reason="Over")
    failing = FailsForOne(world.storage, AGREEMENT)
    for _ in range(3):
        broken = RecallFiles(storage=cast("Storage", failing), clock=world.clock)
        with pytest.raises(LookupError):
            broken.open_due()
        found = confirming(world).state_of(renewal)
        assert found is not None
        assert len(found.files) == 1
        assert len(world.audit(AuditKind.FILES_RECALLED)) == 1
        world.pass_time(days=2)
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=1)
    assert len(state(world).files) == 1
    assert recalled_by_round(world) == RecallRound()


@frozen
class FailsForOne:
    """A storage that can't add to the recall of one agreement."""

    storage: Storage
    agreement_id: str

    def reading(self) -> UnitOfWork:
        return self.storage.reading()

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        with self.storage.writing() as work:
            yield cast("UnitOfWork", UnreadableAgreement(work, self.agreement_id))


@frozen
class UnreadableAgreement:
    """A unit of work in which one agreement can't be locked."""

    work: UnitOfWork
    agreement_id: str

    def __getattr__(self, name: str) -> object:
        return self if name == "organisations" else getattr(self.work, name)

    def hold_agreement(self, agreement_id: str) -> None:
        if agreement_id == self.agreement_id:
            raise LookupError("This row cannot be read.")
        self.work.organisations.hold_agreement(agreement_id)

    def agreement(self, agreement_id: str) -> Agreement | None:
        return self.work.organisations.agreement(agreement_id)


@pytest.mark.parametrize("changes", [0, 1, 2])
def test_a_round_that_was_killed_at_any_change_is_done_by_the_next(world: World, changes: int) -> None:
    downloaded(world)
    by_command(world)
    breaking = RecallFiles(storage=cast("Storage", BreaksAfter(world.storage, changes)), clock=world.clock)
    with pytest.raises(StorageUnavailable):
        breaking.do_due()
    assert asked(world) == []
    assert recalled_by_round(world).mailed == 1
    assert len(asked(world)) == 1
    assert state(world).waiting == 1


@frozen
class BreaksAfter:
    """A storage that is gone after so many changes."""

    storage: Storage
    changes: int
    begun: list[int] = field(factory=list)

    def reading(self) -> UnitOfWork:
        return self.storage.reading()

    def writing(self) -> UnitOfWork:
        if len(self.begun) == self.changes:
            raise StorageUnavailable("It was killed.")
        self.begun.append(1)
        return self.storage.writing()


@pytest.mark.parametrize("failing", range(6))
def test_whichever_change_of_a_round_fails_all_that_do_not_rest_on_it_are_done(world: World, failing: int) -> None:
    downloaded(world)
    by_earlier_day(world)
    recalled_by_round(world)
    again(world, 1)
    again(world, 2, CAT)
    world.load(RECORDS, References(agreements=[the_agreement()]), wider=True)
    broken = RecallFiles(storage=cast("Storage", FailsOnce(world.storage, failing)), clock=world.clock)
    try:
        done = broken.do_due()
    except StorageBusy:
        done = recalled_by_round(world)
        assert sorted([done.opened, done.withdrawn, done.mailed]) in ([0, 0, 1], [0, 1, 1])
    else:
        assert done == RecallRound(opened=2, withdrawn=1, mailed=2)


@frozen
class FailsOnce:
    """A storage in which one change fails, the others before and after it don't."""

    storage: Storage
    failing: int
    begun: list[int] = field(factory=list)

    def reading(self) -> UnitOfWork:
        return self.storage.reading()

    def writing(self) -> UnitOfWork:
        self.begun.append(1)
        if len(self.begun) == self.failing + 1:
            raise StorageBusy("This change failed.")
        return self.storage.writing()


def test_of_two_rounds_at_once_one_opens_and_each_holder_is_mailed_once(storage: Storage) -> None:
    world = with_feed_and_access(World(storage=cast("Storage", SteppingStorage(storage))))
    downloaded(world)
    number = 0

    def stage() -> World:
        nonlocal number
        number += 1
        return again(world, number)

    def holds(_at: World, outcomes: Outcomes) -> None:
        done = [each for each in (outcomes.first, outcomes.second) if isinstance(each, RecallRound)]
        assert (sum(each.opened for each in done), sum(each.mailed for each in done)) == (1, 1)

    interleavings(stage, (recalled_by_round, recalled_by_round), holds)
