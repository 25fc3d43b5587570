"""Connections to other services end in time, those too that are opened late."""

import socket
from collections.abc import Iterator
from threading import Event, Timer
from typing import Final

import pytest
from urllib3 import Timeout
from urllib3.exceptions import ProtocolError

from checkdata.adapters.timed_connections import POOLS, connections_end_in

PATIENCE: Final = 10
"""After how many seconds a request ends by itself, which is another error."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where a connection is taken and nothing is answered."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield silent.getsockname()[1]


def ask(port: int) -> None:
    POOLS["http"]("127.0.0.1", port, timeout=Timeout(PATIENCE), retries=False).urlopen("GET", "/")


def test_a_request_under_way_ends_with_its_time(port: int) -> None:
    with connections_end_in(0.1), pytest.raises(ProtocolError):
        ask(port)


def test_a_request_that_is_begun_after_its_time_ends_too(port: int) -> None:
    is_over = Event()
    later = Timer(0.5, is_over.set)
    later.start()
    with connections_end_in(0.01):
        is_over.wait()
        with pytest.raises(ProtocolError):
            ask(port)
