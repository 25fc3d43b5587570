"""A feed and an executor that tell how far their use case is."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from itertools import islice
from typing import Final, ParamSpec, TypeVar

from checkdata.domain import ports
from checkdata.domain.feed.contents import KnownIds, References, RowFault
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.training.teacher_records import TeacherRecord
from checkdata.entrypoints.cli.progress import Progress

STEP: Final = 500
"""After how many rows the progress is told of them."""

Row = TypeVar("Row")
P = ParamSpec("P")
T = TypeVar("T")


class WatchedFeed:
    """A feed whose rows are counted as they are read."""

    def __init__(self, feed: ports.Feed, progress: Progress) -> None:
        self._feed = feed
        self._progress = progress

    def references(self, known: KnownIds, /) -> References:
        """The references of the feed."""
        self._progress.begin("Reading reference data")
        return self._feed.references(known)

    def training_records(self, known: KnownIds, /, *, strict: bool = False) -> Iterator[RecordPiece]:
        """The training records of the feed."""
        self._progress.begin("Reading training records")
        for piece in self._feed.training_records(known, strict=strict):
            yield piece
            self._progress.advance(len(piece))

    def teacher_records(self) -> Iterator[TeacherRecord]:
        """The teacher records of the feed, which are read last; statuses come next."""
        self._progress.begin("Reading teacher records")
        yield from self._counted(self._feed.teacher_records())
        self._progress.begin("Deriving statuses")

    @property
    def has_unnamed_rows(self) -> bool:
        """Whether the feed has a row whose record id can't be read."""
        return self._feed.has_unnamed_rows

    def fingerprint(self) -> str | None:
        """The digest of the feed's training records."""
        return self._feed.fingerprint()

    @property
    def training_faults(self) -> Sequence[RowFault] | None:
        """The faults of the training records of the feed."""
        return self._feed.training_faults

    @property
    def warnings(self) -> Sequence[str]:
        """The warnings of the feed."""
        return self._feed.warnings

    def _counted(self, rows: Iterator[Row]) -> Iterator[Row]:
        while step := list(islice(rows, STEP)):
            yield from step
            self._progress.advance(len(step))


class WatchedExecutor(Executor):
    """An executor whose jobs are counted as workers finish them."""

    def __init__(self, executor: Executor, doing: str, progress: Progress) -> None:
        self._executor = executor
        self._progress = progress
        progress.begin(doing)

    def submit(self, job: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a job done, and count it."""
        future = self._executor.submit(job, *args, **kwargs)
        future.add_done_callback(lambda _: self._progress.advance(1))
        return future


_feed_conforms: type[ports.Feed] = WatchedFeed
