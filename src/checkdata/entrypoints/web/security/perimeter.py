"""The perimeter: refuses requests for another host or with a malformed address, and stops unexpected errors."""

from collections.abc import Callable, Sequence

from attrs import frozen
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkdata.entrypoints.json_log import ToldAlready
from checkdata.entrypoints.web.security.query_and_form_fields import MalformedRequest, check_address


class AnswerBrokenOff(ToldAlready):
    """An answer failed after it had begun; raised to the server, which then closes the connection."""


@frozen
class Perimeter:
    """Passes on requests for one of our *hosts* with a readable address; *refuse* answers the others.

    Paths *of_any_host* show no personal data, and their clients know only the address of the process.

    Every error that no page answers ends here, so that no server writes its text anywhere (ASVS 16.5.1).
    """

    app: ASGIApp
    hosts: frozenset[str]
    of_any_host: Sequence[str]
    refuse: Callable[[Request, Exception], Response]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        request = Request(scope, receive)
        try:
            self._check(request)
            await self.app(scope, receive, send_noting)
        except ClientDisconnect:
            return  # the client has gone
        except AnswerBrokenOff:
            raise
        except Exception as error:  # noqa: BLE001 - no other code can answer
            response = await run_in_threadpool(self.refuse, request, error)
            if begun:
                raise AnswerBrokenOff from None
            await response(scope, receive, send)

    def _check(self, request: Request) -> None:
        ours = request.headers.get("host", "").lower() in self.hosts
        if not ours and request.scope["path"] not in self.of_any_host:
            raise MalformedRequest
        check_address(request.scope)
