"""Services with a large partner, on SQLite and on PostgreSQL with two roles, as the README sets them up."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from tests.integration.cli.conftest import load
from tests.integration.faults.large_feed import write_large_feed
from tests.integration.faults.service import Service, add_people
from tests.integration.postgresql import Server, running_server
from tests.storages import SERVICE

LOADED = "checkdata_loaded"
"""The database that the tests copy."""


@pytest.fixture(scope="session")
def large_feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The feed of a large partner."""
    return write_large_feed(tmp_path_factory.mktemp("large") / "feed")


@pytest.fixture(scope="session")
def large_sqlite(tmp_path_factory: pytest.TempPathFactory, large_feed: Path) -> Path:
    """An SQLite file with the large feed and people in it, to be copied."""
    folder = tmp_path_factory.mktemp("large_sqlite")
    path = folder / "checkdata.sqlite"
    load(f"sqlite:///{path}", large_feed)
    add_people(Service(folder, f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def server_of_faults(tmp_path_factory: pytest.TempPathFactory, large_feed: Path) -> Iterator[Server]:
    """A PostgreSQL with the database `LOADED` in it, and the role of the service."""
    with running_server() as server:
        with server.connection() as connection:
            connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(SERVICE)))
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(LOADED)))
        service = on_postgresql(tmp_path_factory.mktemp("loaded"), server.url(LOADED))
        service.run("migrate")
        service.run("import", large_feed)
        add_people(service)
        yield server


def on_postgresql(folder: Path, url: str) -> Service:
    """The service on a PostgreSQL database, in two roles; *url* is the owner's."""
    served = make_url(url).set(username=SERVICE).render_as_string(hide_password=False)
    return Service(folder, served, owner_database_url=url)


@contextmanager
def on_copy(server: Server, folder: Path) -> Iterator[Service]:
    """The service on a copy of the loaded PostgreSQL database."""
    with server.new_database(LOADED) as url:
        yield on_postgresql(folder, url)


@pytest.fixture
def postgresql(server_of_faults: Server, tmp_path: Path) -> Iterator[Service]:
    """The service on PostgreSQL with two roles; its database is its own."""
    with on_copy(server_of_faults, tmp_path) as service:
        yield service


@pytest.fixture
def sqlite(large_sqlite: Path, tmp_path: Path) -> Service:
    """The service on an SQLite file of its own."""
    return Service(tmp_path, f"sqlite:///{shutil.copy(large_sqlite, tmp_path / 'checkdata.sqlite')}")


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest) -> Service:
    """The service on SQLite, and again on PostgreSQL with two roles."""
    given: Service = request.getfixturevalue(request.param)
    return given
