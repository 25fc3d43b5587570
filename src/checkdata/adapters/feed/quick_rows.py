"""The rows of ``training_records.csv``, quickly: most of them are like others, and only what is new is read exactly.

`checkdata.adapters.feed.tables` says what a row means. What it made of one is remembered here by the row's cells; a
row that has anything which is not known, or not of the plainest shape, is its own. No row is refused here.
"""

import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Final

from checkdata.adapters.feed import cells, formats
from checkdata.adapters.feed.cells import CellRefused, or_blank
from checkdata.adapters.feed.rows import Row
from checkdata.adapters.feed.tables import FeedFile, Memory, ReadRow
from checkdata.domain.feed.contents import KnownIds
from checkdata.domain.feed.pieces import RefusedRow, RowPiece
from checkdata.domain.feed.record_words import OWN_FIELDS, SHARED_FIELDS, CheckedRow, SharedWords, words_of_record
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.values import ParticipantId, RecordId

_MOST: Final = 2**15
"""How many combinations of shared words are remembered at once."""

_IN_A_PIECE: Final = 2_500
"""In rows."""

_PLAIN: Final = re.compile(
    rf"\S[^\n]{{0,{cells.LONGEST_KEY - 1}}}\n\S[^\n]{{0,{cells.LONGEST_KEY - 1}}}\n\S[^\n]*\n"
    r"(?:[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+)?\n(?:[0-9]{7})?\n"
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:Z|\+00:00)"
)
"""Record and participant id, name, address, TRN and moment, on a line each."""


class RowReader:
    """Reads training records row by row; with *strict*, none behind the first that was refused."""

    def __init__(self, file: FeedFile[TrainingRecord], known: KnownIds, *, strict: bool) -> None:
        self.has_unnamed_rows = False
        self._file = file
        self._known = known
        self._strict = strict

    def pieces(self) -> Iterator[RowPiece]:
        """The rows below the header, in order."""
        rows, self._exact, header = self._file.opened()
        self._memory = _Rows(header, self._known)
        good, refused = list[CheckedRow](), list[RefusedRow]()
        for row in rows:
            found = self._memory.recalled(row) or self._read(row, refused)
            if found is not None:
                good.append(found)
            elif self._strict:
                break
            if len(good) + len(refused) >= _IN_A_PIECE:
                yield RowPiece(good, refused)
                good, refused = [], []
        if good or refused:
            yield RowPiece(good, refused)

    def _read(self, row: Row, refused: list[RefusedRow]) -> CheckedRow | None:
        read = self._file.judged(row, self._exact)
        if read.thing is not None:
            own, shared = words_of_record(read.thing)
            self._memory.learn(row, read.thing, shared)
            return CheckedRow(row.line, own, shared)
        if formats.RECORD_ID in read.values:
            refused.append(_refused(read))
        elif not read.named:
            self.has_unnamed_rows = True
        return None


def _refused(row: ReadRow[TrainingRecord]) -> RefusedRow:
    participant_id = row.values.get("participant_id")
    return RefusedRow(
        line=row.line,
        record_id=RecordId(row.values[formats.RECORD_ID]),
        participant_id=ParticipantId(participant_id or ""),
        role=row.values.get("role") if participant_id else None,
    )


class _Rows:
    """What is known of rows below one header."""

    def __init__(self, header: Sequence[str], known: KnownIds) -> None:
        self._width = len(header)
        places = {name: place for place, name in enumerate(header)}
        # A blank cell equals an absent column: one is put behind the others.
        self._own = itemgetter(*(places.get(name, self._width) for name in OWN_FIELDS))
        self._shared = itemgetter(*(places.get(name, self._width) for name in SHARED_FIELDS))
        # Two rules are about cells on both sides: a partner makes a partnership, a TRN is needed to be valid.
        self._words: dict[tuple[bool, bool], dict[tuple[str, ...], SharedWords]] = {
            (partner, trn): {} for partner in (False, True) for trn in (False, True)
        }
        self._schools = known.schools
        self._partners = {"", *known.delivery_partners}
        self._bodies = {"", *known.appropriate_bodies}
        self._addresses = Memory(cells.email)
        self._days = Memory(or_blank(cells.day))

    def recalled(self, row: Row) -> CheckedRow | None:
        """The row, where all of it is known; a last line without its end never is."""
        if len(row.cells) != self._width or not row.clean or row.stray_quotes or not row.ended:
            return None
        found = (*row.cells, "")
        record_id, participant_id, name, email, trn, school, partner, body, tutor, born, updated_at = self._own(found)
        shared = self._words[partner != "", trn != ""].get(self._shared(found))
        if (
            shared is None
            or school not in self._schools
            or partner not in self._partners
            or body not in self._bodies
            or not _PLAIN.fullmatch(f"{record_id}\n{participant_id}\n{name}\n{email}\n{trn}\n{updated_at}")
        ):
            return None
        day = updated_at[:10]
        try:
            self._days[day], self._days[born], self._addresses[tutor]
        except CellRefused:
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
            f"{day} {updated_at[11:19]}.000000+00:00",
        )
        return CheckedRow(row.line, own, shared)

    def learn(self, row: Row, record: TrainingRecord, shared: SharedWords) -> None:
        """Remember what the shared cells of a good row stand for."""
        words = self._words[record.delivery_partner_id is not None, record.trn is not None]
        if len(words) >= _MOST:
            words.clear()
        words[self._shared((*row.cells, ""))] = shared
