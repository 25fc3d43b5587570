"""The view of a page waits for no disk; what changes access and every download does (security.md 39)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from sqlite3 import Connection

import pytest
from sqlalchemy import event

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql.engine import open_engine
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import StorageError
from tests.strategies import NOON

FULL, NORMAL = "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"


@contextmanager
def traced(url: str) -> Iterator[tuple[SqlStorage, list[str]]]:
    """The storage, and the first words of the statements to SQLite that matter here."""
    asked: list[str] = []
    engine = open_engine(url)

    def trace(connection: Connection, _record: object) -> None:
        connection.set_trace_callback(asked.append)

    event.listen(engine, "connect", trace)
    yield SqlStorage(engine), asked
    engine.dispose()


def steps(asked: Sequence[str]) -> Sequence[str]:
    return [
        step for step in (" ".join(text.split()[:4]) for text in asked) if step.startswith(("PRAGMA sync", "INSERT"))
    ]


def record(storage: SqlStorage, kind: AuditKind, **details: str) -> None:
    with storage.at_once() as work:
        work.audit.record(AuditEvent(kind=kind, at=NOON, details=details))


@pytest.mark.parametrize("kind", [AuditKind.LIST_VIEWED, AuditKind.PARTICIPANT_VIEWED, AuditKind.CHANGES_VIEWED])
def test_sqlite_waits_for_no_disk_for_a_view_and_does_again_afterwards(
    migrated_sqlite_url: str, kind: AuditKind
) -> None:
    with traced(migrated_sqlite_url) as (storage, asked):
        record(storage, kind)
    inserted, *_ = [step for step in steps(asked) if step.startswith("INSERT")]
    assert steps(asked) == [NORMAL, inserted, FULL]


@pytest.mark.parametrize("kind", [AuditKind.DOWNLOADED, AuditKind.SIGNED_IN, AuditKind.SIGNED_OUT])
def test_sqlite_waits_for_the_disk_for_everything_else(migrated_sqlite_url: str, kind: AuditKind) -> None:
    with traced(migrated_sqlite_url) as (storage, asked):
        record(storage, AuditKind.LIST_VIEWED)
        asked.clear()
        record(storage, kind)
        with storage.at_once() as work:
            (level,) = work.users._transaction.connection.exec_driver_sql("PRAGMA synchronous").one()  # noqa: SLF001 - nothing else tells
    assert NORMAL not in steps(asked)
    assert level == 2  # FULL


@pytest.mark.parametrize("kind", [AuditKind.LIST_VIEWED, AuditKind.CHANGES_VIEWED])
def test_what_a_program_reads_is_kept_as_a_download_is(migrated_sqlite_url: str, kind: AuditKind) -> None:
    with traced(migrated_sqlite_url) as (storage, asked):
        record(storage, kind, key="k1", sha256="0" * 64)
    assert NORMAL not in steps(asked)


def test_sqlite_waits_for_the_disk_again_after_a_view_that_could_not_be_recorded(migrated_sqlite_url: str) -> None:
    with traced(migrated_sqlite_url) as (storage, asked):
        with storage.writing() as work:
            work.users._transaction.connection.exec_driver_sql("DROP TABLE audit_events")  # noqa: SLF001 - to make it fail
        asked.clear()
        with pytest.raises(StorageError):
            record(storage, AuditKind.LIST_VIEWED)
    assert steps(asked)[-1] == FULL
