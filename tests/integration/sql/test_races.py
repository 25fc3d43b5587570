"""What several do at once, each with a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import Connection, event

from checkdata.adapters.memory import MemoryFeed, MemoryRejections
from checkdata.adapters.sql import SqlStorage
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import StorageConflict
from checkdata.domain.feed.contents import KnownIds, References
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.messages import HowAccessIsGiven
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.training.teacher_records import TeacherRecord
from checkdata.domain.values import EmailAddress
from checkdata.testing._suites.people import ADA, NORTH, a_grant, add_users, an_agreement
from tests.contracts.examples import REFERENCES, a_link
from tests.contracts.listings import ENTRIES, RECORDS, an_import, keep, list_all, records_of, staged
from tests.contracts.units_of_work import read, write
from tests.recent_events import recent
from tests.strategies import BIRTHDAYS, NOON, TODAY, day

RACERS = 16
TEACHER = TeacherRecord(trn="1234567", full_name="Zoë O'Neill", date_of_birth=BIRTHDAYS[0])
Answer = TypeVar("Answer")


def race(storage: SqlStorage, act: Callable[[UnitOfWork], Answer], racers: int = RACERS) -> list[Answer]:
    """What each of the racers got, who all begin at the same moment and commit."""
    start = Barrier(racers)

    def run(_: int) -> Answer:
        start.wait()
        return write(storage, act)

    with ThreadPoolExecutor(racers) as threads:
        return list(threads.map(run, range(racers)))


def test_of_sixteen_who_use_a_link_at_once_one_gets_it(storage: SqlStorage) -> None:
    add_users(storage, ADA)
    write(storage, lambda work: work.sign_ins.add_link(a_link()))
    found = race(storage, lambda work: work.sign_ins.use_link("l1", NOON))
    assert [link for link in found if link is not None] == [a_link(used_at=NOON)]


def test_no_message_is_claimed_by_two(storage: SqlStorage) -> None:
    with storage.writing() as work:
        for number in range(40):  # no sender claims a person's second message while the first is under way
            work.outbox.queue(EmailAddress.of(f"user{number}@north.example"), HowAccessIsGiven(), NOON)
        work.commit()
    claims = race(storage, lambda work: work.outbox.claim(NOON, NOON + timedelta(minutes=5), 5))
    claimed = [entry.id for claim in claims for entry in claim]
    rest = write(storage, lambda work: work.outbox.claim(NOON, NOON + timedelta(minutes=5), 40))
    assert sorted([*claimed, *(entry.id for entry in rest)], key=int) == [str(n) for n in range(1, 41)]


def test_of_sixteen_who_give_the_same_access_at_once_one_does(storage: SqlStorage) -> None:
    add_users(storage, ADA)

    def give(work: UnitOfWork) -> bool:
        try:
            work.users.add_grant(a_grant(id=f"g{id(work)}"))
        except StorageConflict:
            return False
        return True

    assert sorted(race(storage, give)) == [False] * (RACERS - 1) + [True]
    assert len(read(storage, lambda work: work.users.grants_of(ADA.id))) == 1


def test_a_reader_that_then_records_never_fails_while_others_write(storage: SqlStorage) -> None:
    """On SQLite a snapshot that was read can't become a write once another connection wrote."""
    write(storage, lambda work: work.feed_store.put_references(References(delivery_partners=[NORTH])))

    def look(work: UnitOfWork) -> object:
        found = [work.organisations.find(Role.DELIVERY_PARTNER, "north") for _ in range(5)]
        work.audit.record(AuditEvent(kind=AuditKind.LIST_VIEWED, at=NOON))
        found += [work.organisations.find(Role.DELIVERY_PARTNER, "north") for _ in range(5)]
        work.audit.record(AuditEvent(kind=AuditKind.LIST_VIEWED, at=NOON))
        return found

    for _ in range(5):
        assert race(storage, look) == [[NORTH] * 10] * RACERS
    assert len(read(storage, lambda work: recent(work, 1000))) == 5 * 2 * RACERS


def test_a_second_import_is_refused_while_one_runs(postgresql_storage: SqlStorage) -> None:
    with postgresql_storage.writing() as first:
        keep(first.feed_store, *RECORDS)
        with (
            postgresql_storage.writing() as second,
            pytest.raises(StorageConflict, match=r"since .* as PostgreSQL"),
        ):
            second.feed_store.known_ids()
        list_all(first.feed_store, ENTRIES)
        first.commit()
    assert len(write(postgresql_storage, lambda work: records_of(work.feed_store))) == len(RECORDS)


