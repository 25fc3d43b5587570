"""Commands on a database: none yet, an empty one, or one with the demo's people in it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from checkdata.domain.values import london_date
from checkdata.entrypoints.composition.feed import feed_in, report_on
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.demo import write_demo_feed
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import KEY, Command
from tests.integration.postgresql import Server
from tests.storages import copy_of, in_two_roles

PEOPLE = 60


@pytest.fixture(scope="session")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A feed of a few made-up people."""
    folder = tmp_path_factory.mktemp("feeds") / "march"
    write_demo_feed(folder, participants=PEOPLE, today=london_date(datetime.now(UTC)))
    return folder


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Commands in an environment that sets nothing but a key."""
    return Command(tmp_path, capsys, {"CHECKDATA_SECRET_KEY": KEY})


@pytest.fixture
def unmigrated(command: Command, database_url: str) -> Command:
    """Commands on a database without tables, on SQLite and again on PostgreSQL."""
    command.variables |= in_two_roles(database_url)
    return command


@pytest.fixture
def checkdata(command: Command, migrated_url: str) -> Command:
    """Commands on an empty database, on SQLite and again on PostgreSQL."""
    command.variables |= in_two_roles(migrated_url)
    return command


@pytest.fixture(scope="session")
def loaded_sqlite(tmp_path_factory: pytest.TempPathFactory, feed: Path) -> Path:
    """An SQLite file with people in it, to be copied."""
    path = tmp_path_factory.mktemp("loaded") / "checkdata.sqlite"
    load(f"sqlite:///{path}", feed)
    return path


@pytest.fixture(scope="session")
def loaded_postgresql(postgresql_server: Server, feed: Path) -> Iterator[str]:
    """The name of a PostgreSQL database with people in it, to be copied."""
    with postgresql_server.new_database() as url:
        load(url, feed)
        yield str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def loaded(request: pytest.FixtureRequest, command: Command, tmp_path: Path) -> Iterator[Command]:
    """Commands on a database with people in it, on SQLite and again on PostgreSQL."""
    if request.param == "sqlite":
        copy = copy_of(request.getfixturevalue("loaded_sqlite"), tmp_path / "checkdata.sqlite")
        command.variables["CHECKDATA_DATABASE_URL"] = f"sqlite:///{copy}"
        yield command
    else:
        server: Server = request.getfixturevalue("postgresql_server")
        with server.new_database(request.getfixturevalue("loaded_postgresql")) as url:
            command.variables |= in_two_roles(url)
            yield command


def load(url: str, feed: Path) -> None:
    """Make the tables and load the feed, as the commands do."""
    with closing(Composition(read_settings(in_two_roles(url)))) as composed:
        composed.migrate()
        with report_on(feed, None) as rejections:
            today = london_date(composed.clock())
            composed.import_feed.load(feed_in(feed, rejections), rejections, today=today)
