"""A network between two parties that cuts, delays, trickles or stands still, as a test tells it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from itertools import cycle
from pathlib import Path
from threading import Thread
from typing import Final

PIECE_BYTES: Final = 64 * 1024
TRICKLE_BYTES: Final = 100
TRICKLE_SECONDS: Final = 0.02
"""Together five kilobytes a second."""

DELAY_SECONDS: Final = 0.2
CUT_AFTER_BYTES: Final = (900, 100_000, 30, 2_000_000, 7_000)
"""After how many bytes connections are cut, in turn: within a head, an answer, a start of PostgreSQL's, a file."""


class Weather(Enum):
    """What the network does to what is under way and to what is begun."""

    FINE = auto()
    CUTS = auto()
    DELAYS = auto()
    TRICKLES = auto()
    STANDS = auto()


class Network:
    """Passes on what connections to `port` say, and what is answered."""

    def __init__(self, there: int | Path) -> None:
        """*there*: a port of this machine, or the path of a socket."""
        self.weather = Weather.FINE
        self.port = 0
        self.there = there
        self._sizes = cycle(CUT_AFTER_BYTES)
        self._under_way: set[asyncio.Task[None]] = set()

    def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin to pass one connection on.

        A loop holds its tasks weakly, and streams let go of theirs when their peer leaves, so this network holds them.
        """
        task = asyncio.get_running_loop().create_task(self._pass_both_ways(reader, writer))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _pass_both_ways(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on until both parties have ended it, or it was cut."""
        size = next(self._sizes)
        with suppress(OSError, asyncio.CancelledError):
            if isinstance(self.there, Path):
                far_reader, far_writer = await asyncio.open_unix_connection(self.there)
            else:
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.there)
            ends = (writer, far_writer)
            try:
                async with asyncio.TaskGroup() as ways:
                    ways.create_task(self._pass_on(reader, far_writer, size))
                    ways.create_task(self._pass_on(far_reader, writer, size))
            except* OSError:
                pass  # one way was cut, which ends the other
            finally:
                for end in ends:
                    end.transport.abort()
        writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, size: int) -> None:
        passed = 0
        while piece := await reader.read(PIECE_BYTES):
            passed += len(piece)
            await self._pass_piece(piece, writer)
            if self.weather is Weather.CUTS and passed > size:
                raise ConnectionResetError
        writer.write_eof()

    async def _pass_piece(self, piece: bytes, writer: asyncio.StreamWriter) -> None:
        while piece:
            step = len(piece)
            match self.weather:
                case Weather.DELAYS:
                    await asyncio.sleep(DELAY_SECONDS)
                case Weather.TRICKLES:
                    step = TRICKLE_BYTES
                    await asyncio.sleep(TRICKLE_SECONDS)
                case Weather.STANDS:
                    await asyncio.sleep(DELAY_SECONDS)
                    continue
                case _:
                    pass
            writer.write(piece[:step])
            await writer.drain()
            piece = piece[step:]


@contextmanager
def network(there: int | Path) -> Iterator[Network]:
    """A network before a port or a socket, which is fine until a test says otherwise."""
    made = Network(there)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(made.connect, "127.0.0.1", 0))
    made.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        while left := asyncio.all_tasks(loop):
            for task in left:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()
