"""The image of the Dockerfile, run by podman as docs/containers.md says."""

import json
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen

IMAGE: Final = os.environ.get("IMAGE", "localhost/checkdata")
PODMAN: Final = (shutil.which("podman") or "podman", *(("--runtime=runc",) if shutil.which("runc") else ()))
"""With runc where it is, because it runs on older machines too (control groups of version 1)."""

PATIENCE_SECONDS: Final = 60.0

CLOSED: Final = (
    "--read-only",
    "--tmpfs=/tmp:size=256m,mode=1777",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
)
"""How operators run it: nothing in it can be changed, and it can gain nothing."""


@frozen
class Container:
    """A service that runs in a container, by its name."""

    name: str

    @property
    def address(self) -> str:
        """Where it answers, in the network of this machine's containers."""
        (found,) = json.loads(podman("inspect", self.name).stdout)
        return f"http://{found['NetworkSettings']['IPAddress']}:8080"

    @property
    def log(self) -> str:
        """What it wrote until now."""
        done = podman("logs", self.name)
        return done.stdout + done.stderr

    def is_healthy(self) -> bool:
        """Whether the HEALTHCHECK of the image, run now, finds it healthy."""
        return podman("healthcheck", "run", self.name, check=False).returncode == 0


def podman(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run podman to its end."""
    done = subprocess.run([*PODMAN, *words], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0 or not check, done.stderr
    return done


def run(*words: str, how: tuple[str, ...] = CLOSED, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the image to its end with these arguments; podman is told *how*."""
    return podman("run", "--rm", "--network=none", *_limits(), *how, IMAGE, *words, check=check)


@contextmanager
def served(name: str, *more: str) -> Iterator[Container]:
    """Serve in a container until the block ends; *more* goes to podman."""
    container = Container(name)
    try:
        podman("run", "--detach", f"--name={name}", *_limits(), *CLOSED, *more, IMAGE)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not container.is_healthy():
            assert time.monotonic() < deadline, container.log
            time.sleep(0.2)
        yield container
    finally:
        podman("rm", "--force", "--ignore", "--time=0", name)


def _limits() -> tuple[str, ...]:
    """Podman's usual ones, except where this machine lets nobody raise a limit: then its own."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    processes = Path("/proc/sys/kernel/pid_max").read_text("utf-8").strip()
    return f"--ulimit=nofile={files}:{files}", f"--ulimit=nproc={processes}:{processes}"
