"""A storage on each database, with the tables of this version and nothing in them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from checkdata.adapters.sql import SqlStorage
from tests.storages import opened


@pytest.fixture
def empty_engine(database_url: str) -> Iterator[Engine]:
    """A database without any table: the test runs on SQLite and again on PostgreSQL."""
    with opened(database_url) as engine:
        yield engine


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    with opened(migrated_url) as engine:
        yield engine


@pytest.fixture
def storage(engine: Engine) -> SqlStorage:
    return SqlStorage(engine)


@pytest.fixture
def sqlite_storage(migrated_sqlite_url: str) -> Iterator[SqlStorage]:
    with opened(migrated_sqlite_url) as engine:
        yield SqlStorage(engine)


@pytest.fixture
def postgresql_storage(migrated_postgresql_url: str) -> Iterator[SqlStorage]:
    with opened(migrated_postgresql_url) as engine:
        yield SqlStorage(engine)
