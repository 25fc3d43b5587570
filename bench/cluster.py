"""A PostgreSQL of the bench's own, set as the yardstick sets its own, and stopped afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from commands import program

SETTINGS: Final = (
    "shared_buffers=1GB", "effective_cache_size=6GB", "work_mem=32MB", "maintenance_work_mem=512MB",
    "max_wal_size=8GB", "checkpoint_timeout=30min", "random_page_cost=1.1", "jit=off", "listen_addresses=",
)  # fmt: skip


@contextmanager
def postgresql() -> Iterator[None]:
    """Run a server until the block ends; PGHOST, PGPORT and PGUSER name it meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="checkdata-bench-"))
    user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None  # it refuses root
    if user:
        shutil.chown(folder, user, user)
    port = free_port()
    options = " ".join(f"-c {setting}" for setting in (*SETTINGS, f"unix_socket_directories={folder}", f"port={port}"))
    make = [program("initdb"), f"--pgdata={folder / 'data'}", "--username=postgres", "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8"]  # fmt: skip
    control = [program("pg_ctl"), f"--pgdata={folder / 'data'}", "--wait", "--silent"]
    start = [*control, "start", f"--log={folder / 'log'}", f"--options={options}"]
    try:
        for command in (make, start):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, group=user, cwd=folder)
        os.environ |= {"PGHOST": str(folder), "PGPORT": str(port), "PGUSER": "postgres"}
        yield
    finally:
        subprocess.run([*control, "stop", "--mode=immediate"], check=False, user=user, group=user, cwd=folder)
        shutil.rmtree(folder)


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
