"""The storages that every contract is run over, empty for every test."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.sql.unit_of_work import SqlStorage
from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    LeadProvider,
    Organisation,
)
from checkdata.domain.ports import Storage
from checkdata.testing._suites.people import Put
from tests.contracts.listings import with_listings
from tests.contracts.units_of_work import write
from tests.integration.postgresql import Server
from tests.storages import copied, empty, opened, storage_on


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


@pytest.fixture(scope="session")
def listed_memory() -> MemoryStorage:
    storage = MemoryStorage()
    with_listings(storage)
    return storage


@pytest.fixture(scope="session")
def listed_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    with copied(migrated_sqlite, tmp_path_factory.mktemp("listed") / "checkdata.sqlite") as engine:
        with_listings(SqlStorage(engine))
        yield SqlStorage(engine)


@pytest.fixture(scope="session")
def listed_postgresql(postgresql_server: Server, migrated_postgresql: str) -> Iterator[Storage]:
    with (
        postgresql_server.new_database(migrated_postgresql) as url,
        opened(url) as engine,
        storage_on(engine) as storage,
    ):
        with_listings(storage)
        yield storage


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def listed(request: pytest.FixtureRequest) -> Storage:
    """A storage with listings that tests only read: in memory, on SQLite and on PostgreSQL."""
    made: Storage = request.getfixturevalue(f"listed_{request.param}")
    return made


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """An empty storage: the test runs in memory, on SQLite and on PostgreSQL."""
    made: Storage = request.getfixturevalue(f"{request.param}_storage")
    return made


@pytest.fixture
def put(storage: Storage) -> Put:
    """Puts organisations and agreements into the storage, as a feed brings them."""

    def put_as_a_feed(organisations: Iterable[Organisation], agreements: Iterable[Agreement]) -> None:
        organisations, agreements = list(organisations), list(agreements)
        references = References(
            lead_providers=[LeadProvider(agreement.lead_provider_id) for agreement in agreements],
            delivery_partners=[each for each in organisations if isinstance(each, DeliveryPartner)],
            appropriate_bodies=[each for each in organisations if isinstance(each, AppropriateBody)],
            agreements=agreements,
        )
        write(storage, lambda work: work.feed_store.put_references(references))

    return put_as_a_feed
