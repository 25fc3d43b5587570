"""What every adapter of `checkdata.domain.ports.Storage` and `UnitOfWork` must do."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import StorageUnavailable
from checkdata.domain.feed.contents import References
from checkdata.domain.listing.as_of import Import
from checkdata.domain.messages import HowAccessIsGiven
from checkdata.domain.people.organisations import DeliveryPartner, Role
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.values import ImportId
from checkdata.testing import StorageContract
from checkdata.testing._suites.people import ADA, BEA, add_users
from tests.contracts.examples import a_link, a_session
from tests.contracts.units_of_work import read, write
from tests.recent_events import recent
from tests.strategies import NOON, TODAY

PARTNER = DeliveryPartner("north", "North")
IMPORT = Import(id=ImportId("i1"), at=NOON, today=TODAY)


def write_everywhere(work: UnitOfWork) -> None:
    work.users.add(ADA)
    work.sign_ins.add_link(a_link())
    work.sign_ins.add_session(a_session())
    work.outbox.queue(ADA.email, HowAccessIsGiven(), NOON)
    work.audit.record(AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON))
    work.feed_store.put_references(References(delivery_partners=[PARTNER]))
    work.feed_store.show(IMPORT)


def seen(work: UnitOfWork) -> list[bool]:
    """Which of those writes are to be seen."""
    return [
        work.users.get(ADA.id) is not None,
        work.sign_ins.link("l1") is not None,
        work.sign_ins.session("s1") is not None,
        len(recent(work, 1)) == 1,
        work.organisations.find(Role.DELIVERY_PARTNER, "north") is not None,
        work.participants.as_of() == IMPORT,
    ]


class TestStorage(StorageContract):
    def write(self, work: UnitOfWork) -> None:
        write_everywhere(work)

    def seen(self, work: UnitOfWork) -> Sequence[bool]:
        return seen(work)


@pytest.mark.parametrize("committed", [True, False])
def test_mail_that_was_queued_waits_once_it_is_committed(storage: Storage, committed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    with storage.writing() as work:
        write_everywhere(work)
        if committed:
            work.commit()
    assert len(write(storage, lambda work: work.outbox.claim(NOON, NOON, 9))) == committed


WRITES: list[Callable[[UnitOfWork], object]] = [
    lambda work: work.users.add(BEA),
    lambda work: work.users.replace(evolve(ADA, name="New")),
    lambda work: work.sign_ins.add_link(a_link()),
    lambda work: work.sign_ins.add_session(a_session()),
    lambda work: work.sign_ins.end_sessions(ADA.id),
    lambda work: work.outbox.queue(ADA.email, HowAccessIsGiven(), NOON),
    lambda work: work.outbox.claim(NOON, NOON, 1),
    lambda work: work.audit.record(AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON)),
    lambda work: work.feed_store.put_references(References(delivery_partners=[PARTNER])),
    lambda work: work.feed_store.show(IMPORT),
]


@pytest.mark.parametrize("change", WRITES)
def test_a_reader_can_not_write(storage: Storage, change: Callable[[UnitOfWork], object]) -> None:
    add_users(storage, ADA)
    write(storage, lambda work: work.outbox.queue(ADA.email, HowAccessIsGiven(), NOON))
    with storage.reading() as reader, pytest.raises(RuntimeError, match="can't write"):
        change(reader)
    with storage.reading() as work:
        assert seen(work) == [True, False, False, False, False, False]
        assert work.users.get(ADA.id) == ADA
        assert work.users.get(BEA.id) is None


@pytest.mark.parametrize("kind", ["reading", "writing", "at_once"])
def test_nothing_is_asked_of_a_unit_of_work_outside_of_its_with(storage: Storage, kind: str) -> None:
    unit: UnitOfWork = getattr(storage, kind)()
    with pytest.raises(RuntimeError, match="inside its `with`"):
        unit.users.get(ADA.id)
    with unit as work:
        assert work.users.get(ADA.id) is None
    with pytest.raises(RuntimeError, match="inside its `with`"):
        unit.users.get(ADA.id)


def test_nothing_is_asked_of_a_unit_of_work_after_its_commit(storage: Storage) -> None:
    with storage.writing() as work:
        work.users.add(ADA)
        work.commit()
        with pytest.raises(RuntimeError, match="before its commit"):
            work.users.get(ADA.id)
        with pytest.raises(RuntimeError, match="before its commit"):
            work.commit()


def test_writers_at_the_same_time_lose_nothing(storage: Storage) -> None:
    def record(number: int) -> None:
        with storage.writing() as work:
            work.audit.record(AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON, details={"number": number}))
            work.commit()

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(record, range(40)))
    events = read(storage, lambda work: recent(work, 100))
    assert sorted(event.details["number"] for event in events) == list(range(40))


@pytest.mark.parametrize("kind", [AuditKind.LIST_VIEWED, AuditKind.DOWNLOADED])
def test_a_change_at_once_lasts_without_a_commit(storage: Storage, kind: AuditKind) -> None:
    event = AuditEvent(kind=kind, at=NOON)
    with storage.at_once() as work:
        work.audit.record(event)
    assert read(storage, lambda work: recent(work, 2)) == [event]


def test_at_once_no_second_question_is_answered(sqlite_storage: Storage, postgresql_storage: Storage) -> None:
    for storage in (sqlite_storage, postgresql_storage):
        with storage.at_once() as work:
            assert work.users.get(ADA.id) is None
            with pytest.raises(RuntimeError, match="one question or one change"):
                work.users.get(ADA.id)


def test_what_is_interrupted_from_another_thread_is_asked_no_more_and_others_are_served(storage: Storage) -> None:
    add_users(storage, ADA)
    with storage.reading() as work:
        assert work.users.get(ADA.id) == ADA
        with ThreadPoolExecutor(1) as another:
            another.submit(work.interrupt).result()
        with pytest.raises(StorageUnavailable):
            work.users.get(ADA.id)
    assert read(storage, lambda work: work.users.get(ADA.id)) == ADA


def test_what_is_interrupted_writes_nothing(storage: Storage) -> None:
    with storage.writing() as work:
        work.users.add(ADA)
        work.interrupt()
        with pytest.raises(StorageUnavailable):
            work.users.add(BEA)
    assert read(storage, lambda work: work.users.get(ADA.id)) is None
    add_users(storage, BEA)
