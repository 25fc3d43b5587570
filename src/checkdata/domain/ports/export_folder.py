"""The port for the folder of a batch export."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from checkdata.domain.exports import Manifest, WrittenFile
from checkdata.domain.training.records import Viewer


class ExportFolder(Protocol):
    """The folder of a batch export: at any moment it holds all of one export or all of the one before.

    Between the two it has no manifest.
    """

    def opened(self) -> AbstractContextManager[None]:
        """Take the folder for this export only, with the old manifest moved away.

        Left without `finish`, it holds what it held before, and the old manifest. Raises `FolderTaken` if another
        export has it, and `FolderNotWritable`.
        """

    def write(self, viewer: Viewer, chunks: Iterable[bytes], /) -> WrittenFile:
        """Write one organisation's file and keep it aside for `finish`; `FolderNotWritable`.

        Another process may do it, on another machine that shares the folder, with an adapter of its own; written
        twice, the file written last counts.
        """

    def finish(self, manifest: Manifest, /) -> None:
        """Put the files that the manifest names in their places, remove those of earlier exports, write the manifest.

        Inside `opened`; `FolderNotWritable`.
        """