def test_of_two_imports_on_sqlite_the_second_is_refused_once_it_makes_listings(sqlite_storage: SqlStorage) -> None:
    with sqlite_storage.writing() as first:
        keep(first.feed_store, *RECORDS)
        with sqlite_storage.writing() as second, pytest.raises(StorageConflict, match="Another import"):
            second.feed_store.take_in(staged(*RECORDS))
        list_all(first.feed_store, ENTRIES)
        first.commit()
    assert len(write(sqlite_storage, lambda work: records_of(work.feed_store))) == len(RECORDS)


def test_others_write_until_an_import_shows_what_it_made(storage: SqlStorage) -> None:
    def others_write() -> None:
        write(storage, lambda work: work.audit.record(AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON)))

    with ThreadPoolExecutor(1) as another, storage.writing() as importing:
        store = importing.feed_store
        steps: list[Callable[[], object]] = [
            store.known_ids,
            lambda: store.take_in(staged(*RECORDS)),
            lambda: store.compare(complete=True),
            lambda: store.merge(()),
            lambda: store.take_in_teacher_records([TEACHER]),
            lambda: records_of(store),
        ]
        for step in steps:
            step()
            another.submit(others_write).result()
        store.show(an_import())
        importing.commit()
    events = read(storage, lambda work: recent(work, 100))
    assert [event.kind for event in events] == [AuditKind.SIGNED_IN] * len(steps)


class SlowFeed(MemoryFeed):
    """A feed during whose reading another process records something."""

    def __init__(self, storage: SqlStorage) -> None:
        super().__init__(references=REFERENCES, teacher_records=[TEACHER])
        self.storage = storage

    def training_records(self, known: KnownIds, /, *, strict: bool = False) -> Iterator[RecordPiece]:  # noqa: ARG002 - all are good
        for record in RECORDS:
            self.look()
            yield from staged(record)

    def teacher_records(self) -> Iterator[TeacherRecord]:
        for record in super().teacher_records():
            self.look()
            yield record

    def look(self) -> None:
        write(self.storage, lambda work: work.audit.record(AuditEvent(kind=AuditKind.LIST_VIEWED, at=NOON)))


def test_an_import_lets_others_write_while_it_reads_the_feed(storage: SqlStorage) -> None:
    importing = ImportFeed(storage=storage, clock=lambda: NOON)
    outcome = importing.load(SlowFeed(storage), MemoryRejections(), today=TODAY)
    assert outcome.records.added == len(RECORDS)
    events = read(storage, lambda work: recent(work, 1000))
    assert [event.kind for event in events].count(AuditKind.LIST_VIEWED) == len(RECORDS) + 1


def test_an_import_that_was_overtaken_by_another_one_is_refused(sqlite_storage: SqlStorage) -> None:
    with sqlite_storage.writing() as slow:
        keep(slow.feed_store, *RECORDS)
        write(sqlite_storage, lambda work: work.feed_store.show(an_import()))
        assert len(records_of(slow.feed_store)) == len(RECORDS)
        with pytest.raises(StorageConflict, match="Another import"):
            slow.feed_store.show(an_import())
    assert write(sqlite_storage, lambda work: records_of(work.feed_store)) == []


def test_an_agreement_that_a_user_ends_while_a_feed_changes_it_stays_ended(postgresql_storage: SqlStorage) -> None:
    """The feed has read the agreement, and has not written it yet."""
    storage, engine = postgresql_storage, postgresql_storage.engine
    write(storage, lambda work: work.feed_store.put_references(REFERENCES))
    seen: list[str] = []

    def end(_: Connection, __: object, statement: str, *___: object) -> None:
        if statement.startswith("UPDATE agreements SET id") and not seen:
            seen.append(statement)
            write(storage, lambda work: work.organisations.end_agreement("a1", day(0)))

    event.listen(engine, "before_cursor_execute", end)
    changed = References(agreements=[an_agreement(covers_unconfirmed=True)])
    write(storage, lambda work: work.feed_store.put_references(changed))
    assert seen
    found = read(storage, lambda work: work.organisations.agreement("a1"))
    assert found == an_agreement(covers_unconfirmed=True, ended_on=day(0))
