"""Answers that say in JSON what is wrong (RFC 9457), in words that never repeat what was sent."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse, Response

API: Final = "/api/"
"""What the addresses of the API begin with."""

_MEDIA_TYPE: Final = "application/problem+json"


class Problem(Exception):
    """A request that is not answered with data: its status, why, and the words of the address that are wrong."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors or {}
        self.headers = headers or {}

    @property
    def answer(self) -> Response:
        """The problem as it is sent; errors are by the names of words."""
        told: dict[str, object] = {"title": self.status.phrase, "status": self.status.value, "detail": self.detail}
        if self.errors:
            told["errors"] = dict(self.errors)
        return JSONResponse(told, self.status, headers=dict(self.headers), media_type=_MEDIA_TYPE)


def no_key(detail: str, error: str = "") -> Problem:
    """401: without a key that works (RFC 6750, 3)."""
    challenge = 'Bearer realm="checkdata"' + (f', error="{error}"' if error else "")
    return Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": challenge})


def later(status: HTTPStatus, detail: str, seconds: int) -> Problem:
    """429 or 503: to be asked again after so many seconds."""
    return Problem(status, detail, headers={"Retry-After": str(max(1, seconds))})
