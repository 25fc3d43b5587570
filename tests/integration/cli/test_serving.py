import json
import signal
import socket
import time

import httpx2
import pytest

from tests.integration.cli.command import Command
from tests.integration.cli.web_client import LINK, PATIENCE_SECONDS, ask_for_link, follow_link, wait_until_served
from tests.integration.email.smtp_server import free_port

JO = "jo@support.example"


@pytest.fixture
def with_support(loaded: Command) -> Command:
    loaded.done("users", "add", "--email", JO, "--name", "Jo Lee", "--role", "support", "--reason", "Ticket 12")
    loaded.done("send")
    return loaded


def mailed_link(command: Command) -> str:
    """The link in the newest mail, once it is there."""
    mailbox = command.folder / "data" / "checkdata" / "mailbox"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for path in sorted(mailbox.glob("*.eml"), reverse=True):
            if found := LINK.search(path.read_text()):
                return found[0]
        time.sleep(0.05)
    raise AssertionError(list(mailbox.iterdir()))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_served_service_mails_links_that_sign_in_and_ends_in_order(with_support: Command, workers: str) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (
        with_support.started("serve", "--port", str(port), "--workers", workers) as process,
        httpx2.Client(base_url=address) as client,
    ):
        wait_until_served(process, address)
        ask_for_link(client, JO)
        link = mailed_link(with_support)
        assert link.startswith(f"{address}/sign-in/")
        assert follow_link(client, link).url.path == "/support"
        found = client.get("/support/users", params={"query": "a secret search"})
        assert found.status_code == 200
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, err
    assert out == f"Serving {address}\n"
    lines = [json.loads(line) for line in err.splitlines()]
    assert "request" in {line["message"] for line in lines}
    assert not [word for word in (link.rpartition("/")[2], "secret", JO, "Jo Lee") if word in err]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_no_answer_says_what_serves_it(command: Command, migrated_sqlite_url: str, workers: str) -> None:
    command.variables["CHECKDATA_DATABASE_URL"] = migrated_sqlite_url
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with command.started("serve", "--port", str(port), "--workers", workers) as process:
        wait_until_served(process, address)
        answers = [
            httpx2.get(f"{address}{path}", headers=headers)
            for path in ("/", "/participants", "/nothing", "/static/checkdata.css")
            for headers in ({}, {"Host": "evil.example"})
        ]
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"no request at all\r\n\r\n")
            unread = connection.makefile("rb").read().lower()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_SECONDS)
    assert {answer.status_code for answer in answers} >= {200, 303, 404, 400}
    assert not [answer.headers for answer in answers if {"server", "x-powered-by"} & set(answer.headers)]
    assert unread.startswith(b"http/1.1 400 ")
    assert b"server:" not in unread


def test_the_mailbox_page_is_not_there_outside_the_demo(with_support: Command) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with with_support.started("serve", "--port", str(port)) as process:
        wait_until_served(process, address)
        assert httpx2.get(f"{address}/mailbox").status_code == 404
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0


@pytest.mark.parametrize("arguments", [("serve",), ("demo", "--participants", "0")])
def test_a_port_that_is_taken_is_told_and_ends_with_3(with_support: Command, arguments: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ended = with_support.done(*arguments, "--port", port, code=3)
    assert f"Error: Port {port} of 127.0.0.1 can't be used: " in ended.err
    assert "Choose another with --port." in ended.err


def test_mail_that_no_server_takes_ends_with_1_and_why_and_goes_out_later(with_support: Command) -> None:
    port = free_port()
    with_support.variables["CHECKDATA_EMAIL"] = f"smtp://127.0.0.1:{port}?from=no-reply@example.org"
    with_support.done("users", "remove", "--email", JO, "--reason", "Left")
    ended = with_support.done("send", code=1)
    assert ended.out == "0 sent, 1 not sent.\n"
    assert f"The mail server 127.0.0.1:{port} did not take the mail: it can't be reached" in ended.err
    assert with_support.done("send").out == "0 sent, 0 not sent.\n"
