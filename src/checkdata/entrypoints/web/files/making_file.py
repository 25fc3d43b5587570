"""A file while it is made: its own thread reads storage as fast as storage allows, and waits for no reader."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import closing, suppress
from threading import Event, Lock, Thread
from typing import Final

from starlette.concurrency import run_in_threadpool

from checkdata.domain.services.task_steps.download import Download
from checkdata.entrypoints.web.files.downloads_at_once import RunningDownloads, TooManyDownloadsOfProcess
from checkdata.entrypoints.web.files.kept_file import KeptFile

TURN_SECONDS: Final = 20
"""How long a download waits for others to be read from storage."""

FEW_ROWS: Final = 500
"""A file up to this size is made before any of it is sent, with its receipt, so that every error gets a page."""

STOP_SECONDS: Final = 0.5
"""After how long a download that still goes on is stopped again."""


class MakingFile:
    """A file that is being made, sent from one event loop.

    Its thread is not one of those that make pages, and ends with the process. If storage does not answer at all, only
    this thread waits: no page, not the event loop, and not the end of the process.
    """

    def __init__(self, downloads: RunningDownloads, download: Download) -> None:
        self._downloads, self._download = downloads, download
        self._file = KeptFile(downloads.rooms)
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._begun = self._unwanted = False
        self._in_queue: asyncio.Timeout | None = None
        self._over = Event()
        self._error: BaseException | None = None
        self._lock, self._users = Lock(), 1

    @property
    def unwanted(self) -> bool:
        """Whether its reader has gone."""
        return self._unwanted

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The file in pieces as they are made, or all at once if it has few rows; breaks off if it is unwanted.

        Raises `TooManyDownloadsOfProcess` if its turn does not come, and any error while it was made.
        """
        await self._begin()
        few, end = self._download.rows <= FEW_ROWS, b""
        if few:
            await self._all_made()
            end = await self._end()
        while piece := await self._next():
            yield piece
        yield end if few else await self._end()

    def leave(self) -> None:
        """Stop it: waiting for a turn ends at once, making it within a second, and its room is free again."""
        self._unwanted = True
        self._changed.set()
        if self._in_queue is not None and not self._in_queue.expired():
            self._in_queue.reschedule(self._loop.time())
        if self._begun and not self._over.is_set():
            Thread(target=self._stop, name="stop", daemon=True).start()

    def close(self) -> None:
        """Leave it, and ask for no more pieces."""
        self.leave()
        self._let_go()

    async def _begin(self) -> None:
        turns = self._downloads.turns
        try:
            async with asyncio.timeout(TURN_SECONDS) as self._in_queue:
                await turns.acquire()
        except TimeoutError:
            if self._unwanted:
                return
            raise TooManyDownloadsOfProcess from None
        finally:
            self._in_queue = None
        if self._unwanted:
            turns.release()
            return
        self._begun, self._users = True, 2
        Thread(target=self._make, name="download", daemon=True).start()

    async def _next(self) -> bytes:
        """The next piece, as soon as it is there; b"" if there will be none, or the file is unwanted."""
        while not self._unwanted:
            self._changed.clear()
            over = self._over.is_set()  # read before the file, because nothing is added to it afterwards
            if self._error is not None:
                raise self._error
            piece = await run_in_threadpool(self._file.take) if self._file.on_disk else self._file.take()
            if piece or over:
                return piece
            await self._changed.wait()
        return b""

    async def _all_made(self) -> None:
        while not (self._over.is_set() or self._unwanted):
            await self._changed.wait()
            self._changed.clear()

    async def _end(self) -> bytes:
        """The last byte, once the receipt is kept; b"" if its reader has gone."""
        if self._unwanted:  # a stopped download fails, and that need not be logged
            return b""
        if self._error is not None:
            raise self._error
        return await run_in_threadpool(self._download.end)

    def _make(self) -> None:
        try:
            self._read()
        except BaseException as error:  # noqa: BLE001 - raised again where the file is sent
            self._error = error
        finally:
            self._over.set()
            self._let_go()
            self._tell(self._downloads.turns.release)
            self._tell(self._changed.set)

    def _read(self) -> None:
        with closing(self._download.body()) as body:
            for piece in body:
                if self._unwanted:
                    return
                self._file.add(piece)
                self._tell(self._changed.set)

    def _stop(self) -> None:
        """Stop making it; again if it was just about to begin."""
        while not self._over.is_set():
            self._download.stop()
            self._over.wait(STOP_SECONDS)

    def _tell(self, what: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the event loop is closed: the process ends
            self._loop.call_soon_threadsafe(what)

    def _let_go(self) -> None:
        """The last of the two to be done closes the file: another file may get the number of a closed one."""
        with self._lock:
            self._users -= 1
            if not self._users:
                self._file.close()
