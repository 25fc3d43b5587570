"""Workers that are orphaned, killed, frozen or hang, and services that are told to stop while a worker hangs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import httpx2
import psycopg
import pytest
from sqlalchemy import make_url

from tests.integration.email.smtp_server import free_port
from tests.integration.faults.processes import PATIENCE_SECONDS, is_alive, is_free, wait_until, workers_of
from tests.integration.faults.raw_client import ask, connected, read
from tests.integration.faults.service import ANN, Service

STOPS_IN_SECONDS: Final = 20.0
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def answers(address: str) -> bool:
    """Whether every worker of the service answers now."""
    with suppress(httpx2.TransportError):
        return httpx2.get(f"{address}/healthcheck", timeout=5).status_code == 200
    return False


def logged(text: str, message: str) -> list[dict[str, object]]:
    """The details of each line of this message in a log."""
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [line.get("details", {}) for line in lines if line["message"] == message]


@pytest.mark.parametrize("workers", ["2", "5"])
def test_workers_end_with_their_parent_and_free_the_port(service: Service, workers: str) -> None:
    with service.served("--workers", workers) as served:
        orphans = workers_of(served.process.pid)
        assert len(orphans) == int(workers)
        served.process.kill()
        served.process.wait()
        wait_until(lambda: not any(map(is_alive, orphans)))
        assert is_free(served.port)


def test_workers_whose_parent_dies_while_they_start_end_too(sqlite: Service) -> None:
    with sqlite.served("--workers", "2") as served:
        [first, *_] = workers_of(served.process.pid)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: len(set(workers_of(served.process.pid)) - {first}) == 2)
        orphans = workers_of(served.process.pid)
        served.process.kill()
        served.process.wait()
        wait_until(lambda: not any(map(is_alive, orphans)))
        assert is_free(served.port)


def test_a_worker_that_is_killed_is_replaced_and_one_that_dies_again_and_again_later_each_time(sqlite: Service) -> None:
    with sqlite.served("--workers", "2") as served:
        other = workers_of(served.process.pid)[1]
        for deaths in range(1, 5):
            os.kill(next(each for each in workers_of(served.process.pid) if each != other), signal.SIGKILL)
            wait_until(lambda: len(logged(served.log, "a worker died")) == deaths)  # noqa: B023 - it is asked at once
            wait_until(lambda: len(workers_of(served.process.pid)) == 2)
            wait_until(lambda: answers(served.address))
        assert [details["pause"] for details in logged(served.log, "a worker died")] == [0.5, 1.0, 2.0, 4.0]
        assert other in workers_of(served.process.pid)


def test_a_frozen_worker_is_replaced(sqlite: Service) -> None:
    with sqlite.served("--workers", "2") as served:
        [frozen, other] = workers_of(served.process.pid)
        os.kill(frozen, signal.SIGSTOP)
        wait_until(lambda: not is_alive(frozen))
        wait_until(lambda: len(workers_of(served.process.pid)) == 2)
        assert other in workers_of(served.process.pid)
        assert logged(served.log, "a worker stands still")
        wait_until(lambda: all(answers(served.address) for _ in range(20)))


@contextmanager
def standing(workers: str, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A running service with an address at which its event loop stands still."""
    port = free_port()
    command = [sys.executable, "-m", "tests.integration.faults.blocked_service", str(port), workers]
    with log.open("w") as told, subprocess.Popen(command, stderr=told, start_new_session=True) as process:  # noqa: S603
        try:
            wait_until(lambda: answers(f"http://127.0.0.1:{port}"))
            yield process, f"http://127.0.0.1:{port}"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def stand(address: str) -> None:
    """Ask for the address at which the loop stands still, and do not wait for what never comes."""
    with suppress(httpx2.TransportError):
        httpx2.get(f"{address}/stand", timeout=1)


def test_a_process_whose_event_loop_stands_still_ends_and_says_where_it_stood(tmp_path: Path) -> None:
    with standing("1", tmp_path / "log") as (process, address):
        stand(address)
        assert process.wait(120) == 1
    assert "blocked_service.py" in (tmp_path / "log").read_text()


