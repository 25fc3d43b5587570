"""Requests to another service that end in time, even if each byte of the answer comes late, and within memory."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from threading import Timer
from typing import Any, Final, TypeVar

from requests import RequestException, Response, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

AnySession = TypeVar("AnySession", bound=Session)

LARGEST_ANSWER: Final = 2**20
"""How many bytes an answer may have, unpacked: each of those that we ask answers with a few kilobytes."""

_LINES: Final[ContextVar["list[socket.socket]"]] = ContextVar("lines")
"""Second handles of the connections that this request opened."""


@contextmanager
def ended_in_time(session: AnySession, seconds: float) -> Iterator[AnySession]:
    """Let a session ask; after so many seconds its connections are closed, which is an error of the request."""
    lines = list[socket.socket]()
    session.mount("http://", _EndingAdapter())
    session.mount("https://", _EndingAdapter())
    alarm = Timer(seconds, _close, [lines])
    alarm.daemon = True
    before = _LINES.set(lines)
    alarm.start()
    try:
        with closing(session):
            yield session
    finally:
        alarm.cancel()
        _LINES.reset(before)
        for line in lines:
            line.close()


def _close(lines: list[socket.socket]) -> None:
    for line in lines:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def _keep(line: object) -> None:
    """Keep a handle of a connection without its TLS, which must not be used by two threads."""
    if isinstance(line, socket.socket):
        _LINES.get().append(socket.socket(fileno=os.dup(line.fileno())))


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _keep(self.sock)


class _TlsConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _keep(self.sock)


class _Connections(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsConnections(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS: Final = {"http": _Connections, "https": _TlsConnections}


def _bounded(parts: Callable[..., Iterator[bytes]], *given: object, **named: object) -> Iterator[bytes]:
    """The parts of an answer; an error of the request once they are too many."""
    read = 0
    for part in parts(*given, **named):
        read += len(part)
        if read > LARGEST_ANSWER:
            raise RequestException("The answer is too large.")
        yield part


class _EndingAdapter(HTTPAdapter):
    def build_response(self, *given: Any, **named: Any) -> Response:  # noqa: ANN401 - as requests calls it
        response = super().build_response(*given, **named)
        response.raw.stream = partial(_bounded, response.raw.stream)
        return response

    def init_poolmanager(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as above
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
        manager = super().proxy_manager_for(*given, **named)
        manager.pool_classes_by_scheme = _POOLS
        return manager
