"""A real Prometheus (Debian's), which scrapes a service and decides whether an alarm rings."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx2
import yaml
from attrs import frozen

from tests.integration.email.smtp_server import free_port

OPS: Final = Path(__file__).parents[4] / "ops"
PATIENCE_SECONDS: Final = 60.0


@frozen
class Prometheus:
    """One that runs."""

    address: str

    def ask(self, query: str) -> list[dict[str, Any]]:
        """The samples that a query finds now."""
        told = httpx2.get(f"{self.address}/api/v1/query", params={"query": query}).json()
        found: list[dict[str, Any]] = told["data"]["result"]
        return found

    def ringing(self) -> set[str]:
        """The alarms that ring."""
        return {each["metric"]["alertname"] for each in self.ask('ALERTS{alertstate="firing"}')}


@contextmanager
def scraping(target: str, folder: Path, **how: object) -> Iterator[Prometheus]:
    """One that scrapes *target* each second, *how* it is said, with our alarms, which here wait for nothing."""
    config = yaml.safe_load((OPS / "prometheus.yml").read_text("utf-8"))
    (job,) = config["scrape_configs"]
    for name in ("scheme", "authorization"):
        del job[name]
    job |= {"static_configs": [{"targets": [target]}], **how}
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), "utf-8")
    at_once = re.sub(r"^ *for: .*\n", "", (OPS / "alarms.yml").read_text("utf-8"), flags=re.MULTILINE)
    (folder / "alarms.yml").write_text(at_once, "utf-8")
    port = free_port()
    command = [
        shutil.which("prometheus") or "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'samples'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with subprocess.Popen(command) as process:  # noqa: S603
        try:
            found = Prometheus(f"http://127.0.0.1:{port}")
            wait_until(lambda: _is_ready(found))
            yield found
        finally:
            process.terminate()


def wait_until(what: Callable[[], object]) -> None:
    """Wait until it is so; the time is only for a test that would never end."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _is_ready(found: Prometheus) -> bool:
    with suppress(httpx2.TransportError):
        return httpx2.get(f"{found.address}/-/ready").status_code == 200
    return False
