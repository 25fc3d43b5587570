"""What every adapter of `checkdata.domain.ports.Notices` must do, and setting notices over each of them."""

from datetime import timedelta

import pytest
from attrs import evolve

from checkdata.domain.access.decision import AccessRefused
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken, StorageConflict
from checkdata.domain.notices import LONGEST_NOTICE, Notice, NoticeKind
from checkdata.domain.ports import Storage
from checkdata.domain.services.operations.service_notices import ServiceNotices, digest_of
from checkdata.domain.values import UserId
from tests.access_world import BOSS, AccessWorld
from tests.strategies import NOON

HOUR = timedelta(hours=1)
NOTICE = Notice(
    kind=NoticeKind.BANNER, text="Late", starts_at=NOON, ends_at=NOON + HOUR, set_by=UserId("u-1"), set_at=NOON
)


def kept(storage: Storage) -> list[Notice]:
    with storage.reading() as work:
        return list(work.notices.all())


def add(storage: Storage, notice: Notice) -> None:
    with storage.writing() as work:
        work.notices.add(notice)
        work.commit()


def drop(storage: Storage, notice: Notice) -> None:
    with storage.writing() as work:
        work.notices.drop(notice)
        work.commit()


def test_there_is_one_notice_of_each_kind_by_kind(storage: Storage) -> None:
    closed = evolve(NOTICE, kind=NoticeKind.MAINTENANCE, set_by=None)
    add(storage, closed)
    add(storage, NOTICE)
    assert kept(storage) == [NOTICE, closed]
    with pytest.raises(StorageConflict):
        add(storage, evolve(NOTICE, text="Another"))
    assert kept(storage) == [NOTICE, closed]


def test_a_notice_is_dropped_as_it_was_seen_and_once(storage: Storage) -> None:
    add(storage, NOTICE)
    for other in (evolve(NOTICE, text="Another"), evolve(NOTICE, set_at=NOON + HOUR)):
        with pytest.raises(StorageConflict):
            drop(storage, other)
    drop(storage, NOTICE)
    assert kept(storage) == []
    with pytest.raises(StorageConflict):
        drop(storage, NOTICE)


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    return AccessWorld(storage=storage)


def noticing(world: AccessWorld) -> ServiceNotices:
    return ServiceNotices(storage=world.storage, clock=world.clock)


def test_a_notice_takes_the_place_of_the_one_before_and_each_step_is_on_record(world: AccessWorld) -> None:
    service, by = noticing(world), world.sue.user_id
    service.set(NoticeKind.BANNER, " Data\nare late ", ends_at=world.now + HOUR, by=by)
    service.set(NoticeKind.BANNER, "Back", starts_at=world.now + HOUR, ends_at=world.now + 2 * HOUR)
    [standing] = service.standing()
    assert (standing.text, standing.shows(world.now), standing.shows(world.now + HOUR)) == ("Back", False, True)
    service.end(NoticeKind.BANNER, by=by)
    assert not service.standing()
    told = [event for event in world.audit() if event.kind in (AuditKind.NOTICE_SET, AuditKind.NOTICE_ENDED)]
    assert [(event.kind, event.actor, event.details["text"]) for event in told] == [
        (AuditKind.NOTICE_SET, by, "Data are late"),
        (AuditKind.NOTICE_SET, None, "Back"),
        (AuditKind.NOTICE_ENDED, by, "Back"),
    ]


def test_one_whose_time_is_past_stands_no_more_and_another_takes_its_place(world: AccessWorld) -> None:
    service = noticing(world)
    service.set(NoticeKind.BANNER, "Late", ends_at=world.now + HOUR)
    world.pass_time(hours=1)
    assert not service.standing()
    with pytest.raises(Overtaken):
        service.end(NoticeKind.BANNER)
    service.set(NoticeKind.BANNER, "Later", ends_at=world.now + HOUR)
    assert [notice.text for notice in service.standing()] == ["Later"]


def test_only_support_and_operators_change_it_and_only_as_they_saw_it(world: AccessWorld) -> None:
    service, bob = noticing(world), world.bob.user_id
    with pytest.raises(AccessRefused):
        service.set(NoticeKind.BANNER, "Late", ends_at=world.now + HOUR, by=bob)
    nothing = digest_of([], world.now)
    service.set(NoticeKind.BANNER, "Late", ends_at=world.now + HOUR, by=world.sue.user_id, seen=nothing)
    with pytest.raises(Overtaken):
        service.set(NoticeKind.BANNER, "Other", ends_at=world.now + HOUR, by=world.ben.user_id, seen=nothing)
    with pytest.raises(Overtaken):
        service.end(NoticeKind.BANNER, by=world.ben.user_id, seen=nothing)
    assert BOSS.value not in str(service.standing())


@pytest.mark.parametrize("text", [" ", "x" * (LONGEST_NOTICE + 1), "a\u202eb"])
def test_a_text_that_can_not_be_shown_is_refused(world: AccessWorld, text: str) -> None:
    with pytest.raises(ChangeRefused):
        noticing(world).set(NoticeKind.BANNER, text, ends_at=world.now + HOUR)
    assert not noticing(world).standing()


def test_a_notice_ends_later_than_it_starts_and_than_now(world: AccessWorld) -> None:
    for starts_at, ends_at in ((None, world.now), (world.now + HOUR, world.now + HOUR)):
        with pytest.raises(ChangeRefused, match="The end must be in the future"):
            noticing(world).set(NoticeKind.BANNER, "Late", starts_at=starts_at, ends_at=ends_at)
