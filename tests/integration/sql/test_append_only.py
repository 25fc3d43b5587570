"""The database itself allows only additions to the log, and its seals find other changes nevertheless."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Final

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from checkdata.adapters.sql import SqlStorage
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.seals import Anchor, SealFault, SealTrouble
from checkdata.domain.errors import StorageError
from checkdata.domain.keys import Keys
from checkdata.domain.people.agreement_history import AgreementVersion
from checkdata.domain.services.audit.seal_log import SealLog
from checkdata.testing._suites.people import an_agreement
from tests.contracts.test_receipts import a_receipt, keep
from tests.contracts.units_of_work import write
from tests.recent_events import recent
from tests.strategies import NOON

KEYS: Final = Keys.of("a key that only the tests know, 32 characters")
CHANGES: Final = (
    "UPDATE audit_events SET actor = 'nobody'",
    "DELETE FROM audit_events WHERE id = 2",
    "UPDATE audit_seals SET digest = ''",
    "DELETE FROM audit_seals",
    "UPDATE receipts SET sha256 = ''",
    "DELETE FROM receipts",
    "UPDATE agreement_versions SET removed = true",
    "DELETE FROM agreement_versions",
)


def record(storage: SqlStorage, number: int) -> None:
    with storage.writing() as work:
        for minutes in range(number):
            work.audit.record(AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON + timedelta(minutes=minutes)))
        work.commit()


def seal_all(storage: SqlStorage) -> None:
    while SealLog(storage=storage, keys=KEYS).seal_due():
        pass


def faults(storage: SqlStorage) -> list[SealFault]:
    return list(SealLog(storage=storage, keys=KEYS).verify().faults)


def by_hand(engine: Engine, *statements: str) -> None:
    """As an attacker with the whole database: without the triggers."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            statements = (*(f"DROP TRIGGER {name}" for name in found), *statements)
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.fixture
def sealed(storage: SqlStorage) -> SqlStorage:
    """Five events, sealed, a receipt and a version of an agreement."""
    record(storage, 5)
    keep(storage, a_receipt())
    version = AgreementVersion(agreement=an_agreement(), recorded_at=NOON)
    write(storage, lambda work: work.agreement_history.add([version]))
    seal_all(storage)
    assert faults(storage) == []
    return storage


@pytest.mark.parametrize("statement", CHANGES)
def test_even_the_owner_is_refused_by_the_database(engine: Engine, sealed: SqlStorage, statement: str) -> None:
    with (
        pytest.raises((DBAPIError, StorageError)),
        engine.begin() as connection,
    ):
        connection.exec_driver_sql(statement)
    assert faults(sealed) == []


@pytest.mark.parametrize("statement", ["UPDATE audit_anchors SET digest = ''", "DELETE FROM audit_anchors", *CHANGES])
def test_after_a_purge_its_anchor_stays_and_what_is_younger(engine: Engine, sealed: SqlStorage, statement: str) -> None:
    anchor = Anchor(number=1, position=1, digest="0" * 64, before=NOON - timedelta(days=1)).signed(KEYS.first)
    with sealed.writing() as work:
        work.audit_chain.purge(anchor)
        work.commit()
    with pytest.raises((DBAPIError, StorageError)), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    with sealed.reading() as work:
        assert work.audit_chain.anchor() == anchor


def test_the_log_can_not_be_emptied(postgresql_storage: SqlStorage) -> None:
    record(postgresql_storage, 2)
    engine = postgresql_storage.engine
    for table in ("audit_events", "audit_seals", "audit_anchors", "receipts", "agreement_versions"):
        with pytest.raises(DBAPIError, match="only ever added to"), engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {table}")


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_events SET actor = 'nobody' WHERE id = 3", SealFault(SealTrouble.CHANGED, 3)),
        ("UPDATE audit_events SET details = '{\"page\": 2}' WHERE id = 5", SealFault(SealTrouble.CHANGED, 5)),
        ("UPDATE audit_events SET kind = 'no such kind' WHERE id = 1", SealFault(SealTrouble.CHANGED, 1)),
        ("UPDATE audit_events SET details = '[1]' WHERE id = 4", SealFault(SealTrouble.CHANGED, 4)),
        ("UPDATE audit_events SET at = '1999-01-01 00:00:00+00' WHERE id = 2", SealFault(SealTrouble.CHANGED, 2)),
        ("DELETE FROM audit_events WHERE id = 2", SealFault(SealTrouble.REMOVED, 2)),
        ("DELETE FROM audit_events WHERE id = 5", SealFault(SealTrouble.REMOVED, 5)),
        ("DELETE FROM audit_seals WHERE number = 2", SealFault(SealTrouble.SEAL_REMOVED, 2)),
    ],
)
def test_what_is_changed_by_hand_is_found_and_named(
    engine: Engine, sealed: SqlStorage, statement: str, fault: SealFault
) -> None:
    by_hand(engine, statement)
    assert faults(sealed) == [fault]


