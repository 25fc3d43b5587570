"""A storage on each database, with the tables of this version and nothing in them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from checkdata.adapters.sql import SqlStorage, migrate, open_engine


@pytest.fixture
def empty_engine(database_url: str) -> Iterator[Engine]:
    """A database without any table: the test runs on SQLite and again on PostgreSQL."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    migrate(empty_engine)
    return empty_engine


@pytest.fixture
def storage(engine: Engine) -> SqlStorage:
    return SqlStorage(engine)


@pytest.fixture
def sqlite_storage(sqlite_url: str) -> Iterator[SqlStorage]:
    engine = open_engine(sqlite_url)
    migrate(engine)
    yield SqlStorage(engine)
    engine.dispose()


@pytest.fixture
def postgresql_storage(postgresql_url: str) -> Iterator[SqlStorage]:
    engine = open_engine(postgresql_url)
    migrate(engine)
    yield SqlStorage(engine)
    engine.dispose()
