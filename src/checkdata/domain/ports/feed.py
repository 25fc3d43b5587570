"""The port that reads a feed."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from checkdata.domain.feed.contents import KnownIds, References, RowFault
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.training.teacher_records import TeacherRecord


class Feed(Protocol):
    """A feed folder, read once and in order; `FeedRefused` where all of it is refused (feed.md)."""

    def references(self, known: KnownIds, /) -> References:
        """The reference files that are present; faulty rows are told to the `Rejections` and left out."""

    def teacher_records(self) -> Iterator[TeacherRecord]:
        """The rows of ``teacher_records.csv``; none where it is absent."""

    def training_records(self, known: KnownIds, /, *, strict: bool = False) -> Iterator[RecordPiece]:
        """The rows of ``training_records.csv``, streamed in pieces; faulty rows are told to the `Rejections`.

        A row whose record id can't be read is told only to the `Rejections`. *strict* reads no row behind the first
        refused one.
        """

    @property
    def has_unnamed_rows(self) -> bool:
        """Whether there was such a row. Then nothing may be taken for gone, because the row may have been about it."""

    def fingerprint(self) -> str | None:
        """A digest of the bytes of ``training_records.csv`` as they are now; None for a feed that has none."""

    @property
    def training_faults(self) -> Sequence[RowFault] | None:
        """The faults of its rows that were told so far; None where they are too many to be kept."""

    @property
    def warnings(self) -> Sequence[str]:
        """Sentences about what was ignored so far."""
