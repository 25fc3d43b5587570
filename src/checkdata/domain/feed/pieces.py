"""The training records of a feed on their way into a store: many rows at a time, as words and not as records.

A million records are taken in without making one of them. The feed makes the pieces, and the store writes them: as
rows, or as CSV where its database reads that faster.
"""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple, Protocol

from attrs import frozen

from checkdata.domain.feed.record_words import OWN_FIELDS, SHARED_FIELDS, CheckedRow, OwnWords, SharedWords, record_of
from checkdata.domain.listing.columns import csv_writer
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.training.teacher_records import person_key
from checkdata.domain.values import ParticipantId, RecordId, search_key

PIECE_FIELDS: Final = (*OWN_FIELDS, "person_key", "sort_key", "email_key", "kind", "line")
"""The cells of a row of a piece, in order.

``updated_at`` is in UTC without its offset, always 26 characters. ``person_key`` is blank unless ``trn_validated`` is
left to the teacher records; ``sort_key`` and ``email_key`` are folded for listings (`search_key`); ``kind`` is the
number of what the row has in common with others, ``line`` its first physical line.
"""

NULL: Final = "\x01"
"""None in the CSV of a piece, because no text of a feed holds a control character; an empty cell is an empty text."""

_TRN_VALIDATED: Final = SHARED_FIELDS.index("trn_validated")
_TRN: Final = OWN_FIELDS.index("trn")
_MOMENT_LENGTH: Final = len("2024-09-01 09:00:00.000000")

_OWN: Final = len(OWN_FIELDS)

PieceCells = tuple[Any, ...]
"""The values of ``PIECE_FIELDS``."""


class RecordKind(NamedTuple):
    """What many rows have in common: whether there is a TRN, and the words of ``SHARED_FIELDS``."""

    has_trn: bool
    shared: SharedWords


class RefusedRow(NamedTuple):
    """A row that was refused, of which the record id can be read; the role is None where it, or the participant, can't.

    It keeps the stored version of its record, and counts where roles are compared.
    """

    line: int
    record_id: RecordId
    participant_id: ParticipantId
    role: ParticipantRole | None


class RecordPiece(Protocol):
    """Some rows of ``training_records.csv``, one after the other."""

    @property
    def kinds(self) -> Sequence[RecordKind]:
        """The kinds of the good rows, each once."""

    @property
    def refused(self) -> Sequence[RefusedRow]:
        """The refused rows."""

    def __len__(self) -> int:
        """The number of its rows, refused ones too."""

    def rows(self, numbers: Sequence[int], /) -> Sequence[PieceCells]:
        """The good rows as ``PIECE_FIELDS``; *numbers* are those of the kinds, in their order."""

    def csv(self, numbers: Sequence[int], /) -> bytes:
        """The same as lines of CSV without a header (RFC 4180, LF), with ``NULL`` for None."""


@frozen
class RowPiece:
    """A piece made of rows that were read one by one."""

    good: Sequence[CheckedRow]
    refused: Sequence[RefusedRow] = ()

    @property
    def kinds(self) -> Sequence[RecordKind]:
        """The kinds of the good rows, each once."""
        return list(dict.fromkeys(map(_kind_of, self.good)))

    def __len__(self) -> int:
        """The number of its rows, refused ones too."""
        return len(self.good) + len(self.refused)

    def rows(self, numbers: Sequence[int], /) -> Sequence[PieceCells]:
        """The good rows."""
        number_of = dict(zip(self.kinds, numbers, strict=True))
        return [(*cells_of(row.own, row.shared), number_of[_kind_of(row)], row.line) for row in self.good]

    def csv(self, numbers: Sequence[int], /) -> bytes:
        """The same as CSV."""
        text = io.StringIO(newline="")
        csv_writer(text).writerows([NULL if cell is None else cell for cell in row] for row in self.rows(numbers))
        return text.getvalue().encode()


def cells_of(own: OwnWords, shared: SharedWords) -> tuple[str | None, ...]:
    """The cells of ``PIECE_FIELDS`` up to ``email_key``."""
    _, _, name, email, *_, born, updated_at = own
    if name is None or updated_at is None:
        raise TypeError("a record has a name and the moment of its last change")
    asked = shared[_TRN_VALIDATED] is None
    person = person_key(name, date.fromisoformat(born)) if born is not None and asked else None
    return (*own[:-1], updated_at[:_MOMENT_LENGTH], person, search_key(name), search_key(email or ""))


def record_in(cells: PieceCells, shared: SharedWords) -> TrainingRecord:
    """The record that a row of a piece is."""
    *own, updated_at = cells[:_OWN]
    return record_of((*own, f"{updated_at}+00:00"), shared)


def _kind_of(row: CheckedRow) -> RecordKind:
    return RecordKind(row.own[_TRN] is not None, row.shared)


_conforms: type[RecordPiece] = RowPiece
