"""A folder for exports that is a dictionary."""

from collections.abc import Iterable
from hashlib import sha256

from checkdata.domain import ports
from checkdata.domain.exports import Manifest, WrittenFile
from checkdata.domain.organisations import AppropriateBody
from checkdata.domain.participants import Viewer


class MemoryExportFolder:
    """Keeps whole files by their path in ``files``, and the last finished export's manifest in ``manifest``."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.manifest: Manifest | None = None
        self._replaced: Manifest | None = None

    def begin(self) -> None:
        """Take the old manifest away."""
        self._replaced, self.manifest = self.manifest, None

    def write(self, viewer: Viewer, chunks: Iterable[bytes], /) -> WrittenFile:
        """Keep one organisation's file once it is whole."""
        folder = "appropriate-bodies/" if isinstance(viewer, AppropriateBody) else ""
        path, content = f"{folder}{viewer.id}.csv", b"".join(chunks)
        self.files[path] = content
        return WrittenFile(path, sha256(content).hexdigest(), len(content))

    def finish(self, manifest: Manifest, /) -> None:
        """Drop the files that only the old manifest names, then keep the new one."""
        for path in _files(self._replaced) - _files(manifest):
            self.files.pop(path, None)
        self._replaced, self.manifest = None, manifest


def _files(manifest: Manifest | None) -> set[str]:
    return {file.written.file for file in manifest.files} if manifest is not None else set()


_conforms: type[ports.ExportFolder] = MemoryExportFolder
