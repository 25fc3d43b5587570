"""The log tells of every request and names no person (security.md 40)."""

import json
import logging
from collections.abc import Iterator
from logging import LogRecord

import pytest

from checkdata.domain.errors import StorageUnavailable
from checkdata.domain.services.listing.check_participants import CheckParticipants
from checkdata.entrypoints.json_log import JsonLines
from tests.integration.web.client import Client
from tests.integration.web.test_error_pages import failing_with
from tests.integration.web.world import ANN, World

GIVEN = "b7ad6b7169203331"


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [record.__dict__["details"] for record in caplog.records if record.name == "checkdata.web"]


def test_a_request_is_a_line_with_its_route_status_and_time(ann: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        ann.get("/participants?query=Ada")
        ann.http.request("BREW\u002dFORGED", "/nothing")
    first, second = lines(caplog)
    assert (first["method"], first["route"], first["status"]) == ("GET", "/participants", 200)
    assert isinstance(first["ms"], float)
    assert (second["method"], second["route"], second["status"]) == ("other", "", 404)


def test_no_token_name_address_or_search_is_in_it(
    client: Client, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "checkdata"):
        link = world.link(ANN)
        client.submit(client.get("/sign-in"), "/sign-in", email="somebody@secret.example")
        client.submit(client.get(link), "")
        client.get("/participants?query=Siobh%C3%A1n")
        client.get("/Siobhan/unknown", 404)
    written = caplog.text + str([record.__dict__ for record in caplog.records if record.name.startswith("checkdata")])
    assert "/sign-in/{token}" in written
    for secret in (link.rpartition("/")[2], "secret.example", "ann@north", "Siobh", "Ann"):
        assert secret not in written


@pytest.fixture
def written() -> Iterator[list[str]]:
    """The lines of the log as they are written, in the thread and at the time at which they are."""
    found: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: LogRecord) -> None:
            found.append(JsonLines().format(record))

    handler, log = Kept(), logging.getLogger("checkdata")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield found
    log.removeHandler(handler)
    log.setLevel(logging.NOTSET)


def test_a_failure_is_one_short_line_that_has_the_id_of_its_answer_and_its_page(
    ann: Client, monkeypatch: pytest.MonkeyPatch, written: list[str]
) -> None:
    failure = StorageUnavailable("away", cause="The database only reads. Look at it.", code="25006")
    monkeypatch.setattr(CheckParticipants, "page", failing_with(failure))
    response = ann.http.get("/participants")
    name = response.headers["x-request-id"]
    assert f"Reference: {name}" in response.text
    assert "only reads" not in response.text
    (told,) = [line for line in written if '"error"' in line]
    assert len(told) < 1000
    details = json.loads(told)["details"]
    assert (details["error"], details["cause"], details["code"]) == ("StorageUnavailable", failure.cause, "25006")
    assert {json.loads(line)["request"] for line in written} == {name}


def test_each_request_has_an_id_of_its_own(client: Client, written: list[str]) -> None:
    names = [client.http.get(path).headers["x-request-id"] for path in ("/", "/nothing", "/static/checkdata.css")]
    assert len(set(names)) == len(names)
    assert [json.loads(line)["request"] for line in written] == names


@pytest.mark.parametrize(
    ("given", "taken"),
    [(GIVEN, True), ("a" * 65, False), ("short", False), ("a b c d e f g", False), ("<script>alert", False)],
)
def test_an_id_that_is_given_is_taken_where_it_is_safe(client: Client, given: str, *, taken: bool) -> None:
    response = client.http.get("/nothing", headers={"x-request-id": given})
    assert (response.headers["x-request-id"] == given) is taken
    assert given not in response.text
