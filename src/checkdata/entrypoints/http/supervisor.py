"""The parent of several processes that answer: it replaces one that dies or stands still."""

import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Final

import uvicorn
from attrs import define, field

from checkdata.entrypoints.http.limits import END_SECONDS, STANDSTILL_SECONDS, START_SECONDS, WORKER_END_SECONDS
from checkdata.entrypoints.http.watched_server import begin_to_stop, end_at_once
from checkdata.entrypoints.http.worker import work

LOG: Final = logging.getLogger("checkdata.workers")

LOOK_SECONDS: Final = 0.25
"""How long the parent waits for news of its workers before it looks whether it was told to stop."""

SETTLED_SECONDS: Final = 60.0
"""A worker that died sooner may die again: the next ones wait, twice as long each time."""

FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0

_SPAWN: Final = multiprocessing.get_context("spawn")


@define
class Worker:
    """A process that answers, and when its parent heard of it last."""

    process: BaseProcess
    beats: Connection
    started: float = field(factory=time.monotonic)
    heard: float | None = None

    @classmethod
    def start(cls, config: uvicorn.Config, kept: socket.socket) -> "Worker":
        """Start one; it ends with this process."""
        beats, told = _SPAWN.Pipe(duplex=False)
        process = _SPAWN.Process(target=work, args=(config, kept, told), daemon=True)
        process.start()
        told.close()  # only the worker holds its end, so that the pipe ends with it
        os.set_blocking(beats.fileno(), False)
        return cls(process, beats)

    def listen(self) -> None:
        """Read what it reported."""
        try:
            if os.read(self.beats.fileno(), 4096):
                self.heard = time.monotonic()
        except BlockingIOError:
            pass

    @property
    def stands_still(self) -> bool:
        """Whether its event loop has stood still for too long; the process itself ends a little sooner, if it can."""
        if self.heard is None:
            return time.monotonic() - self.started > START_SECONDS
        return time.monotonic() - self.heard > STANDSTILL_SECONDS + 2

    def end(self) -> None:
        """Clean up after a process that has ended, or end it."""
        self.process.kill()
        self.process.join()
        self.beats.close()


@define
class WorkerSlot:
    """The place of one worker, and after it of the next."""

    config: uvicorn.Config
    kept: socket.socket
    buried: Callable[[int], None] | None = None
    worker: Worker | None = None
    deaths: int = 0
    """How many workers in a row died soon after their start."""

    due: float = 0.0

    def look_after(self) -> None:
        """Start a worker where there is none; replace one that died or stands still."""
        if self.worker is None:
            if time.monotonic() >= self.due:
                self._fill()
            return
        self.worker.listen()
        if not self.worker.process.is_alive():
            self._bury(self.worker, "a worker died")
        elif self.worker.stands_still:
            self._bury(self.worker, "a worker stands still")

    def _fill(self) -> None:
        try:
            self.worker = Worker.start(self.config, self.kept)
        except OSError as error:  # no memory, or no more processes
            LOG.error("a worker could not start", extra={"details": {"error": type(error).__name__}})  # noqa: TRY400 - so
            self._pause()

    def _bury(self, worker: Worker, why: str) -> None:
        worker.end()
        lived, process = time.monotonic() - worker.started, worker.process
        self.worker = None
        settled = lived > SETTLED_SECONDS
        if settled:
            self.deaths = 0
        pause = 0.0 if settled else self._pause()
        details = {"process": process.pid, "exit": process.exitcode, "lived": round(lived), "pause": pause}
        LOG.error(why, extra={"details": details})
        if self.buried is not None and process.pid is not None:
            self.buried(process.pid)

    def _pause(self) -> float:
        """Wait before the next one, longer each time; returns how long."""
        pause: float = min(FIRST_PAUSE_SECONDS * 2 ** min(self.deaths, 10), LONGEST_PAUSE_SECONDS)
        self.deaths, self.due = self.deaths + 1, time.monotonic() + pause
        return pause


class Supervisor:
    """Keeps a number of workers at a port until a signal says to stop; a second signal stops at once."""

    def __init__(
        self, config: uvicorn.Config, kept: socket.socket, buried: Callable[[int], None] | None = None
    ) -> None:
        """As many as the settings say; *buried* is told of each that died."""
        self._places = [WorkerSlot(config, kept, buried) for _ in range(config.workers)]
        self._told = False

    def run(self) -> None:
        """Return when all have ended."""
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, self._tell)
        while not self._told:
            for place in self._places:
                place.look_after()
            wait([news for worker in self._workers for news in (worker.process.sentinel, worker.beats)], LOOK_SECONDS)
        self._stop()

    @property
    def _workers(self) -> Sequence[Worker]:
        return [place.worker for place in self._places if place.worker is not None]

    def _stop(self) -> None:
        until = time.monotonic() + WORKER_END_SECONDS
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.is_alive():
                LOG.error("a worker did not stop", extra={"details": {"process": worker.process.pid}})
            worker.end()

    def _tell(self, sig: int, frame: FrameType | None) -> None:
        if self._told:
            for worker in self._workers:
                worker.process.kill()
            end_at_once(sig, frame)
        begin_to_stop(END_SECONDS)
        self._told = True
