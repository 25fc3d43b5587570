"""A good feed to be spoilt, and what comes of reading one."""

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Final

from attrs import frozen

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.feed.contents import KnownIds, References, RowFault
from checkdata.domain.feed.pieces import PIECE_FIELDS, PieceCells, RecordKind, RecordPiece, RefusedRow
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
    """A good row of a piece."""

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
class Read:
    """All that came of reading a folder."""

    references: References
    teacher_records: Sequence[TeacherRecord]
    good: Sequence[GoodRow]
    refused: Sequence[RefusedRow]
    faults: Sequence[RowFault]
    warnings: Sequence[str]
    has_unnamed_rows: bool

    @property
    def records(self) -> list[TrainingRecord]:
        return [row.record for row in self.good]


def good_rows(piece: RecordPiece) -> list[GoodRow]:
    """The good rows of a piece, with their kinds for numbers."""
    kinds = piece.kinds
    return [GoodRow(kinds[cells[KIND]], cells) for cells in piece.rows(range(len(kinds)))]


def read(folder: Path, known: KnownIds | None = None) -> Read:
    rejections = MemoryRejections()
    feed = FolderFeed(folder, rejections)
    known = known or KnownIds()
    references = feed.references(known)
    teachers = list(feed.teacher_records())
    pieces = list(feed.training_records(known.including(references)))
    good = sorted(chain.from_iterable(map(good_rows, pieces)), key=attrgetter("line"))
    refused = list(chain.from_iterable(piece.refused for piece in pieces))
    return Read(references, teachers, good, refused, rejections.faults, feed.warnings, feed.has_unnamed_rows)


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
