"""The errors of the standard: a status, and a sentence as a JSON string."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkdata.domain.errors import StorageError
from checkdata.entrypoints.decision_point.answers import answer
from checkdata.entrypoints.decision_point.json_bodies import MalformedQuestion
from checkdata.entrypoints.decision_point.limits import LARGEST_BODY
from checkdata.entrypoints.decision_point.ports import AskedTooMuch, ClosedForNow, KeyRefused, NotForThisKey
from checkdata.entrypoints.fixed_headers import fixed_headers
from checkdata.entrypoints.json_log import ToldAlready
from checkdata.entrypoints.web.security.query_and_form_fields import MalformedRequest
from checkdata.entrypoints.web.security.request_log import log_failure

_SENTENCES: Final[Mapping[int, str]] = {
    404: "There is nothing at this address.",
    405: "This address does not answer this method.",
    413: f"The body may have {LARGEST_BODY // 1024} KiB at most.",
}
_REFUSED: Final = "The request can't be answered."
_FAILED: Final = "Something failed here. Ask again later."
_UNAVAILABLE: Final = "No decision can be made now. Ask again later."
_LATER: Final[Mapping[str, str]] = {"Retry-After": "30"}


class AnswerBrokenOff(ToldAlready):
    """An answer failed after it had begun; raised to the server, which then closes the connection."""


def _refused(_request: Request, error: Exception) -> Response:
    match error:
        case MalformedQuestion():
            return answer(str(error), 400)
        case MalformedRequest():
            return answer("The request can't be read.", 400)
        case KeyRefused(challenge=challenge):
            return answer(str(error), 401, {"WWW-Authenticate": challenge})
        case NotForThisKey():
            return answer(str(error), 403)
        case AskedTooMuch(seconds=seconds) | ClosedForNow(seconds=seconds):
            status = 429 if isinstance(error, AskedTooMuch) else 503
            return answer(str(error), status, {"Retry-After": str(seconds)})
        case HTTPException(status_code=status, headers=headers):
            return answer(_SENTENCES.get(status, _REFUSED), status, headers)
        case _:
            raise error


HANDLERS: Final[Mapping[Any, Callable[[Request, Exception], Response]]] = dict.fromkeys(
    (MalformedQuestion, MalformedRequest, KeyRefused, NotForThisKey, AskedTooMuch, ClosedForNow, HTTPException),
    _refused,
)
"""The answer to each error that tells a caller what to change."""


@frozen
class LastErrors:
    """Answers what nothing else answers, logs it by its kind, and adds the headers that every answer of ours has."""

    app: ASGIApp
    secure: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers.update(fixed_headers(secure=self.secure))
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:
            return  # the caller has gone
        except Exception as error:  # noqa: BLE001 - no other code can answer
            log_failure(scope, error)
            if begun:
                raise AnswerBrokenOff from None
            unavailable = isinstance(error, StorageError)
            response = answer(_UNAVAILABLE, 503, _LATER) if unavailable else answer(_FAILED, 500)
            await response(scope, receive, send_with_headers)