def test_what_is_removed_with_its_seal_is_found(engine: Engine, sealed: SqlStorage) -> None:
    by_hand(engine, "DELETE FROM audit_events WHERE id IN (2, 3)", "DELETE FROM audit_seals WHERE number IN (2, 3)")
    assert faults(sealed) == [SealFault(SealTrouble.REMOVED_WITH_SEAL, 4)]


def test_what_is_put_in_between_is_found_and_never_sealed(engine: Engine, sealed: SqlStorage) -> None:
    by_hand(
        engine,
        "DELETE FROM audit_events WHERE id = 3",
        "INSERT INTO audit_events (id, kind, at, details) VALUES (3, 'signed_in', '2024-01-01 00:00:00', '{}')",
        "INSERT INTO audit_events (id, kind, at, details) VALUES (-3, 'signed_in', '2024-01-01 00:00:00', '{}')",
    )
    record(sealed, 1)
    seal_all(sealed)
    assert faults(sealed) == [SealFault(SealTrouble.PUT_IN, -3), SealFault(SealTrouble.CHANGED, 3)]


def test_a_number_that_a_rollback_left_out_is_no_fault_until_it_is_filled(
    postgresql_storage: SqlStorage,
) -> None:
    record(postgresql_storage, 1)
    with postgresql_storage.writing() as work:
        work.audit.record(AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON))
    record(postgresql_storage, 1)
    seal_all(postgresql_storage)
    assert faults(postgresql_storage) == []
    by_hand(
        postgresql_storage.engine,
        "INSERT INTO audit_events (id, kind, at, details) VALUES (2, 'signed_in', now(), '{}')",
    )
    seal_all(postgresql_storage)
    assert faults(postgresql_storage) == [SealFault(SealTrouble.PUT_IN, 2)]


def test_an_event_that_is_committed_late_is_sealed_in_its_place(postgresql_storage: SqlStorage) -> None:
    """The writer holds number 1 while others commit 2 to 4: nothing is sealed before it has ended."""
    storage = postgresql_storage
    sealing = SealLog(storage=storage, keys=KEYS)
    with storage.writing() as late:
        late.audit.record(AuditEvent(kind=AuditKind.SIGNED_OUT, at=NOON))
        record(storage, 3)
        assert not sealing.seal_due()
        late.commit()
    assert sealing.seal_due().events == 4
    assert faults(storage) == []


def test_sealing_makes_no_writer_wait(postgresql_storage: SqlStorage) -> None:
    """An event is recorded and committed while a round of sealing is open, and while it waits for another writer."""
    storage = postgresql_storage
    record(storage, 2)
    with storage.writing() as round_of_sealing:
        assert round_of_sealing.audit_chain.take_turn()
        assert round_of_sealing.audit_chain.settled() == 2
        record(storage, 1)
        assert not SealLog(storage=storage, keys=KEYS).seal_due()


def test_no_event_is_missed_whatever_order_many_writers_commit_in(postgresql_storage: SqlStorage) -> None:
    storage, ended = postgresql_storage, Event()

    def write(writer: int) -> None:
        for round_ in range(15):
            with storage.writing() as work:
                for _ in range(1 + (writer + round_) % 3):
                    work.audit.record(AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON))
                if (writer * round_) % 4 != 3:
                    work.commit()

    def seal() -> None:
        while not ended.is_set():
            SealLog(storage=storage, keys=KEYS).seal_due()

    with ThreadPoolExecutor(7) as people:
        sealers = [people.submit(seal) for _ in range(2)]
        for written in [people.submit(write, writer) for writer in range(5)]:
            written.result()
        ended.set()
        for sealer in sealers:
            sealer.result()
    seal_all(storage)
    found = SealLog(storage=storage, keys=KEYS).verify()
    with storage.reading() as work:
        assert len(recent(work, 10_000)) == found.sealed > 0
    assert (found.waiting, found.faults) == (0, ())
