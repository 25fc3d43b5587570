"""A new version comes while users work: no request fails, whichever version answers it.

No version was released yet, so the next one is made: today's code with one more migration.
"""

import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Lock
from typing import Final

import httpx2
from attrs import define, evolve, field

import checkdata
from checkdata.adapters.sql import PAGES
from checkdata.adapters.sql.schema import REVISION
from checkdata.entrypoints.composition.doctor import Condition
from tests.integration.cli.web_client import PATIENCE_SECONDS
from tests.integration.email.smtp_server import free_port
from tests.integration.faults.service import ANN, Served, Service
from tests.storages import opened

NEXT: Final = f"{int(REVISION) + 1:04}"
MIGRATION: Final = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{REVISION}"
branch_labels = None
depends_on = None
loses = "What the next version keeps."
%s

def upgrade() -> None:
    op.add_column("users", sa.Column("nickname", sa.Text()))
    op.create_table("nicknames", sa.Column("name", sa.Text(), primary_key=True))


def downgrade() -> None:
    op.drop_table("nicknames")
    op.drop_column("users", "nickname")
"""
SERVES: Final = f'serves_from = "{REVISION}"'


def next_version(service: Service, folder: Path, *, serves: str = SERVES) -> Service:
    """The same service, by the code of a version that has one migration more."""
    package = folder / "next" / "checkdata"
    shutil.copytree(Path(checkdata.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    versions = package / "adapters" / "sql" / "migrations" / "versions"
    (versions / f"r{NEXT}_next.py").write_text(MIGRATION % serves)
    (folder / "of-next").mkdir()
    return evolve(service, folder=folder / "of-next", more={"PYTHONPATH": str(package.parent)})


@define
class Load:
    """Users who ask all servers of the rotation for a list, one after the other, until they are told to stop."""

    cookie: str
    servers: dict[int, Served] = field(factory=dict)
    answers: list[int] = field(factory=list)
    _users: tuple[Lock, ...] = field(factory=lambda: (Lock(), Lock()))
    _ended: Event = field(factory=Event)

    def ask(self, user: Lock) -> None:
        """Ask until told to stop."""
        with httpx2.Client(headers={"Cookie": self.cookie}, timeout=PATIENCE_SECONDS) as client:
            for turn in count():
                with user:
                    if self._ended.is_set():
                        return
                    server = list(self.servers.values())[turn % len(self.servers)]
                    self.answers.append(client.get(f"{server.address}/participants").status_code)

    def take_out(self, number: int) -> Served:
        """Take a server out of the rotation, as a proxy does: when no request to it is under way."""
        with self._users[0], self._users[1]:
            return self.servers.pop(number)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask while the block runs."""
        with ThreadPoolExecutor(len(self._users)) as threads:
            asked = [threads.submit(self.ask, user) for user in self._users]
            try:
                yield
            finally:
                self._ended.set()
        for each in asked:
            each.result()


def in_folder(service: Service, folder: Path) -> Service:
    """The same service, whose process logs into a folder of its own."""
    folder.mkdir()
    return evolve(service, folder=folder)


def test_no_request_fails_while_the_next_version_migrates_and_replaces_one_server_after_the_other(
    postgresql: Service, tmp_path: Path
) -> None:
    coming = next_version(postgresql, tmp_path)
    with ExitStack() as running:
        stops = [running.enter_context(ExitStack()) for _ in range(2)]
        first = stops[0].enter_context(postgresql.served())
        load = Load(first.cookies(running.enter_context(first.signed_in(ANN))))
        load.servers |= {0: first, 1: stops[1].enter_context(in_folder(postgresql, tmp_path / "server").served())}
        with load.asking():
            coming.run("migrate")
            at_migration = len(load.answers)
            for server in load.servers.values():
                assert httpx2.get(f"{server.address}/readiness").status_code == 200
            for number in range(2):
                leaving = load.take_out(number)
                leaving.process.send_signal(signal.SIGTERM)
                assert leaving.process.wait(PATIENCE_SECONDS) == 0
                stops[number].close()
                served = in_folder(coming, tmp_path / f"next-{number}").served(port=leaving.port)
                load.servers[number] = running.enter_context(served)
                assert httpx2.get(f"{leaving.address}/readiness").status_code == 200
        assert len(load.answers) > at_migration > 0
        assert set(load.answers) == {200}


def test_a_version_whose_code_may_not_serve_on_the_next_tables_says_so_and_loads_no_feed(
    postgresql: Service, tmp_path: Path
) -> None:
    coming = next_version(postgresql, tmp_path, serves="")
    with postgresql.served() as server:
        coming.run("migrate")
        told = httpx2.get(f"{server.address}/readiness")
        assert told.status_code == 503
        assert "not migrated" in told.text
    postgresql.run("refresh", code=3)


def test_the_version_before_loads_no_feed_on_later_tables_though_it_serves(postgresql: Service, tmp_path: Path) -> None:
    coming = next_version(postgresql, tmp_path)
    coming.run("migrate")
    told = postgresql.run("refresh", code=3).stderr
    assert "does not have the tables of this version" in told
    coming.run("refresh")


def test_a_new_version_does_not_serve_on_earlier_tables_and_says_what_to_do(
    postgresql: Service, tmp_path: Path
) -> None:
    coming = next_version(postgresql, tmp_path)
    told = coming.run("serve", "--port", str(free_port()), code=3).stderr
    assert "Run checkdata migrate" in told
    assert Condition.BROKEN.value in coming.run("doctor", code=3).stdout


def test_the_new_version_leads_back_to_the_tables_of_the_one_before(postgresql: Service, tmp_path: Path) -> None:
    coming = next_version(postgresql, tmp_path)
    coming.run("migrate")
    assert "What the next version keeps." in coming.run("migrate", "--to", REVISION, code=2).stdout
    coming.run("migrate", "--to", REVISION, "--yes")
    postgresql.run("migrate")
    with postgresql.served() as server:
        assert httpx2.get(f"{server.address}/readiness").status_code == 200


def test_a_page_that_queues_behind_a_migration_is_answered(postgresql: Service, tmp_path: Path) -> None:
    """As long as a reader keeps the migration from its lock; it comes when the reader is done."""
    coming = next_version(postgresql, tmp_path)
    assert postgresql.owner_database_url is not None
    with ThreadPoolExecutor(1) as threads, opened(postgresql.owner_database_url) as engine:
        with engine.connect() as reader, engine.connect() as page, reader.begin():
            reader.exec_driver_sql("SELECT count(*) FROM users")
            migrating = threads.submit(coming.run, "migrate")
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass"
            while not page.exec_driver_sql(waits).scalar_one():
                pass
            page.exec_driver_sql(f"SET lock_timeout = '{PAGES.lock}s'")
            page.exec_driver_sql("SELECT count(*) FROM users")
        migrating.result()
