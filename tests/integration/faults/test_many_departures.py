"""Hundreds of downloads that are begun and broken off leave a service as it was."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import httpx2

from checkdata.adapters.sql.waits import KEPT_CONNECTIONS
from tests.integration.faults.processes import sockets_of, wait_until, workers_of
from tests.integration.faults.raw_client import ask, connected, read
from tests.integration.faults.service import ANN, BEN, Service
from tests.integration.faults.test_readers import BUSY, FILES, number_of, owner
from tests.integration.faults.test_workers import answers

DOWNLOADS: Final = 500
AT_ONCE: Final = 25
SESSIONS: Final = 10
READ_BYTES: Final = (0, 1, 1024, 100_000)


def test_500_downloads_that_are_broken_off_leave_two_workers_as_they_were(postgresql: Service) -> None:
    with postgresql.served("--workers", "2") as served, ExitStack() as stack:
        browsers = [stack.enter_context(served.signed_in((ANN, BEN)[number % 2])) for number in range(SESSIONS)]
        cookies = [served.cookies(browser) for browser in browsers]
        workers = workers_of(served.process.pid)
        before = sum(map(sockets_of, workers))

        def leave(number: int) -> None:
            with connected(served.port) as connection:
                ask(connection, FILES[number % len(FILES)], cookies[number % SESSIONS])
                read(connection, READ_BYTES[number // len(FILES) % len(READ_BYTES)])

        with ThreadPoolExecutor(AT_ONCE) as hands:
            list(hands.map(leave, range(DOWNLOADS)))
        for browser in browsers:
            wait_until(lambda: downloads(browser))  # noqa: B023 - it is asked at once
        assert workers_of(served.process.pid) == workers
        assert all(answers(served.address) for _ in range(20))
        wait_until(lambda: not any(kept_files(workers)))
        wait_until(lambda: sum(map(sockets_of, workers)) <= before + len(workers) * KEPT_CONNECTIONS)
        with owner(postgresql) as database:
            wait_until(lambda: number_of(database, BUSY) == 0)


def downloads(browser: httpx2.Client) -> bool:
    return browser.get("/participants.csv").status_code == 200


def kept_files(workers: list[int]) -> Iterator[Path]:
    """The files that are kept in memory for their readers."""
    for worker in workers:
        for name in Path(f"/proc/{worker}/fd").iterdir():
            with suppress(FileNotFoundError):
                if "memfd:download" in str(name.readlink()):
                    yield name
