"""Rows of a feed as cells of `staged_rows` and `staged_shared`, with the folded keys that listings need."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from checkdata.domain.feed.contents import FeedRow
from checkdata.domain.feed.record_words import (
    OWN_FIELDS,
    SHARED_FIELDS,
    CheckedRow,
    OwnWords,
    SharedWords,
    words_of_record,
)
from checkdata.domain.training.teacher_records import person_key
from checkdata.domain.values import search_key

Cells = tuple[Any, ...]

_MOST: Final = 2**15
"""How many combinations of shared words are remembered; one that is met again later gets another number."""

_NOTHING_OWN: Final = (None,) * (len(OWN_FIELDS) - 2)
_NOTHING_SHARED: Final = (None,) * (len(SHARED_FIELDS) - 1)
_NO_KEYS: Final = (None, None)
_TRN_VALIDATED: Final = SHARED_FIELDS.index("trn_validated")
_LENGTH_ON_SQLITE: Final = len("2024-09-01 09:00:00.000000")


class StagedWords:
    """The rows of one feed, in order; *first* is the first number for what rows have in common."""

    def __init__(self, *, on_postgresql: bool, first: int) -> None:
        self._on_postgresql = on_postgresql
        self._next = first
        self._numbers: dict[tuple[bool, SharedWords], int] = {}
        self._new: list[Cells] = []

    def of(self, row: FeedRow | CheckedRow) -> Cells:
        """The cells of a row in `staged_rows`."""
        if isinstance(row, CheckedRow):
            return self._checked(row.line, row.own, row.shared, row.digest)
        if row.record is not None:
            return self._checked(row.line, *words_of_record(row.record), row.digest)
        number = self._number(None, (None if row.role is None else row.role.value, *_NOTHING_SHARED))
        keys = _storable(row.record_id), _storable(row.participant_id)
        return (*keys, *_NOTHING_OWN, None, None, number, row.line, True, *_NO_KEYS)

    def taken(self) -> Sequence[Cells]:
        """The rows of `staged_shared` that are new since it was asked last."""
        new, self._new = self._new, []
        return new

    def _checked(self, line: int, own: OwnWords, shared: SharedWords, digest: bytes | None) -> Cells:
        _, _, name, email, trn, *_, born, updated_at = own
        assert name is not None  # noqa: S101 - these are never blank
        assert updated_at is not None  # noqa: S101
        return (
            *(own if self._on_postgresql else (*own[:-1], updated_at[:_LENGTH_ON_SQLITE])),
            None if born is None or shared[_TRN_VALIDATED] is not None else person_key(name, date.fromisoformat(born)),
            digest,
            self._number(trn, shared),
            line,
            False,
            search_key(name),
            search_key(email or ""),
        )

    def _number(self, trn: str | None, shared: SharedWords) -> int:
        key = (trn is not None, shared)
        number = self._numbers.get(key)
        if number is None:
            if len(self._numbers) >= _MOST:
                self._numbers.clear()
            number = self._numbers[key] = self._next
            self._next += 1
            self._new.append((number, *key[:1], *shared))
        return number


def _storable(key: str) -> str:
    """The key of a refused row, which may hold what no database keeps."""
    return key.replace("\0", "\ufffd").encode(errors="replace").decode()
