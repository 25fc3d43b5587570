"""A server whose event loop is watched: a process in which it stands still ends, and says where it stood."""

import asyncio
import faulthandler
import logging
import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import Final

import uvicorn

from checkdata.entrypoints.http.connections import see_to
from checkdata.entrypoints.http.limits import STANDSTILL_SECONDS

LOG: Final = logging.getLogger("checkdata.http")

_TICKS: Final = 10
"""How many ticks of uvicorn's are a second."""

ENDED_BY_FORCE: Final = 1
"""The exit status of a process that ended before all was done (`ExitCode.DONE_WITH_REFUSALS`)."""


class WatchedServer(uvicorn.Server):
    """Looks after its connections, and lets *beat* know that its loop turns, each second.

    Python's watchdog (`faulthandler`) needs no lock of the interpreter's: whatever the loop waits for, it writes the
    stacks of all threads to standard error and ends the process.
    """

    def __init__(self, config: uvicorn.Config, beat: Callable[[], None], *, ends_within: float) -> None:
        """*ends_within*: after how many seconds the process ends that was told to stop, whatever it does."""
        super().__init__(config)
        self._beat = beat
        self._ends_within = ends_within

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
        faulthandler.dump_traceback_later(self._ends_within, exit=True)
        super().handle_exit(sig, frame)


def end_at_once(sig: int, _frame: FrameType | None) -> None:
    """End this process, whatever it does: it was told twice to stop."""
    LOG.warning("ended at once", extra={"details": {"signal": signal.Signals(sig).name}})
    os._exit(ENDED_BY_FORCE)
