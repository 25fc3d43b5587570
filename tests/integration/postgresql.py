"""A real PostgreSQL for the tests, started from its own binaries in a temporary folder."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psycopg
from attrs import field, frozen
from psycopg.sql import SQL, Identifier

BINARIES: Final = "/usr/lib/postgresql"

# English collation, as a real server has: an ORDER BY that forgets COLLATE "C" shows itself.
CLUSTER: Final = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--locale=C.UTF-8")
COLLATION: Final = ("--locale-provider=icu", "--icu-locale=en-GB")

# This data is not needed after a power cut, and a socket in a folder of its own takes no port.
SETTINGS: Final = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "listen_addresses=")

# A copy of a database takes a tenth of the time there; containers have it too, but often too small.
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
MEMORY_BYTES: Final = 4 * 1024**3

# Waits until its input closes, which happens at the end and also when the tests are killed.
STOP_AFTERWARDS: Final = 'read -r _; exec "$0" stop --silent --mode=immediate --pgdata="$1"'


@frozen
class Server:
    """A running PostgreSQL, reached over the socket in its folder."""

    folder: Path
    _numbers: Iterator[int] = field(factory=itertools.count)

    def url(self, database: str) -> str:
        """The address of one of its databases, as SQLAlchemy writes it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @contextmanager
    def new_database(self, template: str = "template1") -> Iterator[str]:
        """Give the address of a copy of *template*, an empty one unless told; it is dropped, connections or not."""
        name = f"checkdata_{next(self._numbers)}"
        with self.connection() as connection:
            copying = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")  # a third faster for a small one
            connection.execute(copying.format(Identifier(name), Identifier(template)))
            yield self.url(name)
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def connection(self) -> psycopg.Connection:
        """Connect as the superuser to the server's own database."""
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server with an empty data folder; stop it and remove the folder afterwards."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES
    folder = Path(tempfile.mkdtemp(prefix="checkdata-", dir=MEMORY if in_memory else None))
    user = server_user()
    try:
        if user:
            shutil.chown(folder, user, user)
        with started(folder, folder / "data", user):
            yield Server(folder)
    finally:
        shutil.rmtree(folder)


@contextmanager
def started(folder: Path, data: Path, user: str | None, *, make: bool = True) -> Iterator[None]:
    """Run the server until the block ends, on a new data folder or, if *make* is not set, on one that is there."""
    options = " ".join(f"-c {setting}" for setting in (*SETTINGS, f"unix_socket_directories={folder}"))
    initialise = [program("initdb"), f"--pgdata={data}", *CLUSTER, *COLLATION]
    start = [
        program("pg_ctl"),
        "start",
        "--wait",
        f"--pgdata={data}",
        f"--log={folder / 'log'}",
        f"--options={options}",
    ]
    stop = ["/bin/sh", "-c", STOP_AFTERWARDS, program("pg_ctl"), str(data)]
    for command in [initialise, start] if make else [start]:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, group=user, cwd=folder)  # noqa: S603
    with subprocess.Popen(stop, stdin=subprocess.PIPE, user=user, group=user, cwd=folder):  # noqa: S603
        yield


def server_user() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root, so for root it is Debian's ``postgres``."""
    return pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None


def program(name: str) -> str:
    """The program of that name of the PostgreSQL that ``POSTGRESQL`` names, or of the newest that is installed."""
    version = os.environ.get("POSTGRESQL") or "*"
    found = sorted(Path(BINARIES).glob(f"{version}/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("That PostgreSQL is not installed: run `make test`, or `sudo apt-get install postgresql`")
    return str(found[-1])


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    """All processes of the server stand still."""
    pids = processes_of(server)
    try:
        signal_all(signal.SIGSTOP, pids)
        yield
    finally:
        signal_all(signal.SIGCONT, list(reversed(pids)))


def signal_all(number: signal.Signals, pids: Sequence[int]) -> None:
    """Send a signal to processes, of which one may have ended just now."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def processes_of(server: Server) -> list[int]:
    """The server's own process, and those that it began."""
    first = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return [first, *map(int, children)]
