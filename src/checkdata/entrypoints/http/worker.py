"""One of several processes that answer."""

import faulthandler
import multiprocessing
import os
import signal
import socket
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from types import FrameType

import uvicorn

from checkdata.entrypoints.http.limits import WORKER_END_SECONDS
from checkdata.entrypoints.http.watched_server import WatchedServer


def work(config: uvicorn.Config, kept: socket.socket, beats: Connection) -> None:
    """Answer at this port until the parent says to stop, or has ended itself.

    Ctrl+C and the end of a terminal reach every process of it, and some tools that stop a service signal all of its
    processes. Here only the parent's word counts, and a second one is ignored, because the parent ends a worker that
    does not stop.
    """
    for sig in (signal.SIGINT, signal.SIGHUP):
        signal.signal(sig, signal.SIG_IGN)
    # uvicorn raises the signal again once it has stopped; by itself it would end the process before what waits is sent.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    os.set_blocking(beats.fileno(), False)
    with suppress(KeyboardInterrupt):
        _Worker(config, lambda: _beat(beats), ends_within=WORKER_END_SECONDS).run([kept])


class _Worker(WatchedServer):
    """A server that only its parent tells to stop, however often."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGTERM and not self.should_exit:
            super().handle_exit(sig, frame)


def _beat(beats: Connection) -> None:
    """Tell the parent that the loop turns; if it does not listen just now, it has heard enough."""
    with suppress(BlockingIOError, BrokenPipeError):
        os.write(beats.fileno(), b".")


def _end_with_parent() -> None:
    """Wait until the parent has ended in any way, and then stop as if it had said so."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        faulthandler.dump_traceback_later(WORKER_END_SECONDS, exit=True)
        os.kill(os.getpid(), signal.SIGTERM)
