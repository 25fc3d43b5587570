"""Requests to the TRS: none takes longer than it may, follows a redirect, or reads an answer without end."""

from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from time import sleep
from typing import Final

from attrs import define, field, frozen
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Retry, Timeout
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from checkdata.adapters.timed_connections import POOLS, connections_end_in
from checkdata.domain.errors import TeachersRefused, TeachersUnavailable

TRS_URL: Final = "https://teacher-qualifications-api.education.gov.uk"
API_VERSION: Final = "20250905"
"""The minor version of the API whose questions and answers we know; the TRS keeps answering as it did then."""

AT_ONCE: Final = 4
"""How many requests are under way at once."""
PATIENCE_SECONDS: Final = 30.0
"""How long connecting, and each wait for more of an answer, may take."""
WHOLE_SECONDS: Final = 60.0
"""How long a request may take: a server that sends a byte now and then ends with it."""
LONGEST_WAIT_SECONDS: Final = 120.0
"""How long we wait at most before we ask again, whatever the TRS says."""
TRIES: Final = 5
LARGEST_ANSWER: Final = 16 * 2**20
"""How many bytes an answer may have: ten times what 500 teachers with alerts take."""

_PART: Final = 2**16
_TRY_AGAIN: Final = frozenset({429, 500, 502, 503, 504})
_NOT_FOR_US: Final = frozenset({401, 403})


@frozen
class Answer:
    """What came back."""

    status: int
    location: str = ""
    body: bytes = field(default=b"", repr=False)


@define
class TrsConnection:
    """Asks the TRS at *url*, with an API key unless it is "".

    `TeachersRefused` where it does not take the key; `TeachersUnavailable` where it is gone, too busy or out of order
    however often it is asked.
    """

    url: str
    key: str = field(repr=False)
    patience: float = PATIENCE_SECONDS
    whole: float = WHOLE_SECONDS
    pause: Callable[[float], None] = sleep
    tries: int = TRIES
    _pool: HTTPConnectionPool = field(init=False, repr=False)

    @_pool.default
    def _make_pool(self) -> HTTPConnectionPool:
        place = parse_url(self.url)
        return POOLS[place.scheme or ""](
            place.host or "", place.port, timeout=Timeout(self.patience), maxsize=AT_ONCE, block=True, retries=False
        )

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """The answer, once it is one; a request that may be made again is."""
        for tried in range(1, self.tries + 1):
            try:
                answer, wait = self._once(method, path, body)
            except (HTTPError, OSError):
                answer, wait = None, None
            if answer is not None and answer.status in _NOT_FOR_US:
                raise TeachersRefused(
                    "The Teaching Record System refused the key, or does not let it find persons. Check "
                    "CHECKDATA_TRS_KEY and CHECKDATA_TRS_URL."
                )
            if answer is not None and answer.status not in _TRY_AGAIN:
                return answer
            if tried < self.tries:
                self.pause(min(2.0**tried if wait is None else wait, LONGEST_WAIT_SECONDS))
        raise TeachersUnavailable(
            "The Teaching Record System does not answer, or is too busy. What it answered before is kept. Try again "
            "later."
        )

    def _once(self, method: str, path: str, body: bytes | None) -> tuple[Answer, float | None]:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "X-Api-Version": API_VERSION}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        with connections_end_in(self.whole):
            response = self._pool.urlopen(
                method, path, body, headers, redirect=False, preload_content=False, decode_content=False
            )
            with closing(response):
                read = _read(response)
                response.release_conn()
        return Answer(response.status, response.headers.get("Location", ""), read), _wait_of(response.headers)


def _read(response: BaseHTTPResponse) -> bytes:
    read = bytearray()
    while part := response.read(_PART):
        read += part
        if len(read) > LARGEST_ANSWER:
            raise TeachersUnavailable(
                "The Teaching Record System answered with far more than was asked for. Nothing of it was taken in."
            )
    return bytes(read)


def _wait_of(headers: Mapping[str, str]) -> float | None:
    """How many seconds an answer asks us to wait, as a number or until a moment (RFC 9110, Retry-After)."""
    told = headers.get("Retry-After")
    if told is None:
        return None
    with suppress(HTTPError, ValueError, OverflowError):
        return Retry().parse_retry_after(told)
    return None
