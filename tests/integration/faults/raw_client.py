"""Clients that do not behave: requests written by hand, on sockets that are read as slowly as a test likes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SMALL_BUFFER: Final = 4096
"""How much the client's own socket holds, in bytes: what is not read soon waits at the server."""

PATIENCE_SECONDS: Final = 60.0


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection to a server of this machine, with little room for what is not read; closed afterwards."""
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        made.settimeout(PATIENCE_SECONDS)
        made.connect(("127.0.0.1", port))
        yield made


def ask(connection: socket.socket, path: str, cookies: str, *, method: str = "GET") -> None:
    """Write a request with these cookies."""
    host = "127.0.0.1:%d" % connection.getpeername()[1]  # noqa: UP031 - an address is a tuple of two or four
    lines = (f"{method} {path} HTTP/1.1", f"Host: {host}", f"Cookie: {cookies}", "Connection: close", "", "")
    connection.sendall("\r\n".join(lines).encode())


def read(connection: socket.socket, least: int) -> bytes:
    """Read until there are at least so many bytes, or the end."""
    got = b""
    while len(got) < least and (piece := connection.recv(least - len(got))):
        got += piece
    return got


def read_to_end(connection: socket.socket) -> bytes:
    """Read until the server closes the connection."""
    return b"".join(iter(lambda: connection.recv(64 * 1024), b""))
