"""Probes: alive while the process can answer, ready while pages would be answered (rules.md, *What answers what*)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from time import monotonic

import anyio
import pytest
from httpx2 import Response

from checkdata.adapters.memory import MemoryStorage
from checkdata.domain.errors import NotMigrated, StorageBusy, StorageError, StorageReadOnly, StorageUnavailable
from checkdata.domain.jobs import Job
from checkdata.domain.ports import UnitOfWork
from tests.integration.web.client import Client, check_laws, event_loop
from tests.integration.web.test_error_pages import Failing
from tests.integration.web.world import RECORDS, REFERENCES, World
from tests.recent_events import recent

OK = {"commit": "unknown", "database": "ok", "overdue": []}


def ask(client: Client, path: str, **options: object) -> Response:
    response = client.http.get(path, **options)  # type: ignore[arg-type] # httpx's own
    check_laws(response, client.world)
    assert response.headers["cache-control"] == "no-store"
    return response


def test_a_service_that_can_serve_is_alive_and_ready() -> None:
    client = Client(World())
    assert (ask(client, "/healthcheck").status_code, ask(client, "/healthcheck").json()) == (200, OK)
    response = ask(client, "/readiness")
    assert (response.status_code, response.json()) == (200, {"ready": True, "reasons": [], "overdue": []})


@pytest.mark.parametrize("path", ["/healthcheck", "/readiness"])
@pytest.mark.parametrize("host", ["evil.example", "10.0.0.7:8000", "", "check.example"])
def test_probes_are_answered_whatever_host_they_name(client: Client, path: str, host: str) -> None:
    assert ask(client, path, headers={"host": host}).status_code == 200
    assert client.http.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("error", "database", "reason"),
    [
        (StorageUnavailable("db-1"), "unavailable", "unavailable"),
        (StorageReadOnly("db-1"), "read-only", "read-only"),
        (NotMigrated("db-1"), "not migrated", "not migrated"),
        (StorageBusy("db-1"), "ok", "busy"),
        (RuntimeError("db-1"), "unavailable", "unavailable"),
    ],
)
def test_one_that_can_not_is_alive_and_says_why_it_is_not_ready(
    error: StorageError, database: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(World(storage=Failing(error)))
    response = ask(client, "/healthcheck")
    assert (response.status_code, response.json()) == (200, {**OK, "database": database})
    response = ask(client, "/readiness")
    told = {"ready": False, "reasons": [f"The database is {reason}."], "overdue": []}
    assert (response.status_code, response.json()) == (503, told)
    assert "db-1" not in response.text
    assert [record.levelno for record in caplog.records if record.message == "health"] == [logging.WARNING]


def test_a_job_that_is_late_makes_the_service_not_ready_and_leaves_it_alive() -> None:
    world = World(storage=MemoryStorage(), oldest={Job.IMPORT: timedelta(hours=2), Job.MAIL: timedelta(hours=1)})
    with world.storage.writing() as work:
        work.job_runs.note(Job.IMPORT, world.now)
        work.job_runs.note(Job.MAIL, world.now)
        work.commit()
    assert ask(Client(world), "/readiness").status_code == 200
    world.pass_time(hours=1, seconds=1)
    response = ask(Client(world), "/readiness")
    assert response.status_code == 503
    (reason,) = response.json()["reasons"]
    assert reason.startswith("The job mail ran last at ")
    assert ask(Client(world), "/healthcheck").json() == OK


def test_statuses_that_missed_a_whole_day_are_told_and_take_no_service_away(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    world.load(RECORDS, REFERENCES)
    for hours, overdue in ((24, False), (12, True)):
        world.pass_time(hours=hours)
        for path in ("/healthcheck", "/readiness"):
            response = ask(Client(world), path)
            assert response.status_code == 200
            assert bool(response.json()["overdue"]) == overdue
    assert response.json()["overdue"] == ["Statuses were last derived for 2024-06-03: run checkdata refresh every day."]
    assert logging.WARNING in [record.levelno for record in caplog.records if record.message == "health"]


def test_a_look_leaves_nothing_behind(client: Client) -> None:
    def recorded() -> object:
        with client.world.storage.reading() as work:
            return recent(work, 1000)

    before = recorded()
    ask(client, "/readiness")
    assert recorded() == before


class Stopped:
    """A storage that never answers."""

    def __init__(self) -> None:
        self.asked = 0
        self.ended = Event()

    def writing(self) -> UnitOfWork:
        self.asked += 1
        self.ended.wait()
        raise StorageUnavailable

    reading = at_once = writing


@contextmanager
def stopped() -> Iterator[Stopped]:
    storage = Stopped()
    yield storage
    storage.ended.set()


def test_a_storage_that_answers_nothing_is_looked_at_once_by_all_who_probe_meanwhile() -> None:
    with stopped() as storage:
        client = Client(World(storage=storage))
        for _ in range(3):
            begun = monotonic()
            assert ask(client, "/healthcheck").json()["database"] == "unavailable"
            assert monotonic() - begun < 60
        assert storage.asked == 1


def test_probes_are_answered_while_every_thread_of_pages_is_busy(client: Client) -> None:
    async def taken() -> float:
        limiter = anyio.to_thread.current_default_thread_limiter()
        before, limiter.total_tokens = limiter.total_tokens, max(1, limiter.borrowed_tokens)
        limiter.acquire_on_behalf_of_nowait(limiter)
        return before

    async def given_back(before: float) -> None:
        limiter = anyio.to_thread.current_default_thread_limiter()
        limiter.release_on_behalf_of(limiter)
        limiter.total_tokens = before

    before = event_loop().call(taken)
    try:
        assert ask(client, "/readiness").status_code == 200
    finally:
        event_loop().call(given_back, before)
