"""Limits on asking for links hold over restarts, and clients are told apart behind a proxy (security.md 13)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx2
import pytest

from tests.integration.cli.command import Command
from tests.integration.cli.web_client import token_of, wait_until_served
from tests.integration.email.smtp_server import free_port

ONE: Final = "198.51.100.7"
OTHER: Final = "198.51.100.8"


@contextmanager
def serving(command: Command) -> Iterator[httpx2.Client]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with command.started("serve", "--port", str(port)) as process, httpx2.Client(base_url=address) as client:
        wait_until_served(process, address)
        yield client


def ask(client: httpx2.Client, number: int, forwarded_for: str) -> int:
    """Ask for a link to an address of this number, by way of a proxy that names where that comes from."""
    form = {"email": f"person{number}@hub.example", "csrf_token": token_of(client.get("/sign-in").text)}
    return client.post("/sign-in", data=form, headers={"X-Forwarded-For": forwarded_for}).status_code


def test_clients_behind_a_proxy_are_told_apart_and_counted_over_a_restart(loaded: Command) -> None:
    loaded.variables["CHECKDATA_LINKS_PER_CLIENT"] = "3"
    with serving(loaded) as client:
        assert [ask(client, number, ONE) for number in range(2)] == [303, 303]
    with serving(loaded) as client:
        assert [ask(client, number, f"{OTHER}, {ONE}") for number in range(2, 5)] == [303, 429, 429]
        assert ask(client, 5, OTHER) == 303


@pytest.mark.parametrize("loaded", ["sqlite"], indirect=True)
def test_no_client_gets_round_a_limit_by_what_it_writes_where_no_proxy_is_trusted(loaded: Command) -> None:
    loaded.variables |= {"CHECKDATA_LINKS_PER_CLIENT": "2", "CHECKDATA_TRUSTED_PROXIES": "192.0.2.1"}
    with serving(loaded) as client:
        assert [ask(client, number, f"198.51.100.{number}") for number in range(4)] == [303, 303, 429, 429]
