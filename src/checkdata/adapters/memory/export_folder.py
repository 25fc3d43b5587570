"""A folder for exports that is a dictionary."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256

from checkdata.domain import ports
from checkdata.domain.errors import FolderTaken
from checkdata.domain.exports import Manifest, WrittenFile
from checkdata.domain.people.organisations import AppropriateBody
from checkdata.domain.training.records import Viewer


class MemoryExportFolder:
    """Keeps whole files by their path in ``files``, and the last finished export's manifest in ``manifest``."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.manifest: Manifest | None = None
        self._aside: dict[str, bytes] = {}
        self._before: Manifest | None = None
        self._taken = False

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Take the old manifest away, and put it back where no new one came."""
        if self._taken:
            raise FolderTaken("Another export is writing into this folder.")
        self._taken, self._before, self.manifest = True, self.manifest, None
        try:
            yield
        finally:
            self._aside.clear()
            self._taken, self.manifest = False, self._before

    def write(self, viewer: Viewer, chunks: Iterable[bytes], /) -> WrittenFile:
        """Keep one organisation's file aside once it is whole."""
        folder = "appropriate-bodies/" if isinstance(viewer, AppropriateBody) else ""
        path, content = f"{folder}{viewer.id}.csv", b"".join(chunks)
        self._aside[path] = content
        return WrittenFile(path, sha256(content).hexdigest(), len(content))

    def finish(self, manifest: Manifest, /) -> None:
        """Keep the files that the manifest names, and no file of an earlier export, then the manifest."""
        self.files = {file.written.file: self._aside[file.written.file] for file in manifest.files}
        self.manifest = self._before = manifest


_conforms: type[ports.ExportFolder] = MemoryExportFolder
