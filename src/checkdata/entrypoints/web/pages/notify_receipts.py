"""GOV.UK Notify tells what became of each mail, by a bearer token (RFC 6750)."""

from collections.abc import Callable
from typing import Final

from attrs import field, frozen
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from checkdata.domain.errors import InvalidValue
from checkdata.entrypoints.web.security.bearer_token import shows_token, wrong_token
from checkdata.entrypoints.web.security.bodies import body_of
from checkdata.entrypoints.web.security.query_and_form_fields import LARGEST_BODY

PATH: Final = "/notify/receipts"


@frozen
class Receipts:
    """The address that is set as the one for delivery receipts at Notify; ``note`` notes one, given its bytes."""

    note: Callable[[bytes], object]
    token: str = field(repr=False)

    async def received(self, request: Request) -> Response:
        """204 for a receipt, whatever it tells, the same one twice too; 401 for a wrong token, 400 for no receipt."""
        if not shows_token(request, self.token):
            return wrong_token()
        body = await body_of(request, LARGEST_BODY)
        try:
            await run_in_threadpool(self.note, body)
        except InvalidValue as error:
            return JSONResponse({"error": str(error)}, 400)
        return Response(status_code=204)