def test_a_worker_whose_event_loop_stands_still_is_replaced(tmp_path: Path) -> None:
    with standing("2", tmp_path / "log") as (process, address):
        before = workers_of(process.pid)
        stand(address)
        wait_until(lambda: len(set(workers_of(process.pid)) & set(before)) == 1)
        wait_until(lambda: len(workers_of(process.pid)) == 2)
        wait_until(lambda: all(answers(address) for _ in range(20)))
    assert "blocked_service.py" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_whose_event_loop_stands_still_stops(tmp_path: Path, workers: str) -> None:
    with standing(workers, tmp_path / "log") as (process, address):
        stand(address)
        assert seconds_to_stop(process, signal.SIGTERM) < STOPS_IN_SECONDS


def seconds_to_stop(process: subprocess.Popen[str] | subprocess.Popen[bytes], *signals: signal.Signals) -> float:
    """Send these signals and tell how long it took until the process had ended."""
    workers, begun = workers_of(process.pid), time.monotonic()
    for sig in signals:
        process.send_signal(sig)
        time.sleep(0.5)  # a person's second try
    process.wait(120)
    took = time.monotonic() - begun
    assert not any(map(is_alive, workers))
    return took


@pytest.mark.parametrize("sig", SIGNALS)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_stops_though_a_download_hangs(service: Service, workers: str, sig: signal.Signals) -> None:
    with service.served("--workers", workers) as served, served.signed_in(ANN) as browser:
        with connected(served.port) as hung:
            ask(hung, "/participants.csv", served.cookies(browser))
            assert read(hung, 15) == b"HTTP/1.1 200 OK"
            assert seconds_to_stop(served.process, sig) < STOPS_IN_SECONDS
        assert is_free(served.port)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_end_of_its_terminal_stops_a_service_in_order_however_often_it_is_told(
    sqlite: Service, workers: str
) -> None:
    with sqlite.served("--workers", workers) as served, served.signed_in(ANN) as browser:
        with connected(served.port) as hung:
            ask(hung, "/participants.csv", served.cookies(browser))
            assert read(hung, 15) == b"HTTP/1.1 200 OK"
            os.killpg(served.process.pid, signal.SIGHUP)
            assert seconds_to_stop(served.process, signal.SIGHUP) < STOPS_IN_SECONDS
        assert served.process.returncode == 0
        assert "ended at once" not in served.log
        assert not logged(served.log, "a worker died")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_that_is_to_outlive_its_terminal_does(sqlite: Service, workers: str) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does it
    try:
        with sqlite.served("--workers", workers) as served:
            os.killpg(served.process.pid, signal.SIGHUP)
            assert all(answers(served.address) for _ in range(20))
            assert seconds_to_stop(served.process, signal.SIGTERM) < STOPS_IN_SECONDS
        assert served.process.returncode == 0
    finally:
        signal.signal(signal.SIGHUP, before)


@contextmanager
def locked(service: Service, table: str) -> Iterator[None]:
    """No other process can read a table until the block ends."""
    url = make_url(service.owner_database_url or "").set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_stops_though_a_page_hangs(postgresql: Service, workers: str) -> None:
    with (
        postgresql.served("--workers", workers) as served,
        served.signed_in(ANN) as browser,
        locked(postgresql, "sessions"),
        connected(served.port) as hung,
    ):
        ask(hung, "/participants", served.cookies(browser))
        wait_until(lambda: is_waiting_for_lock(postgresql))
        assert seconds_to_stop(served.process, signal.SIGTERM) < STOPS_IN_SECONDS


def is_waiting_for_lock(service: Service) -> bool:
    url = make_url(service.owner_database_url or "").set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        row = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
        return row is not None and row[0] > 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_second_signal_stops_at_once(service: Service, workers: str) -> None:
    with service.served("--workers", workers) as served, served.signed_in(ANN) as browser:
        with connected(served.port) as hung:
            ask(hung, "/participants.csv", served.cookies(browser))
            assert read(hung, 15) == b"HTTP/1.1 200 OK"
            assert seconds_to_stop(served.process, signal.SIGTERM, signal.SIGTERM) < STOPS_IN_SECONDS / 2
        assert "ended at once" in served.log


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_stops_though_the_mail_server_hangs(sqlite: Service, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE_SECONDS)
        sqlite.more["CHECKDATA_EMAIL"] = f"smtp://127.0.0.1:{silent.getsockname()[1]}?from=no-reply@example.org"
        with sqlite.served("--workers", workers) as served, silent.accept()[0]:
            assert seconds_to_stop(served.process, signal.SIGTERM) < STOPS_IN_SECONDS
