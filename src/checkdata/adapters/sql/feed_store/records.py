"""Training records and teacher records as rows, and back."""

from collections.abc import Mapping, Sequence
from enum import Enum
from operator import attrgetter
from typing import Any, Final

from attrs import fields_dict
from sqlalchemy import Row

from checkdata.domain.feed.record_words import OWN_FIELDS, SHARED_FIELDS, moment_word, record_of
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.training.teacher_records import TeacherInductionStatus, TeacherRecord, person_key

Cells = tuple[Any, ...]

TEACHER_FIELDS: Final = tuple(fields_dict(TeacherRecord))
"""The first columns of ``teacher_records``, in order."""

_TEACHER_WORDS: Final[Mapping[str, type[Enum]]] = {"induction_status": TeacherInductionStatus}


class _Translation:
    """Cells of one kind of record: enums as their slugs, everything else as it is. Made for millions."""

    def __init__(self, names: Sequence[str], words: Mapping[str, type[Enum]]) -> None:
        self._cells_of = attrgetter(*names)
        self._names = names
        self._places = [names.index(name) for name in words]
        self._members = [
            (names.index(name), {None: None, **{m.value: m for m in kind}}) for name, kind in words.items()
        ]

    def cells(self, record: object) -> list[Any]:
        """The cells of a record, in order."""
        cells = list(self._cells_of(record))
        for place in self._places:
            if cells[place] is not None:
                cells[place] = cells[place].value
        return cells

    def fields(self, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
        """The fields of a record, from a row that begins with its cells."""
        cells = list(row)
        for place, members in self._members:
            cells[place] = members[cells[place]]
        return dict(zip(self._names, cells, strict=False))


_TEACHER: Final = _Translation(TEACHER_FIELDS, _TEACHER_WORDS)


def training_record_from_row(row: Row[*tuple[Any, ...]]) -> TrainingRecord:
    """A training record from a row of ``training_records`` with its kind behind it."""
    own = tuple(row[: len(OWN_FIELDS)])
    shared = tuple(row[-len(SHARED_FIELDS) :])
    return record_of((*own[:-1], moment_word(own[-1])), shared)


def teacher_record_to_row(record: TeacherRecord) -> Cells:
    """A teacher record as cells of ``teacher_records``, in the order of its columns."""
    return (*_TEACHER.cells(record), person_key(record.full_name, record.date_of_birth))


def teacher_record_from_row(row: Row[*tuple[Any, ...]]) -> TeacherRecord:
    """A teacher record from a row of ``teacher_records``."""
    return TeacherRecord(**_TEACHER.fields(row))


def person_of(record: TrainingRecord) -> str | None:
    """The key by which the participant's teacher records are found, where the date of birth is known."""
    return None if record.date_of_birth is None else person_key(record.full_name, record.date_of_birth)
