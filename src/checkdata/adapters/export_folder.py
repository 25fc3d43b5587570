"""A folder of CSV files and their manifest, in which nothing half-done ever looks whole."""

import errno
import json
import os
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from checkdata.domain import ports
from checkdata.domain.errors import FolderNotWritable
from checkdata.domain.exports import ExportedFile, Manifest, WrittenFile
from checkdata.domain.organisations import AppropriateBody
from checkdata.domain.participants import Viewer

MANIFEST: Final = "manifest.json"
BODIES: Final = "appropriate-bodies"

_PARTIAL: Final = ".part"
_PARTIAL_FILES: Final = f".*.csv{_PARTIAL}"
_REASONS: Final = {
    errno.EEXIST: "there is a file of that name",
    errno.ENOTDIR: "there is a file in its path",
    errno.EACCES: "this user is not allowed to",
    errno.ENOSPC: "the disk is full",
}
# Names of files that may lie here without a manifest that names them: what a run that was killed leaves to the next.
_JOURNAL: Final = ".export-journal"
# Nothing else is ever removed, whatever a manifest or a journal says: no path leads out of the folder.
_OURS: Final = re.compile(rf"(?:{BODIES}/)?[A-Za-z0-9_-]{{1,64}}\.csv")


class FolderExport:
    """Delivery partners' files at the top of *folder*, appropriate bodies' in ``appropriate-bodies``.

    Every file is written under a hidden temporary name and renamed when it is whole; the manifest goes first and comes
    last. A run that was killed leaves no manifest; the next one clears up after it. One run at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._may_lie_here: frozenset[str] = frozenset()

    def begin(self) -> None:
        """Take the old manifest away and clear up after a run that was killed.

        `FolderNotWritable` also where ``manifest.json`` is not an export's: then nothing is touched.
        """
        with self._writable():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._refuse_detours()
            self._remember(self._named_by_manifest() | self._named_by_journal())
            (self._folder / MANIFEST).unlink(missing_ok=True)
            _flush_folder(self._folder)
            for partial in (*self._folder.glob(_PARTIAL_FILES), *self._folder.glob(f"{BODIES}/{_PARTIAL_FILES}")):
                partial.unlink()

    def write(self, viewer: Viewer, chunks: Iterable[bytes], /) -> WrittenFile:
        """Write one organisation's file as the chunks come; it gets its name once all of it is on the disk."""
        name = f"{BODIES}/{viewer.id}.csv" if isinstance(viewer, AppropriateBody) else f"{viewer.id}.csv"
        path = self._folder / name
        with self._writable():
            path.parent.mkdir(exist_ok=True)
            self._remember({name})
            digest, size = _write_whole(path, chunks)
        return WrittenFile(name, digest, size)

    def finish(self, manifest: Manifest, /) -> None:
        """Remove the files of earlier runs that the new manifest does not name, then write it."""
        with self._writable():
            for name in self._may_lie_here - {file.written.file for file in manifest.files}:
                (self._folder / name).unlink(missing_ok=True)
            _write_whole(self._folder / MANIFEST, [_as_json(manifest)])
            (self._folder / _JOURNAL).unlink()

    def _refuse_detours(self) -> None:
        if (self._folder / BODIES).is_symlink():
            msg = f"{self._folder / BODIES} is a link to another place. Remove it, or choose another folder."
            raise FolderNotWritable(msg)

    def _named_by_manifest(self) -> set[str]:
        path = self._folder / MANIFEST
        if not path.exists():
            return set()
        try:
            files = json.loads(path.read_bytes())["files"]
            return {name for name in (file["file"] for file in files) if _OURS.fullmatch(name)}
        except (ValueError, LookupError, TypeError):
            msg = f"{path} is not the manifest of an export. Move it away, or choose another folder."
            raise FolderNotWritable(msg) from None

    def _named_by_journal(self) -> set[str]:
        journal = self._folder / _JOURNAL
        names = journal.read_text("ascii", errors="replace").splitlines() if journal.exists() else []
        return {name for name in names if _OURS.fullmatch(name)}

    def _remember(self, names: AbstractSet[str]) -> None:
        self._may_lie_here |= names
        _write_whole(self._folder / _JOURNAL, ["\n".join(sorted(self._may_lie_here)).encode()])

    @contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = _REASONS.get(error.errno or 0, error.strerror)
            msg = f"The folder {self._folder} can't be written: {why}. Mend that or choose another, and export again."
            raise FolderNotWritable(msg) from error


def _write_whole(path: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write a file that nobody sees before it is whole: its SHA-256 as hex, and its size in bytes."""
    partial = path.with_name(f".{path.name}{_PARTIAL}")
    partial.unlink(missing_ok=True)
    try:
        with partial.open("xb") as file:
            written = _write_through(file, chunks)
        partial.rename(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)
    return written


def _write_through(file: BinaryIO, chunks: Iterable[bytes]) -> tuple[str, int]:
    digest, size = sha256(), 0
    for chunk in chunks:
        file.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest(), size


def _flush_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _as_json(manifest: Manifest) -> bytes:
    content = {
        "import_id": manifest.import_id,
        "created_at": manifest.created_at.isoformat(timespec="seconds"),
        "files": [_file_as_json(file) for file in manifest.files],
    }
    return f"{json.dumps(content, indent=2)}\n".encode()


def _file_as_json(file: ExportedFile) -> dict[str, object]:
    return {
        "organisation_id": file.organisation_id,
        "role": file.role.value,
        "file": file.written.file,
        "rows": file.rows,
        "sha256": file.written.sha256,
        "bytes": file.written.bytes,
        "filters": dict(file.filters),
    }


_conforms: type[ports.ExportFolder] = FolderExport
