"""The protocol of a connection: uvicorn's, which is quick, with the limits and timeouts that it lacks.

A head is checked and handed to the parser once all of it is here, a body as it comes. So no parser ever holds an
unfinished head, and a request gets the same answer however it is cut on its way. One request is answered at a time;
what comes after it waits unread.
"""

import logging
from asyncio import AbstractEventLoop, CancelledError, Transport
from contextvars import copy_context
from functools import partial
from typing import Any, Final

import httptools
from uvicorn import Config
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from checkdata.entrypoints.http import limits
from checkdata.entrypoints.http.connection_resets import is_reset, reset_at_its_end
from checkdata.entrypoints.http.connections import Stage, make_room
from checkdata.entrypoints.http.http10_answers import Unframed
from checkdata.entrypoints.http.refusals import refusal
from checkdata.entrypoints.http.request_heads import RefusedHead, check_head, end_of_head, length_of_body
from checkdata.entrypoints.request_ids import begin_request

LOG: Final = logging.getLogger("checkdata.http")


_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class _EndOfChunks(Exception):
    """Raised to the parser, so that it leaves alone what follows a body in chunks."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection; `stage` and `since` say what it waits for, and since when by the clock of its loop."""

    secure = False
    """Whether people reach the service over https."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        """As uvicorn makes one for each connection."""
        super().__init__(config, server_state, app_state, _loop)
        self.stage = Stage.IDLE
        self.since = self.loop.time()
        self.came = 0
        """How many bytes of the body came."""
        self.unsent = 0
        """How many bytes of answers the client had not taken at the last change of that number, at `unsent_since`."""
        self.unsent_since = self.since
        self.reads_slowly = False
        self._content = 0
        self._read_for, self._looked = 0.0, self.since
        self._received = bytearray()
        self._left: int | None = 0
        """How many bytes of the body have still to come; None if it is in chunks."""
        self._refused: RefusedHead | None = None
        self._sends_no_more = False

    def turn(self, stage: Stage) -> None:
        """Wait for something else from now on."""
        self.stage = stage
        self.since = self.loop.time()

    def read_for(self, now: float) -> float:
        """How many seconds were spent waiting for a body.

        Time in which we did not read, or had not sent ``100 Continue``, does not count. Called once a second while a
        body is expected.
        """
        passed, self._looked = now - self._looked, now
        if not self.flow.read_paused and not self.cycle.waiting_for_100_continue:
            self._read_for += passed
        return self._read_for

    # What the transport calls.

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Count one more connection; at the limit others are closed, if any can be."""
        no_room = len(self.connections) >= limits.MOST_CONNECTIONS and not make_room(self.connections)
        super().connection_made(transport)
        if no_room:
            self.refuse(503)

    def data_received(self, data: bytes) -> None:
        """Take what came as far as it goes."""
        if self.stage is not Stage.LEAVING:
            self._received += data
            self._advance()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn keeps none open
        """Keep the connection open for the answer: a client that sends no more may still read."""
        self._sends_no_more = self.stage is Stage.ANSWER
        if self._sends_no_more:
            self.loop.call_later(limits.DEPARTED_SECONDS, self._ask_who_is_there)
        return self._sends_no_more

    def _ask_who_is_there(self) -> None:
        """Send what every client of HTTP/1.1 throws away (RFC 9110: 15.2), if no answer has begun.

        A client that has gone looks the same as one that only sends no more, until it is sent something.
        """
        begun = self.transport.is_closing() or self.stage is not Stage.ANSWER or self.cycle.response_started
        if not begun and self.cycle.scope["http_version"] == "1.1":
            self.transport.write(_CONTINUE)
            self.loop.call_later(limits.RESET_SECONDS, self.leave_if_reset)

    def leave_if_reset(self) -> None:
        """End the connection if the client's system has: asyncio does not report that while nothing is read."""
        if self._sends_no_more and not self.transport.is_closing() and is_reset(self.transport):
            self.abort()

    def _advance(self) -> None:
        try:
            while self._received and not self.transport.is_closing() and self._step():
                pass
        except RefusedHead as refused:
            self.refuse(refused.status)

    def _step(self) -> bool:
        """Hand one piece to the parser; whether there may be another one."""
        match self.stage:
            case Stage.IDLE | Stage.HEAD:
                return self._take_head()
            case Stage.BODY:
                self._take_body()
                return True
            case _:
                if len(self._received) > limits.LARGEST_HEAD:  # until then we notice when the client goes
                    self.flow.pause_reading()
                return False

    def _take_head(self) -> bool:
        if self.stage is Stage.IDLE:
            if self._received[0] in b"\r\n":  # empty lines before a request mean nothing (RFC 9112: 2.2)
                self._received = self._received.lstrip(b"\r\n")
                return bool(self._received)
            self.turn(Stage.HEAD)
        end = end_of_head(self._received)
        if not end:
            return False
        head = bytes(self._received[:end])
        check_head(head)
        del self._received[:end]
        self._parse(head)
        if self.stage is Stage.HEAD:  # the parser sees no end where we do
            raise RefusedHead(400)
        return True

    def _take_body(self) -> None:
        piece = bytes(self._received if self._left is None else self._received[: self._left])
        del self._received[: len(piece)]
        self.came += len(piece)
        if self._left is not None:
            self._left -= len(piece)
        self._parse(piece)
        if self.stage is Stage.BODY and (self._left == 0 or self.came - self._content > limits.BODY_WASTE):
            raise RefusedHead(400)

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # to no effect: it is answered, and then the connection is closed
            if self._refused is None:
                self.cycle.keep_alive = False
        except httptools.HttpParserError as error:
            if not isinstance(error.__context__, _EndOfChunks):
                raise RefusedHead(400) from None
        if self._refused is not None:
            raise self._refused

    # What the parser calls.

    def on_headers_complete(self) -> None:
        """Have a request answered if its headers are within the limits; what follows its body is no header."""
        try:
            self._left = length_of_body(self.headers, self.url, self.parser.get_http_version())
        except RefusedHead as refused:
            self._refused = refused
            return
        self.came = self._content = 0
        self._read_for, self._looked = 0.0, self.loop.time()
        super().on_headers_complete()
        if self._left is None:
            self.cycle.keep_alive = False  # what follows chunks is unknown until they end
        self.headers = []
        self.turn(Stage.BODY)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Have the application answer, without chunks if the client does not know them."""
        framed = Unframed(app, cycle) if cycle.scope["http_version"] == "1.0" else app
        super()._start_asgi_task(cycle, partial(self._answer, cycle, framed))

    async def _answer(
        self,
        cycle: RequestResponseCycle,
        app: ASGI3Application,
        scope: Scope,
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
    ) -> None:
        try:
            await app(scope, receive, send)
        except CancelledError:  # the process ends, and it takes too long
            if cycle.response_started or self.transport.is_closing():
                raise
            self.refuse(503)

    def on_body(self, body: bytes) -> None:
        """Pass a piece of the body on."""
        self._content += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the answer or, if it was given already, for the next request."""
        if self._refused is not None:
            return
        super().on_message_complete()
        self.turn(Stage.IDLE if self.cycle.response_complete else Stage.ANSWER)
        if self._left is None:
            raise _EndOfChunks

    def on_response_complete(self) -> None:
        """Continue with what came meanwhile. Overrides uvicorn's, which has a timer of its own for each answer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.stage is Stage.ANSWER:
            self.turn(Stage.IDLE)
            self._advance()
        if self._sends_no_more and self.stage is not Stage.ANSWER:
            self.transport.close()

    # What the server does by itself.

    def refuse(self, status: int) -> None:
        """Answer with this status if no answer has begun, and end the connection."""
        copy_context().run(self._refuse, status)

    def _refuse(self, status: int) -> None:
        name = begin_request("")
        LOG.warning("request refused", extra={"details": {"status": status}})
        if self.stage in (Stage.BODY, Stage.ANSWER):
            self._end_cycle()
            if self.cycle.response_started:
                self.cut()
                return
        self.transport.write(refusal(status, name, self.server_state.default_headers, secure=self.secure))
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._received.clear()
        self.turn(Stage.LEAVING)

    def abort(self) -> None:
        """End the connection at once, even if something was not sent."""
        self._received.clear()
        self.turn(Stage.LEAVING)
        self.transport.abort()

    def cut(self) -> None:
        """End the connection at once, and drop what the client did not take."""
        reset_at_its_end(self.transport)
        self.abort()

    def _end_cycle(self) -> None:
        """Tell the application that the client has gone."""
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        self.flow.resume_writing()


class SecureProtocol(GuardedProtocol):
    """The same, of a service that people reach over https."""

    secure = True
