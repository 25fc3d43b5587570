"""A good feed to be spoilt, and what comes of reading one."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from operator import attrgetter
from pathlib import Path
from typing import Final

from attrs import frozen

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import KnownIds, References, RowFault
from checkdata.domain.feed.pieces import NULL, PIECE_FIELDS, PieceCells, RecordKind, RecordPiece, RefusedRow
from checkdata.domain.feed.record_words import OWN_FIELDS, record_of
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.training.teacher_records import TeacherRecord
from tests.feeds import (
    PLAIN,
    Layout,
    write_file,
)

REQUIRED: Final = (
    "record_id",
    "participant_id",
    "role",
    "full_name",
    "email",
    "trn",
    "school_urn",
    "academic_year",
    "lead_provider_id",
    "delivery_partner_id",
    "starts_on",
    "updated_at",
)

KIND: Final = PIECE_FIELDS.index("kind")


@frozen
class GoodRow:
    """A good row of a piece, whatever number its kind has there."""

    kind: RecordKind
    cells: PieceCells

    @property
    def line(self) -> int:
        return int(self.cells[-1])

    @property
    def record(self) -> TrainingRecord:
        *own, moment = self.cells[: len(OWN_FIELDS)]
        return record_of((*own, f"{moment}+00:00"), self.kind.shared)


@frozen
class Training:
    """All that came of reading training records; ``refusal`` where all of it was refused."""

    good: Sequence[GoodRow]
    refused: Sequence[RefusedRow]
    refusal: str | None


@frozen
class Read:
    """All that came of reading a folder."""

    references: References
    teacher_records: Sequence[TeacherRecord]
    training: Training
    faults: Sequence[RowFault]
    warnings: Sequence[str]
    has_unnamed_rows: bool

    @property
    def good(self) -> Sequence[GoodRow]:
        return self.training.good

    @property
    def refused(self) -> Sequence[RefusedRow]:
        return self.training.refused

    @property
    def records(self) -> list[TrainingRecord]:
        return [row.record for row in self.good]


def good_rows(piece: RecordPiece) -> list[GoodRow]:
    """The good rows of a piece, which are the same as CSV."""
    kinds = piece.kinds
    numbers = range(7, 7 + len(kinds))
    rows = piece.rows(numbers)
    lines = csv.reader(StringIO(piece.csv(numbers).decode(), newline=""))
    assert list(lines) == [[NULL if cell is None else str(cell) for cell in cells] for cells in rows]
    assert {cells[KIND] for cells in rows} == set(numbers)
    return [GoodRow(kinds[cells[KIND] - 7], (*cells[:KIND], *cells[KIND + 1 :])) for cells in rows]


def training_of(pieces: Iterator[RecordPiece]) -> Training:
    """Read pieces; of what is refused as a whole no row counts."""
    good, refused = list[GoodRow](), list[RefusedRow]()
    try:
        for piece in pieces:
            good += good_rows(piece)
            refused += piece.refused
    except FeedRefused as error:
        return Training((), (), str(error))
    return Training(sorted(good, key=attrgetter("line")), refused, None)


def read(folder: Path, known: KnownIds | None = None) -> Read:
    """What comes of a folder, which is the same whether it is read in rows or in columns."""
    in_rows, in_columns = (_read(folder, known or KnownIds(), in_columns=way) for way in (False, True))
    assert in_columns == in_rows
    if in_rows.training.refusal is not None:
        raise FeedRefused(in_rows.training.refusal)
    return in_rows


def _read(folder: Path, known: KnownIds, *, in_columns: bool) -> Read:
    rejections = MemoryRejections()
    feed = FolderFeed(folder, rejections, in_columns=in_columns)
    references = feed.references(known)
    teachers = list(feed.teacher_records())
    training = training_of(feed.training_records(known.including(references)))
    return Read(references, teachers, training, rejections.faults, feed.warnings, feed.has_unnamed_rows)


def with_records(folder: Path, *rows: dict[str, str], layout: Layout = PLAIN) -> Path:
    write_file(folder, "training_records", rows, layout)
    return folder


def with_text(folder: Path, name: str, text: str) -> Path:
    (folder / f"{name}.csv").write_bytes(text.encode())
    return folder


def faults_of(folder: Path, *rows: dict[str, str]) -> list[tuple[int, str, str]]:
    """The lines, columns and rules of what is wrong with training records."""
    faults = read(with_records(folder, *rows)).faults
    assert {fault.file for fault in faults} <= {"training_records.csv"}
    return [(fault.line, fault.column, fault.rule) for fault in faults]
