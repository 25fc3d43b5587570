"""The Nu HTML checker, as the W3C runs it; it stays up between pages, because it takes seconds to start."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen
from hatch_build import NpmPackage

from tests.integration.email.smtp_server import free_port

PACKAGE: Final = NpmPackage(
    "vnu-jar@26.9.27",
    "sha512-TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA==",
)
JAR: Final = Path(__file__).parents[2] / "build" / "vnu-26.9.27.jar"
"""Where it lies once it was fetched; ignored by git."""


@frozen
class HtmlChecker:
    """A running checker."""

    port: int

    def faults(self, html: str) -> list[str]:
        """What the checker calls an error in a page, each once, with its first line."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/?out=json",
            html.encode(),
            {"Content-Type": "text/html; charset=utf-8"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            messages = json.load(answer)["messages"]
        errors = {m["message"]: m.get("lastLine") for m in reversed(messages) if m["type"] != "info"}
        return [f"line {line}: {message}" for message, line in errors.items()]


@contextmanager
def running_checker() -> Iterator[HtmlChecker]:
    """Start the checker, and stop it when the block ends."""
    port = free_port()
    memory = ["-Xss8m", "-Xmx512m", "-XX:+UseSerialGC"]  # its schemas go deep
    options = [*memory, "-XX:TieredStopAtLevel=1", "-Dnu.validator.servlet.bind-address=127.0.0.1"]
    command = ["java", *options, "-cp", str(_jar()), "nu.validator.servlet.Main", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            _wait(port)
            yield HtmlChecker(port)
        finally:
            process.terminate()


def _jar() -> Path:
    if not JAR.exists():
        JAR.parent.mkdir(exist_ok=True)
        with PACKAGE.opened() as archive:
            content = archive.extractfile("package/build/dist/vnu.jar")
            assert content is not None
            part = JAR.with_suffix(f".{os.getpid()}")
            part.write_bytes(content.read())
        part.rename(JAR)  # another process may have been as fast
    return JAR


def _wait(port: int) -> None:
    for _ in range(600):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("The HTML checker does not start: is Java installed? Run `make test`.")
