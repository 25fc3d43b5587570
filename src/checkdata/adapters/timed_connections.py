"""Connections to another service that are closed in time, even if each byte of an answer comes late."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock, Timer
from typing import Any, Final

from attrs import define, field
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


@define
class _Lines:
    """Second handles of the connections that requests use, without their TLS, which two threads must not use."""

    _handles: list[socket.socket] = field(factory=list)
    _is_over: bool = False
    _lock: Lock = field(factory=Lock)

    def keep(self, line: object) -> None:
        """Keep a handle of a connection; one that comes after the end is ended at once."""
        if not isinstance(line, socket.socket):
            return
        with self._lock:
            self._handles.append(socket.socket(fileno=os.dup(line.fileno())))
            if self._is_over:
                _shut(self._handles[-1])

    def end(self) -> None:
        """End what is under way, and what begins from now on."""
        with self._lock:
            self._is_over = True
            for handle in self._handles:
                _shut(handle)

    def close(self) -> None:
        """Give the handles back; the connections stay as they are."""
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()


_LINES: Final[ContextVar[_Lines]] = ContextVar("lines")


@contextmanager
def connections_end_in(seconds: float) -> Iterator[None]:
    """Let the pools of `POOLS` ask; after so many seconds their connections end, which is an error of a request."""
    lines = _Lines()
    alarm = Timer(seconds, lines.end)
    alarm.daemon = True
    before = _LINES.set(lines)
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()
        _LINES.reset(before)
        lines.close()


def _shut(handle: socket.socket) -> None:
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)


class _Connection(HTTPConnection):
    """It is kept when it is opened, and again for each request, because a pool uses it for several."""

    def connect(self) -> None:
        super().connect()
        _LINES.get().keep(self.sock)

    def request(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as urllib3 calls it
        _LINES.get().keep(self.sock)
        super().request(*given, **named)


class _TlsConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _LINES.get().keep(self.sock)

    def request(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as above
        _LINES.get().keep(self.sock)
        super().request(*given, **named)


class _Connections(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsConnections(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


POOLS: Final[Mapping[str, type[HTTPConnectionPool]]] = {"http": _Connections, "https": _TlsConnections}
"""The pools whose connections end in time, by the scheme of an address (urllib3)."""
