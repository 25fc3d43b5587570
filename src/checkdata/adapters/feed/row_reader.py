"""Rows of ``training_records.csv`` one by one, as words (`checkdata.adapters.feed.tables` says what a row means)."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from checkdata.adapters.feed import formats
from checkdata.adapters.feed.rows import Row
from checkdata.adapters.feed.tables import CellReader, FeedFile, ReadRow
from checkdata.domain.feed.pieces import RecordKind, RecordPiece, RefusedRow, RowPiece
from checkdata.domain.feed.record_words import CheckedRow, words_of_record
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.values import ParticipantId, RecordId

_IN_A_PIECE: Final = 2_500
"""In rows."""


class RowReader:
    """Reads training records row by row; with *strict*, none behind the first that was refused.

    Calls *unnamed* where a row is refused that is about something which can't be told from it.
    """

    def __init__(
        self, file: FeedFile[TrainingRecord], exact: CellReader, *, strict: bool, unnamed: Callable[[], None]
    ) -> None:
        self.stopped = False
        self._unnamed = unnamed
        self._file = file
        self._exact = exact
        self._strict = strict

    def pieces(self, rows: Iterable[Row]) -> Iterator[RowPiece]:
        """Rows, in pieces; what is wrong with one is told."""
        good, refused = list[CheckedRow](), list[RefusedRow]()
        for row in rows:
            found = self._read(row, refused)
            if found is not None:
                good.append(found)
            if self.stopped or len(good) + len(refused) >= _IN_A_PIECE:
                yield RowPiece(good, refused)
                good, refused = [], []
            if self.stopped:
                return
        if good or refused:
            yield RowPiece(good, refused)

    def kind_of(self, row: Row) -> RecordKind | None:
        """What a row has in common with others, None where it is no good; nothing is told."""
        values, faults = self._exact.read(row)
        if faults:
            return None
        record = self._file.format.make(values)
        _, shared = words_of_record(record)
        return RecordKind(record.trn is not None, shared)

    def _read(self, row: Row, refused: list[RefusedRow]) -> CheckedRow | None:
        read = self._file.judged(row, self._exact)
        if read.thing is not None:
            return CheckedRow(row.line, *words_of_record(read.thing))
        self.stopped = self._strict
        if formats.RECORD_ID in read.values:
            refused.append(_refused(read))
        elif not read.named:
            self._unnamed()
        return None


def read_in_rows(file: FeedFile[TrainingRecord], *, strict: bool, unnamed: Callable[[], None]) -> Iterator[RecordPiece]:
    """The training records of a file, row by row."""
    rows, exact = file.opened()
    yield from RowReader(file, exact, strict=strict, unnamed=unnamed).pieces(rows)


def _refused(row: ReadRow[TrainingRecord]) -> RefusedRow:
    participant_id = row.values.get("participant_id")
    return RefusedRow(
        line=row.line,
        record_id=RecordId(row.values[formats.RECORD_ID]),
        participant_id=ParticipantId(participant_id or ""),
        role=row.values.get("role") if participant_id else None,
    )
