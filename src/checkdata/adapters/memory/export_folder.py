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

    def begin(self) -> None:
        """Take the old manifest away."""
        self.manifest = None

    def write(self, viewer: Viewer, chunks: Iterable[bytes], /) -> WrittenFile:
        """Keep one organisation's file once it is whole."""
        folder = "appropriate-bodies/" if isinstance(viewer, AppropriateBody) else ""
        path, content = f"{folder}{viewer.id}.csv", b"".join(chunks)
        self.files[path] = content
        return WrittenFile(path, sha256(content).hexdigest(), len(content))

    def finish(self, manifest: Manifest, /) -> None:
        """Keep the files that the manifest names, and no file of an earlier export, then the manifest."""
        named = {file.written.file for file in manifest.files}
        self.files = {path: content for path, content in self.files.items() if path in named}
        self.manifest = manifest


_conforms: type[ports.ExportFolder] = MemoryExportFolder
