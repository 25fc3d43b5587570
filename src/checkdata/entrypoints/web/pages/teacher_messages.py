"""The Teaching Record System tells whose record changed, in requests that it signs."""

from collections.abc import Callable, Sequence
from typing import Final

from anyio import CapacityLimiter, to_thread
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from checkdata.domain.errors import CheckdataError, InvalidValue, MessageRefused, TeachersRefused, TeachersUnavailable
from checkdata.entrypoints.web.security.bodies import body_of
from checkdata.entrypoints.web.security.query_and_form_fields import LARGEST_BODY

PATH: Final = "/trs/webhooks"

MOST_AT_ONCE: Final = 4
"""How many messages are looked at at once; their threads are none of those that answer pages."""


@frozen
class TeacherMessages:
    """The address that the TRS is told; ``hear`` takes the fields and the body of a message."""

    hear: Callable[[Sequence[tuple[str, str]], bytes], None]
    _threads: CapacityLimiter = field(init=False, factory=lambda: CapacityLimiter(MOST_AT_ONCE))

    async def received(self, request: Request) -> Response:
        """204 for a message; 401 if its signature is not right or came before, 400 if it can't be read.

        503 where the keys of the TRS can't be had; it then sends the message again.
        """
        body = await body_of(request, LARGEST_BODY)
        try:
            await to_thread.run_sync(self.hear, request.headers.items(), body, limiter=self._threads)
        except MessageRefused as error:
            return _told(error, 401)
        except InvalidValue as error:
            return _told(error, 400)
        except (TeachersRefused, TeachersUnavailable) as error:
            return _told(error, 503)
        return Response(status_code=204)


def _told(error: CheckdataError, status: int) -> Response:
    return JSONResponse({"error": str(error)}, status)
