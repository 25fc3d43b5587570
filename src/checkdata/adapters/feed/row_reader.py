"""The rows of ``training_records.csv`` one by one, quickly: most are like others, and only the rest is read exactly.

`checkdata.adapters.feed.tables` says what a row means. What it made of one is remembered here by the row's cells; a
row that has anything which is not known, or not of the plainest shape, is its own. No row is refused here.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Final

from checkdata.adapters.feed import cells, formats
from checkdata.adapters.feed.rows import Row
from checkdata.adapters.feed.tables import CellReader, FeedFile, FileFormat, ReadRow
from checkdata.domain.feed.pieces import RecordKind, RecordPiece, RefusedRow, RowPiece
from checkdata.domain.feed.record_words import (
    OWN_FIELDS,
    SHARED_FIELDS,
    CheckedRow,
    SharedWords,
    moment_word,
    words_of_record,
)
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.values import ParticipantId, RecordId

MOST_KINDS: Final = 2**15
"""How many combinations of shared words are remembered at once."""

_IN_A_PIECE: Final = 2_500
"""In rows."""

_UTC: Final = ("Z", "+00:00")
_REFERENCES: Final = ("school_urn", "delivery_partner_id", "appropriate_body_id")


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
        self._memory = _Memory(file.format, exact)

    def pieces(self, rows: Iterable[Row]) -> Iterator[RowPiece]:
        """Rows, in pieces; what is wrong with one is told."""
        good, refused = list[CheckedRow](), list[RefusedRow]()
        for row in rows:
            found = self._memory.recalled(row) or self._read(row, refused)
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
        self._memory.learn(row, record, shared)
        return RecordKind(record.trn is not None, shared)

    def _read(self, row: Row, refused: list[RefusedRow]) -> CheckedRow | None:
        read = self._file.judged(row, self._exact)
        if read.thing is not None:
            own, shared = words_of_record(read.thing)
            self._memory.learn(row, read.thing, shared)
            return CheckedRow(row.line, own, shared)
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


class _Memory:
    """What is known of rows below one header."""

    def __init__(self, file_format: FileFormat[TrainingRecord], exact: CellReader) -> None:
        self._width = len(exact.header)
        places = {name: place for place, name in enumerate(exact.header)}
        # A blank cell equals an absent column: one is put behind the others.
        self._own = itemgetter(*(places.get(name, self._width) for name in OWN_FIELDS))
        self._shared = itemgetter(*(places.get(name, self._width) for name in SHARED_FIELDS))
        # Two rules are about cells on both sides: a partner makes a partnership, a TRN is needed to be valid.
        self._words: dict[tuple[bool, bool], dict[tuple[str, ...], SharedWords]] = {
            (partner, trn): {} for partner in (False, True) for trn in (False, True)
        }
        plain = {column.name: column.plain for column in file_format.columns}
        self._schools, self._partners, self._bodies = (plain[name] for name in _REFERENCES)
        self._shape = re.compile("\n".join(str(plain[name]) for name in OWN_FIELDS if name not in _REFERENCES))

    def recalled(self, row: Row) -> CheckedRow | None:
        """The row, where all of it is known; a last line without its end never is."""
        if len(row.cells) != self._width or not row.clean or row.stray_quotes or not row.ended:
            return None
        found = (*row.cells, "")
        record_id, participant_id, name, email, trn, school, partner, body, tutor, born, moment = self._own(found)
        shared = self._words[partner != "", trn != ""].get(self._shared(found))
        if (
            shared is None
            or school not in self._schools
            or partner not in self._partners
            or body not in self._bodies
            or not self._shape.fullmatch(
                f"{record_id}\n{participant_id}\n{name}\n{email}\n{trn}\n{tutor}\n{born}\n{moment}"
            )
        ):
            return None
        own = (
            record_id,
            participant_id,
            name,
            email,
            trn or None,
            school,
            partner or None,
            body or None,
            tutor,
            born or None,
            f"{moment[:10]} {moment[11:19]}.000000+00:00" if moment[19:] in _UTC else moment_word(cells.moment(moment)),
        )
        return CheckedRow(row.line, own, shared)

    def learn(self, row: Row, record: TrainingRecord, shared: SharedWords) -> None:
        """Remember what the shared cells of a good row stand for."""
        words = self._words[record.delivery_partner_id is not None, record.trn is not None]
        if len(words) >= MOST_KINDS:
            words.clear()
        words[self._shared((*row.cells, ""))] = shared
