"""The service while it serves: how long its answers take, and how much memory they cost."""

import http.client
import re
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from commands import children, kib_of, processes_named, processor_seconds_of

HOST: Final = "127.0.0.1"
LONGEST_START: Final = 60
CHUNK: Final = 64 * 1024


class Latencies(NamedTuple):
    """The median, the 95th percentile and the longest of what some answers took, in seconds."""

    p50: float
    p95: float
    longest: float

    @classmethod
    def of(cls, times: Iterable[float]) -> Self:
        """What these answers took."""
        took = sorted(times)
        return cls(statistics.median(took), took[int(len(took) * 0.95)], took[-1])


class Download(NamedTuple):
    """What a download took in seconds, its rows, and by how many MiB the server's largest process grew over it."""

    seconds: float
    rows: int
    grown: float


class Served:
    """A running server, asked over one connection in the name of one session."""

    def __init__(self, command: Sequence[str], port: int, log: Path) -> None:
        """Serve by *command* at *port* while entered; what the server writes goes to *log*."""
        self._command, self._port, self._log = command, port, log
        self.headers: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        self._file = self._log.open("wb")
        self._process = subprocess.Popen(self._command, stdout=self._file, stderr=self._file)
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._file.close()

    def latencies(self, paths: Sequence[str], requests: int) -> Latencies:
        """Ask for the paths in turn, each once before it counts."""
        return Latencies.of(self.times([*paths, *islice(cycle(paths), requests)])[len(paths) :])

    def times(self, paths: Iterable[str]) -> list[float]:
        """How long the answer to each of the paths took, over one connection."""
        connection = http.client.HTTPConnection(HOST, self._port)
        took = [self._ask(connection, path) for path in paths]
        connection.close()
        return took

    def processor_seconds(self, path: str, requests: int, database: str) -> float:
        """The processor time of an answer, of the server and of what PostgreSQL does for its *database*, in seconds.

        What a process keeps is there before it counts: each of the workers has answered by then.
        """
        for _ in range(20):
            self.ask(path)
        before = self._processor(database)
        self.times([path] * requests)
        return (self._processor(database) - before) / requests

    def link_on(self, path: str, pattern: str) -> str:
        """The first link on a page that begins like the *pattern*."""
        request = urllib.request.Request(f"http://{HOST}:{self._port}{path}", headers=dict(self.headers))
        with urllib.request.urlopen(request) as page:  # noqa: S310 - our own server
            found = re.search(pattern, page.read().decode())
        if found is None:
            raise SystemExit(f"{path} has no such link")
        return found[0]

    def ask(self, path: str) -> None:
        """Ask once, over a connection of its own, which any of the workers may take."""
        self._read(path)

    def download(self, path: str, rounds: int) -> Download:
        """Download a CSV some times; the median of the seconds but the first, the most of the memory."""
        idle = self._resident("VmRSS")
        for pid in idle:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        _, *counted = (self._read(path) for _ in range(rounds + 1))
        taken, lines = zip(*counted, strict=True)
        grown = max(most - idle.get(pid, most) for pid, most in self._resident("VmHWM").items())
        return Download(statistics.median(taken), lines[0] - 1, grown / 1024)

    def largest(self) -> float:
        """The most that a worker ever held, in MiB; the process that watches over them answers nobody."""
        return max(self._of_workers("VmHWM")) / 1024

    def largest_now(self) -> float:
        """What the largest worker holds, in MiB."""
        return max(self._of_workers("VmRSS")) / 1024

    def _wait(self) -> None:
        until = time.monotonic() + LONGEST_START
        while time.monotonic() < until and self._process.poll() is None:
            with suppress(OSError):
                connection = http.client.HTTPConnection(HOST, self._port)
                connection.request("GET", "/healthcheck")
                if connection.getresponse().status == http.HTTPStatus.OK:
                    return
            time.sleep(0.1)
        raise SystemExit(f"The service does not answer: see {self._log}")

    def _ask(self, connection: http.client.HTTPConnection, path: str) -> float:
        started = time.perf_counter()
        connection.request("GET", path, headers=dict(self.headers))
        answer = connection.getresponse()
        answer.read()
        took = time.perf_counter() - started
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path} answers {answer.status}")
        return took

    def _read(self, path: str) -> tuple[float, int]:
        connection = http.client.HTTPConnection(HOST, self._port)
        started = time.perf_counter()
        connection.request("GET", path, headers=dict(self.headers))
        answer = connection.getresponse()
        lines = sum(piece.count(b"\n") for piece in iter(lambda: answer.read(CHUNK), b""))
        took = time.perf_counter() - started
        connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path} answers {answer.status}")
        return took, lines

    def _processor(self, database: str) -> float:
        return sum(map(processor_seconds_of, [*self._processes(), *processes_named(database)]))

    def _of_workers(self, name: str) -> list[int]:
        return [kib for pid, kib in self._resident(name).items() if pid != self._process.pid]

    def _resident(self, name: str) -> dict[int, int]:
        return kib_of(self._processes(), name)

    def _processes(self) -> list[int]:
        todo, found = [self._process.pid], []
        while todo:
            pid = todo.pop()
            found.append(pid)
            todo += children(pid)
        return found
