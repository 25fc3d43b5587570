"""The storages that every contract is run over, empty for every test."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.sql.unit_of_work import SqlStorage
from checkdata.domain.ports import Storage
from tests.integration.postgresql import Server
from tests.storages import empty, opened, storage_on


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_server: Server, migrated_postgresql: str) -> Iterator[Engine]:
    """A PostgreSQL database with the tables of this version and nothing in them, to be emptied after each use."""
    with postgresql_server.new_database(migrated_postgresql) as url, opened(url) as engine:
        yield engine


@pytest.fixture
def memory_storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def sqlite_storage(migrated_sqlite_url: str) -> Iterator[SqlStorage]:
    with opened(migrated_sqlite_url) as engine:
        yield SqlStorage(engine)


@pytest.fixture
def postgresql_storage(shared_postgresql: Engine) -> Iterator[Storage]:
    with storage_on(shared_postgresql) as storage:
        yield storage
    empty(shared_postgresql)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """An empty storage: the test runs in memory, on SQLite and on PostgreSQL."""
    made: Storage = request.getfixturevalue(f"{request.param}_storage")
    return made
