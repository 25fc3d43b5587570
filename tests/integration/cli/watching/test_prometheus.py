"""A real Prometheus scrapes a served service of two workers, and its alarms ring (docs/monitoring.md)."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest
from attrs import frozen

from tests.integration.cli.command import Command
from tests.integration.cli.watching.prometheus import OPS, scraping, wait_until
from tests.integration.cli.web_client import wait_until_served
from tests.integration.email.smtp_server import free_port
from tests.integration.faults.processes import workers_of
from tests.storages import copy_of

TOKEN: Final = "Mt4-bYq8.Lz2wKm7_Xc5nRf9sHd1gVp3u"  # noqa: S105 - of a service that lives as long as a test
REQUESTS: Final = 40


@frozen
class Served:
    """A service that runs, and where it is scraped."""

    address: str
    metrics: str
    process: subprocess.Popen[str]

    def told(self) -> dict[str, float]:
        """What a scrape tells, by each line's beginning."""
        lines = httpx2.get(f"http://{self.metrics}/metrics").text.splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


@pytest.fixture
def served(command: Command, migrated_sqlite: Path, tmp_path: Path) -> Iterator[Served]:
    """A service of two workers, into which no feed ever came."""
    database = copy_of(migrated_sqlite, tmp_path / "checkdata.sqlite")
    command.variables["CHECKDATA_DATABASE_URL"] = f"sqlite:///{database}"
    address, metrics = f"http://127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    command.variables |= {"CHECKDATA_METRICS_ADDRESS": metrics, "CHECKDATA_METRICS_TOKEN": TOKEN}
    port = address.rpartition(":")[2]
    with command.started("serve", "--port", port, "--workers", "2") as process:
        wait_until_served(process, address)
        yield Served(address, metrics, process)
        process.send_signal(signal.SIGTERM)
        process.communicate()


@pytest.mark.parametrize(
    "words", [("check", "rules", "alarms.yml"), ("check", "config", "--syntax-only", "prometheus.yml")]
)
def test_promtool_finds_no_fault_in_our_files(words: tuple[str, ...]) -> None:
    done = promtool(*words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alarm_rings_where_it_should_and_not_before() -> None:
    done = promtool("test", "rules", "alarms_test.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool") or "promtool"
    return subprocess.run([program, *words], cwd=OPS, capture_output=True, text=True, check=False)  # noqa: S603


def test_a_prometheus_sees_all_workers_as_one_and_rings_because_no_feed_came(served: Served, tmp_path: Path) -> None:
    for _ in range(REQUESTS):  # each on a connection of its own, so that both workers answer some
        assert httpx2.get(f"{served.address}/sign-in").status_code == 200
    authorization = {"credentials": TOKEN}
    at_the_pages = served.address.removeprefix("http://")
    for target, how in ((served.metrics, {}), (at_the_pages, {"authorization": authorization})):
        folder = tmp_path / target.replace(":", "-")
        folder.mkdir()
        with scraping(target, folder, **how) as prometheus:
            wait_until(lambda: prometheus.ask('up{job="checkdata"} == 1'))
            wait_until(lambda: "FeedDidNotCome" in prometheus.ringing())
            (found,) = prometheus.ask('checkdata_http_requests_total{route="/sign-in", status="200"}')
            assert float(found["value"][1]) == REQUESTS
            assert not prometheus.ringing() & {"ServiceDown", "DatabaseDown", "PagesFail", "MailNotSent"}


def test_a_worker_that_died_is_counted_and_holds_no_connections_any_more(served: Served) -> None:
    before = served.told()["checkdata_pool_connections_limit"]
    victim, *_ = workers_of(served.process.pid)
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: served.told()["checkdata_worker_deaths_total"] == 1)
    wait_until(lambda: len(set(workers_of(served.process.pid)) - {victim}) == 2)
    wait_until(lambda: served.told()["checkdata_pool_connections_limit"] == before)
