"""Answers to HTTP/1.0, which knows no chunks: one without a length ends with its connection (RFC 9112: 6.3).

If anything ends the answer before it is whole, its connection is reset, so that no client takes a part for the whole.
"""

import sys

from attrs import frozen
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from checkdata.entrypoints.http.connection_resets import reset_at_its_end


@frozen
class Unframed:
    """Passes a request of HTTP/1.0 on to *app*, and gives uvicorn, which would send chunks, a length."""

    app: ASGI3Application
    cycle: RequestResponseCycle

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer it."""
        unframed = False

        async def send_unframed(message: ASGISendEvent) -> None:
            nonlocal unframed
            if message["type"] == "http.response.start":
                unframed = not any(name.lower() == b"content-length" for name, _ in message.get("headers", ()))
                if unframed:
                    reset_at_its_end(self.cycle.transport)
                    self.cycle.chunked_encoding, self.cycle.expected_content_length = False, sys.maxsize
            elif unframed and message["type"] == "http.response.body" and not message.get("more_body", False):
                self.cycle.expected_content_length = len(message.get("body", b""))
                reset_at_its_end(self.cycle.transport, on=False)
            await send(message)

        await self.app(scope, receive, send_unframed)
