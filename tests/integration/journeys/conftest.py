"""The demo as `make run` starts it, for people at real browsers."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from tests.integration.cli.command import PROGRAM
from tests.integration.cli.web_client import wait_until_served
from tests.integration.email.smtp_server import free_port


@pytest.fixture(scope="session")
def demo() -> Iterator[str]:
    """The address of a demo that runs until the last test is done."""
    port = free_port()
    command = [*PROGRAM, "demo", "--port", str(port), "--participants", "400"]
    with_codes = {**os.environ, "CHECKDATA_SIGN_IN": "link-and-code"}
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=with_codes
    ) as process:
        try:
            wait_until_served(process, f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate()
