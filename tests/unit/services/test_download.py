"""A download can be stopped before and while its file is made, and stops nothing else afterwards."""

from collections.abc import Iterator
from typing import cast

import pytest
from attrs import define

from checkdata.domain.errors import StorageUnavailable
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.download import Stop


@define
class Interruptible:
    """A unit of work that counts how often it is interrupted."""

    interrupted: int = 0

    def interrupt(self) -> None:
        self.interrupted += 1

    def pieces(self, stop: Stop) -> Iterator[bytes]:
        with stop.reaching(cast("UnitOfWork", self)):
            yield b"Full name"


def test_a_file_that_nobody_waits_for_any_longer_is_not_begun() -> None:
    work, stop = Interruptible(), Stop()
    stop()
    with pytest.raises(StorageUnavailable):
        next(work.pieces(stop))
    assert work.interrupted == 0


def test_a_file_that_is_left_is_interrupted_while_it_is_made_and_its_connection_serves_others_afterwards() -> None:
    work, stop = Interruptible(), Stop()
    pieces = work.pieces(stop)
    next(pieces)
    stop()
    assert work.interrupted == 1
    assert list(pieces) == []
    stop()
    assert work.interrupted == 1
