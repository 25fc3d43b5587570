"""The storages that every contract is run over, empty for every test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.sql.engine import open_engine
from checkdata.adapters.sql.migrating import migrate
from checkdata.adapters.sql.unit_of_work import SqlStorage
from checkdata.domain.ports import Storage
from tests.integration.postgresql import Server

KEPT = {"alembic_version", "meta"}
"""Tables that a migration fills."""


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables of this version and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "checkdata.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: Server) -> Iterator[Engine]:
    """A PostgreSQL database with the tables of this version and nothing in them, to be emptied after each use."""
    with postgresql_server.new_database() as url:
        engine = open_engine(url)
        migrate(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def memory_storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def sqlite_storage(migrated_sqlite: Path, tmp_path: Path) -> Iterator[SqlStorage]:
    engine = open_engine(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'checkdata.sqlite')}")
    yield SqlStorage(engine)
    engine.dispose()


@pytest.fixture
def postgresql_storage(migrated_postgresql: Engine) -> Iterator[SqlStorage]:
    yield SqlStorage(migrated_postgresql)
    tables = [table for table in inspect(migrated_postgresql).get_table_names() if table not in KEPT]
    with migrated_postgresql.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """An empty storage: the test runs in memory, on SQLite and on PostgreSQL."""
    made: Storage = request.getfixturevalue(f"{request.param}_storage")
    return made
