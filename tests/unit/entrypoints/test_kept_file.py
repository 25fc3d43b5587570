"""What is kept of a file on its way is what was added, wherever it lies, and room is given back."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.entrypoints.web.files.kept_file import PIECE_BYTES, KeptFile, NoRoomLeft, Room, Rooms

PIECES = st.lists(st.binary(min_size=1, max_size=300) | st.integers(1, 3).map(lambda n: b"x" * n * PIECE_BYTES))


def taken(file: KeptFile) -> bytes:
    return b"".join(iter(file.take, b""))


@given(PIECES, st.integers(0, 400), st.integers(1, 4))
def test_what_is_taken_is_what_was_added_however_little_memory_there_is(
    pieces: Sequence[bytes], memory: int, often: int
) -> None:
    rooms = Rooms(memory=Room(memory))
    before = rooms.disk.left
    file, got = KeptFile(rooms), b""
    for number, piece in enumerate(pieces):
        file.add(piece)
        if number % often == 0:
            got += file.take()
    got += taken(file)
    assert got == b"".join(pieces)
    assert file.size == len(got)
    file.close()
    assert (rooms.memory.left, rooms.disk.left) == (memory, before)


@given(st.integers(0, 50), st.integers(0, 50), PIECES)
def test_files_never_take_more_than_there_is_room_for(memory: int, disk: int, pieces: Sequence[bytes]) -> None:
    rooms = Rooms(memory=Room(memory), disk=Room(disk))
    file, kept = KeptFile(rooms), b""
    for piece in pieces:
        try:
            file.add(piece)
        except NoRoomLeft:
            break
        kept += piece
    assert len(kept) <= memory + disk
    assert taken(file) == kept
    file.close()
    assert (rooms.memory.left, rooms.disk.left) == (memory, disk)


def test_what_lies_on_disk_has_no_name_and_can_not_be_read_by_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = os.pwrite

    def noted(number: int, content: bytes, at: int) -> int:
        written.append(number)
        return write(number, content, at)

    monkeypatch.setattr(os, "pwrite", noted)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = KeptFile(Rooms(memory=Room(0)))
    file.add(b"Ada Bold" * 1000)
    [number] = written
    assert os.fstat(number).st_size == 8000
    assert os.fstat(number).st_nlink == 0
    assert b"Ada" not in os.pread(number, 8000, 0)
    assert not list(tmp_path.iterdir())
    assert taken(file) == b"Ada Bold" * 1000
    file.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(number)


def test_a_disk_that_is_full_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    rooms = Rooms(memory=Room(0))
    before, file = rooms.disk.left, KeptFile(rooms)
    monkeypatch.setattr(os, "pwrite", refuse)
    with pytest.raises(NoRoomLeft):
        file.add(b"x")
    file.close()
    assert rooms.disk.left == before
