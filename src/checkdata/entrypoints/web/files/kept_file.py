"""Keeps a file until its reader has received it: in memory, and on disk when memory is full.

It has no name and is gone with its process. What lies on disk is encrypted with a key that only this object knows, so
that no storage ever holds a user's list, or what was made from it (service rule 17).
"""

import os
import tempfile
from threading import Lock
from typing import Final

from attrs import define, field

from checkdata.domain.errors import CheckdataError

PIECE_BYTES: Final = 64 * 1024
"""How much is read at a time."""

IN_MEMORY: Final = 64 * 1024 * 1024 if hasattr(os, "memfd_create") else 0
"""How much of all files a process keeps in memory: seven of the largest partner of 60,000 rows."""

ON_DISK: Final = 1024 * 1024 * 1024
"""How much more it keeps on disk; files beyond both are refused."""


class NoRoomLeft(CheckdataError):
    """There is no room for a file that is on its way: others have taken all of it, or the disk is full."""


@define(eq=False)
class Room:
    """So many bytes, which files take and give back."""

    left: int
    _lock: Lock = field(init=False, factory=Lock)

    def take(self, size: int) -> bool:
        """Take so many; False, and none is taken, where there are fewer."""
        with self._lock:
            if size > self.left:
                return False
            self.left -= size
            return True

    def give_back(self, size: int) -> None:
        """Give them back for others to take."""
        with self._lock:
            self.left += size


@define(eq=False)
class Rooms:
    """The room of a process for files on their way."""

    memory: Room = field(factory=lambda: Room(IN_MEMORY))
    disk: Room = field(factory=lambda: Room(ON_DISK))


class KeptFile:
    """Bytes that one thread adds and another takes, in order and once.

    Adding never waits for taking. Raises `NoRoomLeft`. Close it when both are done.
    """

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._memory: _Part | None = None
        self._disk: _Part | None = None

    @property
    def size(self) -> int:
        """How many bytes were added."""
        return sum(part.size for part in (self._memory, self._disk) if part is not None)

    @property
    def on_disk(self) -> bool:
        """Whether what comes next has to be read from a disk, for which a thread should wait."""
        return self._disk is not None and (self._memory is None or self._memory.left == 0)

    def add(self, piece: bytes) -> None:
        """Add to the end; what is on disk once goes on there."""
        if self._disk is None and self._rooms.memory.take(len(piece)):
            if self._memory is None:
                self._memory = _Part(os.memfd_create("download"))
            self._memory.add(piece)
            return
        if not self._rooms.disk.take(len(piece)):
            raise NoRoomLeft("There is no room for this file now. Try again later.")
        try:
            if self._disk is None:
                self._disk = _Encrypted(_without_name())
            self._disk.add(piece)
        except OSError as error:
            self._rooms.disk.give_back(len(piece))
            raise NoRoomLeft("There is no room for this file now. Try again later.") from error

    def take(self) -> bytes:
        """The next bytes, at most `PIECE_BYTES`; none where no more were added yet."""
        disk = self._disk  # read first, because from then on nothing is added in memory
        piece = b"" if self._memory is None else self._memory.take()
        return piece or (b"" if disk is None else disk.take())

    def close(self) -> None:
        """Give the room back."""
        for part, room in ((self._memory, self._rooms.memory), (self._disk, self._rooms.disk)):
            if part is not None:
                part.close()
                room.give_back(part.size)
        self._memory = self._disk = None


class _Part:
    """Bytes in a file without a name, known by its number."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._taken = 0
        self.size = 0

    @property
    def left(self) -> int:
        return self.size - self._taken

    def add(self, piece: bytes) -> None:
        rest, at = memoryview(piece), self.size
        while rest:
            written = os.pwrite(self._file, rest, at)
            rest, at = rest[written:], at + written
        self.size += len(piece)  # at the end, so that no reader takes what is not there yet

    def take(self) -> bytes:
        piece = os.pread(self._file, min(PIECE_BYTES, self.left), self._taken)
        self._taken += len(piece)
        return piece

    def close(self) -> None:
        os.close(self._file)


class _Encrypted(_Part):
    """The same, encrypted, because others might read what is left on the disk."""

    def __init__(self, file: int) -> None:
        from cryptography.hazmat.primitives.ciphers import Cipher  # noqa: PLC0415 - few files are so large
        from cryptography.hazmat.primitives.ciphers.algorithms import AES256  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.modes import CTR  # noqa: PLC0415

        super().__init__(file)
        cipher = Cipher(AES256(os.urandom(32)), CTR(os.urandom(16)))
        self._hide, self._show = cipher.encryptor().update, cipher.decryptor().update

    def add(self, piece: bytes) -> None:
        super().add(self._hide(piece))

    def take(self) -> bytes:
        return self._show(super().take())


def _without_name() -> int:
    with tempfile.TemporaryFile(buffering=0) as file:
        return os.dup(file.fileno())
