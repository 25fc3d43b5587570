"""A feed made of values, and its rejections."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from checkdata.domain import ports
from checkdata.domain.feed.contents import KnownIds, References, RowFault
from checkdata.domain.feed.pieces import RecordPiece, RefusedRow, RowPiece
from checkdata.domain.feed.record_words import CheckedRow, words_of_record
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.training.teacher_records import TeacherRecord


class MemoryFeed:
    """A feed whose rows were read and checked already."""

    def __init__(
        self,
        *,
        references: References | None = None,
        teacher_records: Sequence[TeacherRecord] = (),
        rows: Sequence[CheckedRow] = (),
        refused: Sequence[RefusedRow] = (),
        warnings: Sequence[str] = (),
    ) -> None:
        self._references = references or References()
        self._teacher_records = teacher_records
        self._piece = RowPiece(rows, refused)
        self._warnings = warnings

    @classmethod
    def of(
        cls,
        records: Iterable[TrainingRecord],
        *,
        references: References | None = None,
        teacher_records: Sequence[TeacherRecord] = (),
    ) -> Self:
        """A feed of good records, on one line each below the header."""
        rows = [CheckedRow(line, *words_of_record(record)) for line, record in enumerate(records, start=2)]
        return cls(references=references, teacher_records=teacher_records, rows=rows)

    def references(self, known: KnownIds, /) -> References:  # noqa: ARG002 - these were checked already
        """The references."""
        return self._references

    def teacher_records(self) -> Iterator[TeacherRecord]:
        """The teacher records."""
        return iter(self._teacher_records)

    def training_records(self, known: KnownIds, /, *, strict: bool = False) -> Iterator[RecordPiece]:  # noqa: ARG002 - these were checked already
        """The rows."""
        yield self._piece

    @property
    def has_unnamed_rows(self) -> bool:
        """Never, because every row is a value with its id."""
        return False

    def fingerprint(self) -> None:
        """None, because it has no bytes."""

    @property
    def training_faults(self) -> Sequence[RowFault]:
        """None, because every row was already checked."""
        return ()

    @property
    def warnings(self) -> Sequence[str]:
        """The sentences it was made with."""
        return self._warnings


class MemoryRejections:
    """Keeps faults in ``faults``, in the order in which they were noted."""

    def __init__(self) -> None:
        self.faults: list[RowFault] = []

    def add(self, fault: RowFault, /) -> None:
        """Note a fault."""
        self.faults.append(fault)

    @property
    def rows(self) -> int:
        """How many rows have a fault."""
        return len({(fault.file, fault.line) for fault in self.faults})


_conforms: type[ports.Feed] = MemoryFeed
_rejections_conform: type[ports.Rejections] = MemoryRejections
