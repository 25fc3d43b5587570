"""Files that are visible only once they are complete."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

_AT_ONCE: Final = 16


def write_new(path: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write *chunks* to a new file at *path*: its SHA-256 as hex, its size in bytes; an error removes the file.

    Its bytes last through a power cut after `flush_files`, its name after `flush`.
    """
    path.unlink(missing_ok=True)
    try:
        with path.open("xb") as file:
            return _write(file, chunks)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def flush_files(paths: Iterable[Path]) -> None:
    """Make the bytes of files last through a power cut, whichever process wrote them.

    Many at once, because a disk writes several together in the time of one.
    """
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for _ in threads.map(flush, paths):
            pass


def flush(path: Path) -> None:
    """Make the bytes of a file, or the names in a folder, last through a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(file: BinaryIO, chunks: Iterable[bytes]) -> tuple[str, int]:
    digest, size = sha256(), 0
    for chunk in chunks:
        file.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    file.flush()
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # begins to write it down, and waits for nothing
    return digest.hexdigest(), size
