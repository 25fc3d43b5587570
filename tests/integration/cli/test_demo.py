import signal
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import httpx2
import pytest
from attrs import frozen

from checkdata.adapters.email import KeptMail, Mailbox
from checkdata.entrypoints.demo.users import USERS
from tests.integration.cli.command import Command
from tests.integration.cli.web_client import LINK, PATIENCE_SECONDS, ask_for_link, follow_link, wait_until_served
from tests.integration.email.smtp_server import free_port

ANSWERS = ("Your link to sign in", "You asked to sign in")


@frozen
class Demo:
    """A running demo."""

    process: Popen[str]
    address: str
    temporary: Path

    def client(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.address)

    def answer_to(self, email: str) -> KeptMail:
        """The mail that answers a user's request for a link, once it is there."""
        [folder] = self.temporary.iterdir()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for letter in Mailbox(folder / "mailbox").letters():
                if letter.to == email and letter.subject in ANSWERS:
                    return letter
            time.sleep(0.05)
        raise AssertionError(email)


@pytest.fixture
def demo(command: Command, tmp_path: Path) -> Iterator[Demo]:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command.variables |= {
        "TMPDIR": str(temporary),
        "CHECKDATA_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/real",
        "CHECKDATA_BASE_URL": "https://real.example.org",
        "CHECKDATA_EMAIL": "smtp://real.example.org?from=real@example.org",
    }
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with command.started("demo", "--port", str(port), "--participants", "150") as process:
        wait_until_served(process, address)
        yield Demo(process, address, temporary)


def test_the_demo_shows_every_kind_of_user_whatever_the_environment_says(demo: Demo) -> None:
    with demo.client() as client:
        start = client.get("/").text
    assert all(user.email in start for user in USERS)
    destinations = {}
    for user in USERS:
        with demo.client() as client:
            ask_for_link(client, user.email)
            if link := LINK.search(demo.answer_to(user.email).body):
                page = follow_link(client, link[0])
                destinations[user.name] = (page.url.path, page.status_code)
    assert destinations == {
        "Ruth Adeyemi": ("/overview", 200),
        "Tom Price": ("/overview", 200),
        "Grace Okafor": ("/choose-role", 200),
        "Dev Patel": ("/choose-organisation", 200),
        "Anna Whitlock": ("/overview", 200),
        "Peter Lund": ("/overview", 403),
        "Maria Silva": ("/ects/overview", 200),
        "Sam Reed": ("/support", 200),
        "Jess Moore": ("/support", 200),
        "Lena Hart": ("/policy", 200),
        "Nina Webb": ("/choose-role", 403),
    }
    with demo.client() as client:
        mailbox = client.get("/mailbox").text
    assert all(user.email in mailbox for user in USERS)


def test_the_demo_says_what_to_do_next_and_leaves_nothing_behind(demo: Demo) -> None:
    [folder] = demo.temporary.iterdir()
    assert {path.name for path in folder.iterdir()} >= {"checkdata.sqlite", "feed"}
    assert folder.stat().st_mode & 0o777 == 0o700
    demo.process.send_signal(signal.SIGINT)
    out, err = demo.process.communicate(timeout=PATIENCE_SECONDS)
    assert demo.process.returncode == 0
    assert err == ""
    assert f"The demo runs at {demo.address}/\n" in out
    assert f"{demo.address}/mailbox" in out
    assert f"export CHECKDATA_DATABASE_URL=sqlite:///{folder}/checkdata.sqlite\n" in out
    assert out.endswith("To start it again: make run\n")
    assert not list(demo.temporary.iterdir())
