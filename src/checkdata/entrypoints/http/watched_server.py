"""A server whose event loop is watched: if it stands still, its process ends and logs where it stood."""

import asyncio
import faulthandler
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

import uvicorn

from checkdata.entrypoints.http.connections import see_to
from checkdata.entrypoints.http.limits import LARGEST_SEGMENT, STANDSTILL_SECONDS, UNSENT_BYTES

LOG: Final = logging.getLogger("checkdata.http")

_TICKS: Final = 10
"""How many ticks of uvicorn's are a second."""

ENDED_BY_FORCE: Final = 1
"""The exit status of a process that ended before all was done (`ExitCode.DONE_WITH_REFUSALS`)."""


class WatchedServer(uvicorn.Server):
    """Looks after its connections, and calls *beat* each second while its loop turns.

    Python's watchdog (`faulthandler`) does not need the interpreter's lock. So, even if the loop is blocked, it writes
    the stacks of all threads to standard error and ends the process.
    """

    def __init__(self, config: uvicorn.Config, beat: Callable[[], None], *, ends_within: float) -> None:
        """*ends_within* is how many seconds after it was told to stop the process ends, even if it is busy."""
        super().__init__(config)
        self._beat = beat
        self._ends_within = ends_within

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; a client's system shows its progress in small steps then, and ours holds little for each."""
        await super().startup(sockets)
        for listening in (each for server in self.servers for each in server.sockets):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES)
            if sys.platform == "linux":
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, LARGEST_SEGMENT)

    async def on_tick(self, counter: int) -> bool:
        """Do what is due each second; called by uvicorn ten times as often, in the loop."""
        if counter % _TICKS == 0 and not self.should_exit:
            faulthandler.dump_traceback_later(STANDSTILL_SECONDS, exit=True)
            see_to(self.server_state.connections, asyncio.get_running_loop().time())  # type: ignore[arg-type]  # ours
            self._beat()
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; at once where a second signal came."""
        if self.should_exit:
            end_at_once(sig, frame)
        begin_to_stop(self._ends_within)
        super().handle_exit(sig, frame)


def stop_with_terminal() -> None:
    """Take the end of the terminal for a word to stop in order, unless this process is to outlive it (nohup)."""
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda _sig, _frame: signal.raise_signal(signal.SIGTERM))


def begin_to_stop(ends_within: float) -> None:
    """End after so many seconds, whatever this process does.

    The end of the terminal is no second word to stop: the shell and the system each tell of it, and some managers of
    services say so right after the first.
    """
    faulthandler.dump_traceback_later(ends_within, exit=True)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def end_at_once(sig: int, _frame: FrameType | None) -> None:
    """End this process at once: it was told twice to stop."""
    LOG.warning("ended at once", extra={"details": {"signal": signal.Signals(sig).name}})
    os._exit(ENDED_BY_FORCE)
