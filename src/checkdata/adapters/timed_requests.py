"""Requests to another service that end in time, even if each byte of the answer comes late, and within memory."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any, Final, TypeVar

from requests import RequestException, Response, Session
from requests.adapters import HTTPAdapter

from checkdata.adapters.timed_connections import POOLS, connections_end_in

AnySession = TypeVar("AnySession", bound=Session)

LARGEST_ANSWER: Final = 2**20
"""How many bytes an answer may have, unpacked: each of those that we ask answers with a few kilobytes."""


@contextmanager
def ended_in_time(session: AnySession, seconds: float) -> Iterator[AnySession]:
    """Let a session ask; after so many seconds its connections are closed, which is an error of the request."""
    session.mount("http://", _EndingAdapter())
    session.mount("https://", _EndingAdapter())
    with connections_end_in(seconds), closing(session):
        yield session


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
        self.poolmanager.pool_classes_by_scheme = dict(POOLS)

    def proxy_manager_for(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as above
        manager = super().proxy_manager_for(*given, **named)
        manager.pool_classes_by_scheme = dict(POOLS)
        return manager
