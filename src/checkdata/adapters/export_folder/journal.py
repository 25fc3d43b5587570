"""The names of files that an export's folder may hold before its manifest, and the lock of the export."""

import errno
import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self, TextIO

from checkdata.domain.errors import FolderTaken

JOURNAL: Final = ".export-journal"
BODIES: Final = "appropriate-bodies"

_OURS: Final = re.compile(rf"(?:{BODIES}/)?[A-Za-z0-9_-]{{1,64}}\.csv")


def is_ours(names: Iterable[str]) -> set[str]:
    """Those of *names* that a file of an export can have.

    Nothing else is ever removed, even if a manifest or a journal names it: no path leads out of the folder.
    """
    return {name for name in names if _OURS.fullmatch(name)}


class Journal:
    """A file with the names of an export's files, locked while the export has the folder; a killed run leaves it.

    The lock is the system's own (flock), which ends with the process, and holds across machines on NFS.
    """

    def __init__(self, path: Path, file: TextIO) -> None:
        self._path = path
        self._file = file
        self.names = frozenset(is_ours(file.read().splitlines()))

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> Iterator[Self]:
        """The journal of *folder*, locked meanwhile; `FolderTaken` where another process has it."""
        path = folder / JOURNAL
        while True:
            with _opened(path) as file:
                if not _locked(file):
                    msg = f"Another export is writing into {folder}. Wait until it is done, or choose another folder."
                    raise FolderTaken(msg)
                if _is(path, file):
                    yield cls(path, file)
                    return

    def add(self, names: Iterable[str]) -> None:
        """Note the names of files before they are written here."""
        new = sorted(is_ours(names) - self.names)
        self.names |= frozenset(new)
        self._file.writelines(f"{name}\n" for name in new)
        self._file.flush()
        os.fsync(self._file.fileno())

    def remove(self) -> None:
        """Remove the journal: only files that a manifest names are left."""
        self._path.unlink()


def _opened(path: Path) -> TextIO:
    """Open the file, or make it; a link in its place is removed and never followed."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        path.unlink()
        return _opened(path)
    return os.fdopen(descriptor, "r+", encoding="ascii", errors="replace")


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is(path: Path, file: TextIO) -> bool:
    """Whether the file still has its name: the export that had the lock before may have removed it."""
    try:
        return os.path.samestat(path.stat(follow_symlinks=False), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
