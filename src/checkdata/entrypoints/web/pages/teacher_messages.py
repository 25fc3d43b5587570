"""The Teaching Record System tells whose record changed, in requests that it signs."""

from collections.abc import Callable, Sequence
from typing import Final

from attrs import frozen
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from checkdata.domain.errors import CheckdataError, InvalidValue, MessageRefused, TeachersRefused, TeachersUnavailable
from checkdata.entrypoints.web.security.bodies import body_of
from checkdata.entrypoints.web.security.query_and_form_fields import LARGEST_BODY

PATH: Final = "/trs/webhooks"


@frozen
class TeacherMessages:
    """The address that the TRS is told; ``hear`` takes the fields and the body of a message."""

    hear: Callable[[Sequence[tuple[str, str]], bytes], None]

    async def received(self, request: Request) -> Response:
        """204 for a message; 401 if its signature is not right or came before, 400 if it can't be read.

        503 where the keys of the TRS can't be had; it then sends the message again.
        """
        body = await body_of(request, LARGEST_BODY)
        try:
            await run_in_threadpool(self.hear, request.headers.items(), body)
        except MessageRefused as error:
            return _told(error, 401)
        except InvalidValue as error:
            return _told(error, 400)
        except (TeachersRefused, TeachersUnavailable) as error:
            return _told(error, 503)
        return Response(status_code=204)


def _told(error: CheckdataError, status: int) -> Response:
    return JSONResponse({"error": str(error)}, status)
