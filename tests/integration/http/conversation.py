"""A connection to the protocol, with real parser, transport and sockets, and pieces as a test cuts them."""

import asyncio
import json
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from attrs import define, field
from uvicorn.server import ServerState

from checkdata.entrypoints.http.protocol import GuardedProtocol

Application = Callable[..., Awaitable[None]]

_TURNS: Final = 12
"""After how many turns of the loop nothing more happens that pieces caused."""


async def echo(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    """Answer with the request, as the application met it."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body, more = body + message["body"], message["more_body"]
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]]
    met = {"method": scope["method"], "path": scope["path"], "headers": headers, "body": body.decode("latin-1")}
    await answer(send, json.dumps(met).encode())


async def deaf(_scope: dict[str, Any], _receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    """Answer without having read a body."""
    await answer(send, b"{}")


async def answer(send: Callable[..., Any], body: bytes) -> None:
    """Send a whole answer."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


@define
class Conversation:
    """One connection, in a loop of its own that turns only when it is told to."""

    loop: asyncio.AbstractEventLoop
    state: ServerState
    config: uvicorn.Config
    _clients: list[socket.socket] = field(factory=list)

    def connect(self) -> tuple[GuardedProtocol, socket.socket]:
        """A connection, from both of its ends."""
        return self.connect_at_once(1)[0]

    def connect_at_once(self, number: int) -> list[tuple[GuardedProtocol, socket.socket]]:
        """So many connections that are made in one turn of the loop."""
        pairs = [socket.socketpair() for _ in range(number)]
        self._clients.extend(theirs for _, theirs in pairs)
        for _, theirs in pairs:
            theirs.settimeout(0)

        async def made() -> list[GuardedProtocol]:
            accepted = (self.loop.connect_accepted_socket(self._protocol, sock=ours) for ours, _ in pairs)
            return [protocol for _, protocol in await asyncio.gather(*accepted)]

        return list(zip(self.loop.run_until_complete(made()), self._clients[-number:], strict=True))

    def _protocol(self) -> GuardedProtocol:
        return GuardedProtocol(self.config, self.state, {}, self.loop)

    def turn(self) -> None:
        """Let happen what can happen now."""
        for _ in range(_TURNS):
            self.loop.run_until_complete(asyncio.sleep(0))

    def say(self, protocol: GuardedProtocol, pieces: Iterable[bytes]) -> None:
        """Hand these pieces over, one after another, each once what the one before caused has happened."""
        for piece in pieces:
            if not protocol.transport.is_closing():
                protocol.data_received(piece)
            self.turn()

    def close(self) -> None:
        """End what is left."""
        for protocol in tuple(self.state.connections):
            protocol.transport.abort()
        for client in self._clients:
            client.close()
        self.turn()


@contextmanager
def conversation(app: Application = echo) -> Iterator[Conversation]:
    """A server of this application that answers only the test."""
    loop = asyncio.new_event_loop()
    try:
        talk = Conversation(loop, ServerState(), uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
        yield talk
        talk.close()
    finally:
        loop.close()


def heard(client: socket.socket) -> bytes:
    """What a client has been sent until now."""
    got = b""
    try:
        while piece := client.recv(65536):
            got += piece
    except (BlockingIOError, ConnectionResetError):
        pass
    return got


def statuses(got: bytes) -> list[int]:
    """The statuses of the answers in it, in order."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", got)]


def answers(app: Application, pieces: Iterable[bytes]) -> tuple[bytes, bool]:
    """What a client is answered that sends these pieces, but for names, and whether the connection has ended then."""
    with conversation(app) as talk:
        protocol, client = talk.connect()
        talk.say(protocol, pieces)
        got = re.sub(rb"x-request-id: \w+\r\n", b"", heard(client))
        return got, protocol.stage.name == "LEAVING" or protocol.transport.is_closing()
