"""What the system knows of the processes of a service: their children, their memory, their sockets."""

import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

PATIENCE_SECONDS: Final = 120.0


def workers_of(parent: int) -> list[int]:
    """The processes that a parent started to answer, in the order of their start."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def is_alive(process: int) -> bool:
    """Whether a process runs; a zombie does not."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def memory_of(processes: Sequence[int], name: str = "VmRSS") -> int:
    """How many bytes they have in memory together; at most until now, where *name* is "VmHWM"."""
    lines = (line for each in processes for line in Path(f"/proc/{each}/status").read_text().splitlines())
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def forget_most_memory(processes: Sequence[int]) -> None:
    """Let "VmHWM" begin again from what they have now."""
    for each in processes:
        Path(f"/proc/{each}/clear_refs").write_text("5")


def sockets_of(process: int) -> int:
    """How many sockets a process has open."""
    count = 0
    for name in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            count += str(name.readlink()).startswith("socket:")
    return count


def is_connected(connection: socket.socket) -> bool:
    """Whether the other end, on this machine too, still holds a connection of which nothing is read here."""
    here = ":%04X" % connection.getsockname()[1]  # noqa: UP031 - as the system writes it
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
    return any(row[2].endswith(here) and row[3] == "01" for row in rows)


def is_free(port: int) -> bool:
    """Whether a process could listen there now without sharing the port."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def wait_until(what: Callable[[], object], patience: float = PATIENCE_SECONDS) -> float:
    """Wait until something is true; returns how many seconds that took, and raises if it never is."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < patience
        time.sleep(0.05)
    return time.monotonic() - begun
