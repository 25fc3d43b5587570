"""Files that nobody sees before they are whole and on the disk."""

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, chunks: Iterable[bytes], *, partial: Path) -> tuple[str, int]:
    """Write *chunks* to *partial*, which becomes *path* once it is whole: its SHA-256 as hex, its size in bytes.

    Its bytes last through a power cut; its name does after `flush_folder`.
    """
    partial.unlink(missing_ok=True)
    try:
        with partial.open("xb") as file:
            written = _write_through(file, chunks)
        partial.rename(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return written


def flush_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_through(file: BinaryIO, chunks: Iterable[bytes]) -> tuple[str, int]:
    digest, size = sha256(), 0
    for chunk in chunks:
        file.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest(), size
