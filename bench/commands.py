"""Runs commands and tells how long they took and how much memory their largest process held."""

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """What a command took: wall seconds, and the peak resident MiB of its largest process."""

    seconds: float
    mib: float


def program(name: str) -> str:
    """The path of a program, of PostgreSQL's own folder too; ends with a sentence where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    search = os.pathsep.join([*map(str, reversed(folders)), os.environ["PATH"]])
    found = shutil.which(name, path=search)
    if found is None:
        raise SystemExit(f"Needed here: {name}. Run: sudo apt-get install postgresql sqlite3")
    return found


def run(command: Sequence[object], env: Mapping[str, str] | None = None) -> Run:
    """Run a command whose output is not needed; ends with a sentence if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, env=env)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command[:2]))} ended with {process.returncode}")
    return Run(seconds, usage.ru_maxrss / 1024)


def median_of(rounds: int, work: Callable[[], Run]) -> Run:
    """The median seconds and the largest memory of some rounds."""
    took = [work() for _ in range(rounds)]
    return Run(statistics.median(each.seconds for each in took), max(each.mib for each in took))


def memory_of_workers(command: Sequence[object]) -> float:
    """Run a command and give the most MiB that any process holds whose parent it started: those that do its work."""
    process, most = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL), 0
    while process.poll() is None:
        workers = [pid for child in children(process.pid) for pid in children(child)]
        most = max([most, *kib_of(workers, "VmHWM").values()])
        time.sleep(0.02)
    return most / 1024


def children(pid: int) -> list[int]:
    """The processes that a process started and that still are."""
    with suppress(OSError):
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    return []


def kib_of(pids: Iterable[int], name: str) -> dict[int, int]:
    """What the system accounts under this name to each of the processes that still is."""
    return {pid: kib for pid in pids for kib in _kib(pid, name)}


def _kib(pid: int, name: str) -> Iterable[int]:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                yield int(line.split()[1])


def processor_seconds_of(pid: int) -> float:
    """How long a process has used a processor; 0 once it is gone."""
    with suppress(OSError):
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return 0


def processes_named(database: str) -> list[int]:
    """PostgreSQL's processes that answer for a database: their titles name it."""
    found = []
    for title in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = title.read_text(errors="replace").split()
            if words[:1] == ["postgres:"] and database in words:
                found.append(int(title.parent.name))
    return found


def said(*command: object) -> str:
    """What a command writes to its output."""
    done = subprocess.run([str(part) for part in command], check=True, text=True, stdout=subprocess.PIPE)
    return done.stdout.strip()
