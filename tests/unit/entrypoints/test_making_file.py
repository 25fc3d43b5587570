"""A file that is being made: leaving it stops storage at once, without waiting for the next piece."""

import asyncio
from threading import Event
from typing import Final, cast

from checkdata.adapters.memory import MemoryStorage
from checkdata.domain.access.decision import Acting
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.download import Download, Pieces, Stop
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.files.downloads_at_once import RunningDownloads
from checkdata.entrypoints.web.files.making_file import FEW_ROWS, MakingFile

PATIENCE_SECONDS: Final = 40


class Waiting:
    """Storage that gives one piece, and the next when it is interrupted."""

    def __init__(self) -> None:
        self.interrupted = Event()

    def interrupt(self) -> None:
        self.interrupted.set()

    def pieces(self, stop: Stop) -> Pieces:
        with stop.reaching(cast("UnitOfWork", self)):
            yield b"Full name"
            self.interrupted.wait(PATIENCE_SECONDS)
            yield b"Ann Lee"
        raise AssertionError("nobody wants the end")


def test_a_reader_that_leaves_a_file_has_storage_stop_though_it_gives_nothing() -> None:
    storage, stop = Waiting(), Stop()
    download = Download(
        rows=FEW_ROWS + 1,
        as_of=None,
        id="d-1",
        stop=stop,
        storage=MemoryStorage(),
        acting=Acting(UserId("u-1"), DeliveryPartner("dp-1")),
        pieces=storage.pieces(stop),
    )

    async def leave() -> bool:
        making = MakingFile(RunningDownloads(), download)
        assert await anext(making.pieces()) == b"Full nam"
        making.close()
        return await asyncio.to_thread(storage.interrupted.wait, PATIENCE_SECONDS / 2)

    assert asyncio.run(leave())
