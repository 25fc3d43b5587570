"""The log tells of every request and of nobody (security.md 40)."""

import logging

import pytest

from tests.integration.web.client import Client
from tests.integration.web.world import ANN, World


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
