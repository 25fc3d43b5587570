"""The storages that every contract is run over, empty for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.sql.unit_of_work import SqlStorage
from checkdata.domain.ports import Storage
from tests.integration.postgresql import Server
from tests.storages import copied, empty, migrated


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables of this version and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "checkdata.sqlite"
    with migrated(f"sqlite:///{path}"):
        return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: Server) -> Iterator[Engine]:
    """A PostgreSQL database with the tables of this version and nothing in them, to be emptied after each use."""
    with postgresql_server.new_database() as url, migrated(url) as engine:
        yield engine


@pytest.fixture
def memory_storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def sqlite_storage(migrated_sqlite: Path, tmp_path: Path) -> Iterator[SqlStorage]:
    with copied(migrated_sqlite, tmp_path / "checkdata.sqlite") as engine:
        yield SqlStorage(engine)


@pytest.fixture
def postgresql_storage(migrated_postgresql: Engine) -> Iterator[SqlStorage]:
    yield SqlStorage(migrated_postgresql)
    empty(migrated_postgresql)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """An empty storage: the test runs in memory, on SQLite and on PostgreSQL."""
    made: Storage = request.getfixturevalue(f"{request.param}_storage")
    return made
