"""The folder of an export: files are written under hidden names, and renamed together."""

import errno
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from checkdata.adapters.export_folder.atomic_files import flush, flush_files, write_new
from checkdata.adapters.export_folder.journal import BODIES, Journal
from checkdata.adapters.export_folder.manifest import MANIFEST, as_json, names_in
from checkdata.domain import ports
from checkdata.domain.errors import FolderNotWritable
from checkdata.domain.exports import Manifest, WrittenFile
from checkdata.domain.people.organisations import AppropriateBody
from checkdata.domain.training.records import Viewer

_ASIDE: Final = ".new"
_PARTIAL: Final = ".part"
_LEFT_OVER: Final = (f".*.csv{_ASIDE}", f".*.csv.*{_PARTIAL}", f".{MANIFEST}{_PARTIAL}")
_REASONS: Final = {
    errno.EEXIST: "there is a file of that name",
    errno.ENOTDIR: "there is a file in its path",
    errno.ENOENT: "it is not there",
    errno.EACCES: "this user is not allowed to",
    errno.ENOSPC: "the disk is full",
}


class FolderExport:
    """Delivery partners' files at the top of *folder*, appropriate bodies' in ``appropriate-bodies``.

    Every file is written under a hidden name; when all are whole and on the disk they are renamed, and the manifest,
    which went first, comes last. A run that was killed leaves no manifest; the next one clears up after it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._journal: Journal | None = None
        self._before: bytes | None = None
        self._settled = False

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Lock the folder, take the old manifest away and clear up after a run that was killed.

        `FolderNotWritable` also where ``manifest.json`` is not an export's: then nothing is touched.
        """
        with ExitStack() as held:
            with self._writable():
                self._folder.mkdir(parents=True, exist_ok=True)
                self._refuse_detours()
                journal = self._journal = held.enter_context(Journal.opened(self._folder))
                self._before, self._settled = None, not journal.names
                held.callback(self._leave, journal)
                self._take_manifest_away(journal)
                self._clear_up()
            yield

    def write(self, viewer: Viewer, chunks: Iterable[bytes], /) -> WrittenFile:
        """Write one organisation's file as the chunks come, under a hidden name."""
        name = f"{BODIES}/{viewer.id}.csv" if isinstance(viewer, AppropriateBody) else f"{viewer.id}.csv"
        path = self._aside(name)
        with self._writable():
            if isinstance(viewer, AppropriateBody):
                path.parent.mkdir(exist_ok=True)
            partial = path.with_name(f".{viewer.id}.csv.{uuid4().hex}{_PARTIAL}")  # another worker may write it as well
            digest, size = write_new(partial, chunks)
            partial.rename(path)
        return WrittenFile(name, digest, size)

    def finish(self, manifest: Manifest, /) -> None:
        """Rename the files, remove those of earlier runs that the new manifest does not name, then write it."""
        if self._journal is None:
            raise RuntimeError("an export is finished inside `opened`")
        names = {file.written.file for file in manifest.files}
        with self._writable():
            self._refuse_missing(names)
            flush_files(map(self._aside, names))
            self._journal.add(names)
            self._before, self._settled = None, False
            for name in names:
                self._aside(name).rename(self._folder / name)
            for name in self._journal.names - names:
                (self._folder / name).unlink(missing_ok=True)
            self._flush()
            self._write_manifest(as_json(manifest))
            self._settled = True

    def _aside(self, name: str) -> Path:
        path = self._folder / name
        return path.with_name(f".{path.name}{_ASIDE}")

    def _refuse_detours(self) -> None:
        if (self._folder / BODIES).is_symlink():
            msg = f"{self._folder / BODIES} is a link to another place. Remove it, or choose another folder."
            raise FolderNotWritable(msg)

    def _refuse_missing(self, names: Iterable[str]) -> None:
        missing = sorted(name for name in names if not self._aside(name).exists())
        if missing:
            msg = (
                f"Files that workers wrote are not in {self._folder}: {', '.join(missing)}. "
                "Choose a folder that all workers share, and export again."
            )
            raise FolderNotWritable(msg)

    def _take_manifest_away(self, journal: Journal) -> None:
        path = self._folder / MANIFEST
        if path.exists():
            content = path.read_bytes()
            journal.add(names_in(path, content))
            self._before, self._settled = content, True
            path.unlink()
            flush(self._folder)

    def _leave(self, journal: Journal) -> None:
        """Remove hidden files and, if no file has been renamed yet, put the old manifest back."""
        with self._writable():
            self._clear_up()
            if self._before is not None:
                self._write_manifest(self._before)
            if self._settled:
                journal.remove()
        self._journal = None

    def _write_manifest(self, content: bytes) -> None:
        partial = self._folder / f".{MANIFEST}{_PARTIAL}"
        write_new(partial, [content])
        flush_files([partial])
        partial.rename(self._folder / MANIFEST)
        flush(self._folder)

    def _clear_up(self) -> None:
        for pattern in _LEFT_OVER:
            for path in (*self._folder.glob(pattern), *self._folder.glob(f"{BODIES}/{pattern}")):
                path.unlink()

    def _flush(self) -> None:
        for folder in (self._folder, self._folder / BODIES):
            if folder.is_dir():
                flush(folder)

    @contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = _REASONS.get(error.errno or 0, error.strerror)
            msg = f"The folder {self._folder} can't be written: {why}. Correct that or choose another folder."
            raise FolderNotWritable(msg) from error


_conforms: type[ports.ExportFolder] = FolderExport
