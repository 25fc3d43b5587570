"""The folder of a backup: it gets its name when all of it is on the disk, and only its user may read it."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from attrs import asdict, frozen

from checkdata.adapters.sql.backups.manifest import MANIFEST, BackupManifest, DatabaseState, read_manifest
from checkdata.adapters.sql.backups.shown import Shown
from checkdata.domain.errors import BackupFailed, BackupRefused

_PARTIAL: Final = ".checkdata-backup-"
_CHUNK: Final = 4 * 1024**2


@frozen
class PartialFolder:
    """A folder that is being filled, under a hidden name."""

    path: Path

    def new_file(self, name: str) -> Path:
        """An empty file that only this user may read."""
        file = self.path / name
        file.touch(mode=0o600, exist_ok=False)
        return file

    def finish(self, state: DatabaseState, *, kind: str, version: str, shown: Shown) -> BackupManifest:
        """Read each file again for its digest, and write the manifest."""
        sums = {file.name: digest_of(file, shown) for file in sorted(self.path.iterdir())}
        manifest = BackupManifest(**asdict(state), kind=kind, version=version, files=sums)
        self.new_file(MANIFEST).write_bytes(manifest.as_json())
        return manifest


@contextmanager
def new_folder(folder: Path) -> Iterator[PartialFolder]:
    """A folder that appears at *folder* when the block ends well; `BackupRefused` if there is something."""
    if os.path.lexists(folder):
        raise BackupRefused(f"There is something at {folder} already. Choose another folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear_up(folder.parent)
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=folder.parent))
        lock = os.open(partial, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield PartialFolder(partial)
            for path in (*partial.iterdir(), partial):
                flush(path)
            partial.rename(folder)
            flush(folder.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            os.close(lock)
    except OSError as error:
        raise BackupFailed(f"The backup can't be written to {folder}: {error.strerror}.") from error


def checked_manifest(folder: Path, shown: Shown) -> BackupManifest:
    """The manifest of a backup of which each byte is as it was written; `BackupRefused` otherwise."""
    manifest = read_manifest(folder)
    for name, digest in manifest.files.items():
        try:
            found = digest_of(folder / name, shown)
        except OSError as error:
            raise BackupRefused(f"The backup is not whole: {name} can't be read: {error.strerror}.") from error
        if found != digest:
            raise BackupRefused(f"The backup is damaged: {name} is not as it was written. Take another one.")
    return manifest


def digest_of(file: Path, shown: Shown) -> str:
    """The SHA-256 of a file, as hex."""
    digest = sha256()
    shown.begin(f"Checking {file.name}, in MiB", -(-file.stat().st_size // 1024**2))
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
            shown.advance(-(-len(chunk) // 1024**2))
    return digest.hexdigest()


def flush(path: Path) -> None:
    """Make the bytes of a file, or the names in a folder, last through a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clear_up(parent: Path) -> None:
    """Remove what backups left that were killed: nobody holds its lock. What can't be removed hinders no new one."""
    for left in parent.glob(f"{_PARTIAL}*"):
        with suppress(OSError):  # it is being written, or another user left it
            lock = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(lock)
