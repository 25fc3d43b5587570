"""Strangers who speak HTTP badly, in great amounts, or not to the end: others are served, and memory stays."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Final

import pytest

from checkdata.entrypoints.http import limits
from tests.integration.faults.processes import (
    forget_most_memory,
    is_connected,
    memory_of,
    sockets_of,
    wait_until,
    workers_of,
)
from tests.integration.faults.raw_client import PATIENCE_SECONDS, ask, connected, read
from tests.integration.faults.service import ANN, Served, Service
from tests.integration.http.conversation import statuses

MUCH: Final = 66_000_000
MOST_MORE: Final = 24 * 1024 * 1024
"""By how many bytes a worker may be larger while it is sent `MUCH`."""

PIECE: Final = 1_000_000
HALF: Final = b"GET /healthcheck HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "


def floods(host: bytes) -> dict[str, tuple[bytes, bytes, int]]:
    """A beginning, what follows it again and again, and the status that all of it is refused with."""
    page, form = b"GET /healthcheck HTTP/1.1\r\n" + host, b"POST /sign-in HTTP/1.1\r\n" + host
    return {
        "a large header": (page + b"X: ", b"a" * PIECE, 431),
        "many headers": (page, b"X: a\r\n" * (PIECE // 6), 431),
        "a long address": (b"GET /", b"a" * PIECE, 414),
        "many zeros": (form + b"Content-Length: ", b"0" * PIECE, 431),
        "a large extension": (form + b"Transfer-Encoding: chunked\r\n\r\n5;", b"a" * PIECE, 400),
        "chunks without end": (form + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * (PIECE // 6), 400),
        "no HTTP": (b"\x16\x03\x01", b"\0" * PIECE, 400),
    }


def send_all(connection: socket.socket, beginning: bytes, rest: bytes) -> None:
    """Send until `MUCH` is sent, or the server takes no more."""
    with suppress(ConnectionError):
        connection.sendall(beginning)
        for _ in range(MUCH // len(rest)):
            connection.sendall(rest)


def told(connection: socket.socket) -> bytes:
    """What the server answers until it closes the connection, or breaks it off."""
    got = b""
    with suppress(ConnectionError):
        while piece := connection.recv(64 * 1024):
            got += piece
    return got


def test_floods_are_refused_and_take_no_memory(service: Service) -> None:
    with service.served("--workers", "2") as served:
        workers = workers_of(served.process.pid)
        before = memory_of(workers)
        forget_most_memory(workers)
        for name, (beginning, rest, status) in floods(host_of(served)).items():
            with connected(served.port) as connection:
                send_all(connection, beginning, rest)
                got = statuses(told(connection))
                assert got in ([status], [413] if "chunks" in name else []), name
        assert memory_of(workers, "VmHWM") < before + MOST_MORE
        assert answers(served, "/healthcheck")
        assert workers_of(served.process.pid) == workers


def test_half_sent_requests_end_and_no_client_waits_for_them(service: Service) -> None:
    with service.served() as served, ExitStack() as others:
        halves = [others.enter_context(connected(served.port)) for _ in range(900)]
        for each in halves:
            with suppress(ConnectionError):
                each.sendall(HALF)
        assert answers(served, "/sign-in")
        assert sockets_of(served.process.pid) < limits.MOST_CONNECTIONS + 100
        got = [statuses(told(each)) for each in halves]
        assert {tuple(each) for each in got} <= {(), (408,)}
        assert got[-1] == [408]


def test_bodies_that_trickle_and_silence_end(sqlite: Service) -> None:
    with sqlite.served() as served, connected(served.port) as silent, connected(served.port) as slow:
        slow.sendall(b"POST /sign-in HTTP/1.1\r\n%sContent-Length: 1000\r\n\r\n" % host_of(served))
        for _ in trickle(slow):
            pass
        assert statuses(told(slow)) == [408]
        assert told(silent) == b""
        assert "failure" not in served.log


def trickle(connection: socket.socket) -> Iterator[None]:
    """Send a byte now and then until there is an answer."""
    connection.settimeout(0.5)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            connection.sendall(b"a")
            connection.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            yield
        else:
            break
    connection.settimeout(PATIENCE_SECONDS)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_client_that_never_reads_is_cut_off(postgresql: Service, workers: str) -> None:
    with postgresql.served("--workers", workers) as served, served.signed_in(ANN) as browser:
        browser.close()
        with connected(served.port) as connection:
            ask(connection, "/participants.csv", served.cookies(browser))
            assert read(connection, 15) == b"HTTP/1.1 200 OK"
            wait_until(lambda: not is_connected(connection))


def answers(served: Served, path: str) -> bool:
    """Whether a client that behaves is shown a page."""
    with served.client() as browser:
        return browser.get(path).status_code == 200


def host_of(served: Served) -> bytes:
    """The Host header by which the service knows itself."""
    return b"Host: 127.0.0.1:%d\r\n" % served.port
