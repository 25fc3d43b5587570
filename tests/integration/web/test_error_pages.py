"""Each error has its status and its page, which says nothing more (rules.md, *What answers what*)."""

import logging
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from checkdata.domain.errors import NotMigrated, StorageConflict, StorageUnavailable
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.listing.check_participants import CheckParticipants
from tests.integration.web.client import Client, event_loop, page_of
from tests.integration.web.world import SAM, World


class Failing:
    """A storage that fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def reading(self) -> UnitOfWork:
        raise self._error

    def writing(self) -> UnitOfWork:
        raise self._error

    def at_once(self) -> UnitOfWork:
        raise self._error


@pytest.mark.parametrize(
    "address",
    [
        "/participants?query=a&query=b",
        "/participants?query=a%00b",
        "/participants?query=%ff",
        "/participants?%00=a",
        "/participants.csv?query=ect&query=mentor",
        "/sign-in/%ff",
        "/sign-in/a%00b",
        "/%c0%af",
        "/?a=1&a=1",
        "/static/checkdata.css?a=1&a=2",
        "/?" + "&".join(f"a{i}=1" for i in range(101)),
        "/sign-in?role=ect&role=mentor",
        "/support/users?status=a&status=b",
    ],
)
def test_an_address_that_makes_no_sense_is_400(ann: Client, address: str) -> None:
    assert ann.get(address, 400).one("h1").text == "There is a problem with the address"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"email=a&email=b", "application/x-www-form-urlencoded"),
        (b"email=%00", "application/x-www-form-urlencoded"),
        (b"email=%ff", "application/x-www-form-urlencoded"),
        (b"email=\xff", "application/x-www-form-urlencoded"),
        (b'{"email": "a"}', "application/json"),
        (b"email=a", "text/plain"),
        (b"email=a", ""),
        (b"&".join(b"a%d=1" % number for number in range(101)), "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_that_makes_no_sense_is_400(client: Client, body: bytes, kind: str) -> None:
    response = client.http.post("/sign-in", content=body, headers={"content-type": kind})
    assert response.status_code == 400
    page_of(response, client.world)


def test_unknown_words_of_an_address_are_no_problem(ann: Client) -> None:
    ann.get("/participants?utm_source=mail")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/participants/",
        "/sign-out/",
        "/sign-in/a/b",
        "/static/nothing.css",
        "/static/%2e%2e/app.py",
        "/static/",
    ],
)
def test_an_unknown_address_is_404(client: Client, path: str) -> None:
    assert client.get(path, 404).one("h1").text == "Page not found"


def test_a_method_that_a_page_does_not_have_is_405_and_names_those_that_it_has(client: Client) -> None:
    response = client.http.put("/sign-in")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, POST"
    assert page_of(response, client.world).one("h1").text == "This page cannot be used that way"


def test_a_form_that_is_too_large_is_413(client: Client) -> None:
    response = client.http.post("/sign-in", data={"email": "x" * 70_000})
    assert response.status_code == 413
    assert page_of(response, client.world).one("h1").text == "That is too large"


def test_a_form_that_says_that_it_is_too_large_is_413_and_not_read(world: World) -> None:
    answered: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("it was read")

    async def send(message: Message) -> None:
        answered.append(message)

    headers = [(b"host", b"check.example"), (b"content-length", b"70000")]
    asked = {"type": "http", "method": "POST", "scheme": "https", "path": "/sign-in", "query_string": b""}
    event_loop().call(world.app(), {**asked, "headers": headers}, receive, send)
    assert answered[0]["status"] == 413


def test_so_is_one_that_does_not_say_how_large_it_is(client: Client) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (b"x" * 1000 for _ in range(70))

    response = client.http.post("/sign-in", content=pieces())
    assert response.status_code == 413
    page_of(response, client.world)


@pytest.mark.parametrize("host", ["evil.example", "check.example:8443", "check.example.evil.example", "", "127.0.0.1"])
@pytest.mark.parametrize("path", ["/", "/sign-in", "/static/checkdata.css", "/nothing"])
def test_another_host_is_400(client: Client, path: str, host: str) -> None:
    response = client.http.get(path, headers={"host": host})
    assert response.status_code == 400
    assert host not in response.text or not host
    page_of(response, client.world)


@pytest.mark.parametrize("host", ["check.example", "CHECK.example", "check.example:443"])
def test_the_own_host_is_answered(client: Client, host: str) -> None:
    client.get("/", headers={"host": host})


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("127.0.0.1", 400),
        ("localhost:8001", 400),
        ("[::1]:8000", 400),
    ],
)
def test_an_http_base_on_loopback_answers_to_both_its_names_at_its_port(host: str, status: int) -> None:
    client = Client(World(base_url="http://localhost:8000"))
    client.get("/", status, headers={"host": host})


@pytest.mark.parametrize("error", [StorageUnavailable("db-1 is down"), NotMigrated("no tables")])
@pytest.mark.parametrize("path", ["/participants", "/participants.csv", "/", "/sign-in/x"])
def test_without_its_database_the_service_is_503_and_lets_no_user_in(
    ann: Client, path: str, error: StorageUnavailable | NotMigrated, caplog: pytest.LogCaptureFixture
) -> None:
    ann.world.storage = Failing(error)
    ann.http = TestClient(ann.world.app(), base_url=ann.world.base_url, cookies=ann.http.cookies)
    page = ann.get(path, 503)
    assert page.one("h1").text == "Sorry, the service is unavailable"
    assert str(error) not in page.text
    assert "Ann" not in page.text
    assert not page.all("form")
    logged = [record.__dict__["details"]["error"] for record in caplog.records if record.levelno == logging.ERROR]
    assert logged == [type(error).__name__]
    assert str(error) not in str([record.__dict__ for record in caplog.records])


@pytest.mark.parametrize("error", [StorageUnavailable("db-1 is down"), NotMigrated("no tables")])
def test_a_database_that_goes_once_the_user_is_known_leaves_no_user_signed_in(
    ann: Client, monkeypatch: pytest.MonkeyPatch, error: StorageUnavailable | NotMigrated
) -> None:
    monkeypatch.setattr(CheckParticipants, "page", failing_with(error))
    page = ann.get("/participants", 503)
    assert page.one("h1").text == "Sorry, the service is unavailable"
    assert "Ann" not in page.text
    assert "Sign out" not in page.text
    assert not page.all("form")


def test_an_unknown_address_is_404_even_then(ann: Client) -> None:
    ann.world.storage = Failing(StorageUnavailable("db-1 is down"))
    ann.http = TestClient(ann.world.app(), base_url=ann.world.base_url, cookies=ann.http.cookies)
    ann.get("/nothing", 404)


def failing_with(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


def test_a_change_that_another_user_made_first_is_409(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.sign_in(SAM)
    monkeypatch.setattr(
        "checkdata.domain.services.access.manage_access.ManageAccess.search", failing_with(StorageConflict())
    )
    assert client.get("/support/users", 409).one("h1").text == "This has changed since you looked at it"


def test_the_unexpected_is_500_which_says_nothing(
    ann: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    typed = "Ada Bold 0000001"
    monkeypatch.setattr(CheckParticipants, "page", failing_with(KeyError(typed)))
    with caplog.at_level(logging.INFO):
        page = ann.get("/participants?query=ada", 500)
    assert page.one("h1").text == "Sorry, there is a problem with the service"
    assert not page.all("form")
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.__dict__["details"]["error"] == "KeyError"
    assert record.__dict__["details"]["route"] == "/participants"
    assert any("participants.py" in line for line in record.__dict__["details"]["where"])
    assert typed not in caplog.text + page.text + str([record.__dict__ for record in caplog.records])
