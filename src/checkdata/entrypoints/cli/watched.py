"""A feed and an export folder that tell how far their use case is."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from checkdata.domain import ports
from checkdata.domain.exports import Manifest, WrittenFile
from checkdata.domain.imports import FeedRow, KnownIds, References
from checkdata.domain.participants import Viewer
from checkdata.domain.teacher_records import TeacherRecord
from checkdata.domain.written_records import CheckedRow
from checkdata.entrypoints.cli.progress import Progress

STEP: Final = 500
"""After how many rows the progress is told of them."""

Row = TypeVar("Row")


class WatchedFeed:
    """A feed whose rows are counted as they are read."""

    def __init__(self, feed: ports.Feed, progress: Progress) -> None:
        self._feed = feed
        self._progress = progress

    def references(self, known: KnownIds, /) -> References:
        """The references of the feed."""
        self._progress.begin("Reading reference data")
        return self._feed.references(known)

    def training_records(self, known: KnownIds, /) -> Iterator[FeedRow | CheckedRow]:
        """The training records of the feed."""
        self._progress.begin("Reading training records")
        return self._counted(self._feed.training_records(known))

    def teacher_records(self) -> Iterator[TeacherRecord]:
        """The teacher records of the feed, which are read last; statuses come next."""
        self._progress.begin("Reading teacher records")
        yield from self._counted(self._feed.teacher_records())
        self._progress.begin("Deriving statuses")

    @property
    def has_unnamed_rows(self) -> bool:
        """Whether the feed has a row whose record id can't be read."""
        return self._feed.has_unnamed_rows

    @property
    def warnings(self) -> Sequence[str]:
        """The warnings of the feed."""
        return self._feed.warnings

    def _counted(self, rows: Iterator[Row]) -> Iterator[Row]:
        while step := list(islice(rows, STEP)):
            yield from step
            self._progress.advance(len(step))


class WatchedFolder:
    """An export folder whose files are counted as they are written."""

    def __init__(self, folder: ports.ExportFolder, progress: Progress) -> None:
        self._folder = folder
        self._progress = progress

    def begin(self) -> None:
        """Take the old manifest away."""
        self._progress.begin("Writing files")
        self._folder.begin()

    def write(self, viewer: Viewer, chunks: Iterable[bytes], /) -> WrittenFile:
        """Write one organisation's file."""
        written = self._folder.write(viewer, chunks)
        self._progress.advance(1)
        return written

    def finish(self, manifest: Manifest, /) -> None:
        """Write the manifest."""
        self._folder.finish(manifest)


_feed_conforms: type[ports.Feed] = WatchedFeed
_folder_conforms: type[ports.ExportFolder] = WatchedFolder
