"""What nginx and Caddy do before the service, with the examples of ops/ (docs/containers.md)."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest
from attrs import define, field

from tests.integration.cli.command import KEY, Command
from tests.integration.cli.web_client import wait_until_served
from tests.integration.email.smtp_server import free_port
from tests.integration.proxies.proxy import HOST, OPS, caddy, nginx, proxied
from tests.storages import copy_of

BOTH: Final = pytest.mark.parametrize("how", [nginx, caddy], ids=["nginx", "caddy"])
OWN_503: Final = b"HTTP/1.1 503 X\r\nRetry-After: 7\r\nContent-Length: 6\r\nConnection: close\r\n\r\nclosed"
OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
FORGED: Final = {
    "X-Forwarded-For": "198.51.100.7",
    "X-Request-Id": "forged-by-a-client",
    "Forwarded": "for=198.51.100.7",
}
How = Callable[[Path, int, int], list[str]]


@define
class Listener:
    """Stands where the service would, and notes the heads that reach it."""

    port: int
    answer: bytes = OK
    heads: list[bytes] = field(factory=list)

    def headers(self) -> dict[str, list[str]]:
        """The headers of the last request, by their names in small letters."""
        found: dict[str, list[str]] = {}
        for line in self.heads[-1].decode().split("\r\n")[1:]:
            name, _, value = line.partition(": ")
            found.setdefault(name.lower(), []).append(value)
        return found


@pytest.fixture
def listener() -> Iterator[Listener]:
    """One that answers everything with 200, unless told otherwise."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        noted = Listener(listening.getsockname()[1])

        def answer() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    head = b""
                    while b"\r\n\r\n" not in head and (more := connection.recv(65536)):
                        head += more
                    if head:
                        noted.heads.append(head.partition(b"\r\n\r\n")[0])
                        connection.sendall(noted.answer)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield noted
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Commands in an environment that sets nothing but a key."""
    return Command(tmp_path, capsys, {"CHECKDATA_SECRET_KEY": KEY})


@pytest.fixture
def service(command: Command, migrated_sqlite: Path, tmp_path: Path) -> Iterator[int]:
    """The port of a real service whose users come over https to `HOST`."""
    database = copy_of(migrated_sqlite, tmp_path / "checkdata.sqlite")
    port = free_port()
    command.variables |= {
        "CHECKDATA_DATABASE_URL": f"sqlite:///{database}",
        "CHECKDATA_BASE_URL": f"https://{HOST}",
        "CHECKDATA_EMAIL": "smtp://127.0.0.1:1025?from=a@example.org",
    }
    with command.started("serve", "--port", str(port)) as process:
        wait_until_served(process, f"http://127.0.0.1:{port}", host=HOST)
        yield port
        process.terminate()
        process.communicate()


def ask(reaching: httpx2.Client, method: str = "GET", path: str = "/", **more: object) -> httpx2.Response:
    return reaching.request(method, path, extensions={"sni_hostname": HOST}, **more)  # type: ignore[arg-type]


@BOTH
def test_the_service_gets_the_host_and_nothing_that_a_client_forged(
    how: How, listener: Listener, tmp_path: Path
) -> None:
    with proxied(how, tmp_path, listener.port) as reaching:
        assert ask(reaching, path="/a?b=c", headers=FORGED).text == "ok"
        first = listener.headers()
        ask(reaching, headers=FORGED)
        second = listener.headers()
    assert first["host"] == [HOST]
    assert first["x-forwarded-for"] == ["127.0.0.1"]
    assert first["x-forwarded-proto"] == ["https"]
    assert "forwarded" not in first
    assert len({*first["x-request-id"], *second["x-request-id"], FORGED["X-Request-Id"]}) == 3


@BOTH
def test_what_is_too_large_is_refused_before_the_service_sees_it(how: How, listener: Listener, tmp_path: Path) -> None:
    with proxied(how, tmp_path, listener.port) as reaching:
        before = len(listener.heads)
        assert ask(reaching, headers={"X-Long": "a" * 60_000}).status_code in {400, 431}
        assert len(listener.heads) == before
        if how is nginx:  # Caddy passes a body on as it comes, and cuts it off
            assert ask(reaching, "POST", content=b"a" * 12_000_000).status_code == 413


@BOTH
def test_the_service_takes_what_the_proxy_gives_it(how: How, service: int, tmp_path: Path) -> None:
    with proxied(how, tmp_path, service) as reaching:
        page = ask(reaching, path="/sign-in")
        assert page.status_code == 200
        assert "Strict-Transport-Security" in page.headers
        assert page.headers["X-Request-Id"].replace("-", "").isalnum()
        assert len(page.headers["X-Request-Id"]) >= 32
        refused = ask(reaching, path="/sign-in", headers={"Host": "other.example.org"})
        assert "csrf_token" in page.text
        assert "csrf_token" not in refused.text


@BOTH
def test_a_token_in_an_address_is_in_no_log_of_the_proxy(how: How, service: int, tmp_path: Path) -> None:
    token = "t0ken-" * 12
    with proxied(how, tmp_path, service) as reaching:
        ask(reaching, path=f"/sign-in/{token}")
        ask(reaching, path=f"/?q={token}")
    written = [
        path.read_text("utf-8", "replace")
        for path in tmp_path.glob("*")
        if path.is_file() and path.suffix in {".log", ""}
    ]
    assert not [text for text in written if token in text]


@BOTH
def test_users_read_the_maintenance_page_while_no_service_answers(how: How, tmp_path: Path) -> None:
    with proxied(how, tmp_path, free_port()) as reaching:
        answers = [ask(reaching, method, "/participants?query=lee") for method in ("GET", "POST")]
        unseen = ask(reaching, "HEAD")
    assert {answer.text for answer in answers} == {(OPS / "maintenance.html").read_text("utf-8")}
    for answer in (*answers, unseen):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120")
        assert answer.headers["Content-Type"].startswith("text/html")


@BOTH
def test_what_the_service_itself_says_while_it_is_closed_reaches_users(
    how: How, listener: Listener, tmp_path: Path
) -> None:
    listener.answer = OWN_503
    with proxied(how, tmp_path, listener.port) as reaching:
        answer = ask(reaching)
    assert (answer.status_code, answer.headers["Retry-After"], answer.text) == (503, "7", "closed")
