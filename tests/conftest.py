"""What every test may ask for: databases, and hypothesis without chance or clocks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from psycopg.sql import SQL, Identifier

from checkdata.adapters.sql import grant_service_rights
from tests.integration.postgresql import Server, running_server
from tests.storages import SERVICE, copy_of, migrated

SLOWEST_FIRST: Final = (
    "integration/faults/test_rights",
    "integration/test_bench",
    "integration/journeys",
    "integration",
    "contracts",
    "proof",
    "unit",
)
"""Parts of the tests in the order in which they begin, so that no process waits at the end for a long test."""

settings.register_profile(
    "ci", max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in that order."""
    folder = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(folder).as_posix()
        return next(place for place, part in enumerate(SLOWEST_FIRST) if path.startswith(part))

    items.sort(key=place)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL of this process's own with the role `SERVICE`, stopped when its last test is done."""
    with running_server() as server:
        with server.connection() as connection:
            connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(SERVICE)))
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    with postgresql_server.new_database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite database that is made when it is first opened."""
    return f"sqlite:///{tmp_path / 'checkdata.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a new, empty database: the test runs on SQLite and again on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables of this version and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "checkdata.sqlite"
    with migrated(f"sqlite:///{path}"):
        return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: Server) -> Iterator[str]:
    """The name of a PostgreSQL database with the tables of this version and nothing in them, to be copied.

    The role `SERVICE` may do there what it may in production.
    """
    with postgresql_server.new_database() as url:
        with migrated(url) as engine:
            grant_service_rights(engine, SERVICE)
            name = str(engine.url.database)
        yield name


@pytest.fixture
def migrated_sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a new SQLite database with the tables of this version and nothing in them."""
    return f"sqlite:///{copy_of(migrated_sqlite, tmp_path / 'checkdata.sqlite')}"


@pytest.fixture
def migrated_postgresql_url(postgresql_server: Server, migrated_postgresql: str) -> Iterator[str]:
    """The address of a new PostgreSQL database with the tables of this version and nothing in them."""
    with postgresql_server.new_database(migrated_postgresql) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """The address of a new database with the tables of this version: on SQLite and again on PostgreSQL."""
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return url
