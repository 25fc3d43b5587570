"""What opening a database costs."""

import subprocess
import sys
from datetime import UTC, date
from pathlib import Path

import pytest
from sqlalchemy import text

from checkdata.adapters.sql.engine import open_engine
from checkdata.adapters.sql.unit_of_work import SqlStorage
from checkdata.domain.errors import StorageReadOnly
from checkdata.domain.people.organisations import Role
from tests.storages import opened


def test_connections_to_sqlite_keep_no_more_of_its_file_together_than_a_process_may_hold(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'any.sqlite'}")
    with engine.connect() as one, engine.connect() as other:
        limits = [connection.execute(text("PRAGMA soft_heap_limit")).scalar_one() for connection in (one, other)]
    engine.dispose()
    assert limits == [12 * 1024 * 1024] * 2


def test_a_service_on_sqlite_does_not_load_the_driver_of_postgresql(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from checkdata.entrypoints.composition.service import Composition\n"
        "from checkdata.entrypoints.composition.web import web_app_from_environment\n"
        "from checkdata.entrypoints.settings.environment import read_settings\n"
        "composed = Composition(read_settings(os.environ)); composed.migrate(); composed.check_ready()\n"
        "web_app_from_environment()\n"
        "print('psycopg' in sys.modules)"
    )
    environment = {
        "CHECKDATA_DATABASE_URL": f"sqlite:///{tmp_path / 'any.sqlite'}",
        "CHECKDATA_SECRET_KEY": "a key that is only for these tests",
        "CHECKDATA_EMAIL": f"mailbox:{tmp_path / 'mailbox'}",
    }
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    assert done.stdout.strip() == "False"


def test_what_is_to_read_only_postgresql_itself_lets_change_nothing(migrated_postgresql_url: str) -> None:
    with opened(migrated_postgresql_url) as engine, SqlStorage(engine).reading() as work:
        connection = work._transaction.connection  # noqa: SLF001 - beneath what refuses to write by itself
        with pytest.raises(StorageReadOnly):
            connection.execute(text("DELETE FROM sessions"))


def test_postgresql_tells_moments_in_utc_by_that_name_which_needs_no_rules_of_a_zone(postgresql_url: str) -> None:
    with opened(postgresql_url) as engine, engine.connect() as connection:
        now = connection.execute(text("SELECT now()")).scalar_one()
    assert now.tzinfo is UTC


def test_what_a_connection_to_postgresql_prepared_stays_prepared_after_a_unit_of_work_that_reads(
    migrated_postgresql_url: str,
) -> None:
    with opened(migrated_postgresql_url) as engine:
        storage = SqlStorage(engine)
        for _ in range(20):
            with storage.reading() as work:
                work.organisations.lead_providers()
                work.participants.as_of()
        with engine.connect() as connection:
            prepared = connection.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert [statement for statement in prepared if "FROM lead_providers" in statement]


def test_a_unit_of_work_that_fails_leaves_its_connection_to_be_used_again(migrated_postgresql_url: str) -> None:
    with opened(migrated_postgresql_url) as engine:
        storage = SqlStorage(engine)
        with pytest.raises(ZeroDivisionError), storage.reading() as work:
            1 / work.users.count_acting(Role.SUPPORT, date(2026, 1, 1)).get("", 0)
        with storage.reading() as work:
            assert work.participants.as_of() is None
