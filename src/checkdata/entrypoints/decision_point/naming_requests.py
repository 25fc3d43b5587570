"""Gives an answer the id that its request brought, whatever it is: the standard leaves it to the caller."""

from typing import Final

from attrs import frozen
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkdata.entrypoints.proxy_request_ids import PUT_ASIDE
from checkdata.entrypoints.request_ids import HEADER

_NAME: Final = HEADER.lower().encode()


@frozen
class NamedByCallers:
    """Passes requests on to *app*, and sends the caller's ``X-Request-Id`` back, as it came.

    The log has an id of our own, or a trusted proxy's.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        passed_on = next((value for name, value in scope.get("headers", ()) if name == _NAME), None)
        given: bytes | None = scope.get(PUT_ASIDE, passed_on)

        async def send_named(message: Message) -> None:
            if given is not None and message["type"] == "http.response.start":
                others = [header for header in message["headers"] if header[0].lower() != _NAME]
                message["headers"] = [*others, (_NAME, given)]
            await send(message)

        await self.app(scope, receive, send_named)
