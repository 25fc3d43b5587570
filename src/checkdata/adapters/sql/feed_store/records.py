"""Training records and teacher records as rows, and back."""

from collections.abc import Mapping
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

_STATUSES: Final[Mapping[str | None, TeacherInductionStatus | None]] = {
    None: None,
    **{status.value: status for status in TeacherInductionStatus},
}
_cells_of: Final = attrgetter(*TEACHER_FIELDS)


def training_record_from_row(row: Row[*tuple[Any, ...]]) -> TrainingRecord:
    """A training record from a row of ``training_records`` with its kind behind it."""
    own = tuple(row[: len(OWN_FIELDS)])
    shared = tuple(row[-len(SHARED_FIELDS) :])
    return record_of((*own[:-1], moment_word(own[-1])), shared)


def teacher_record_to_row(record: TeacherRecord) -> Cells:
    """A teacher record as cells of ``teacher_records``, in the order of its columns."""
    cells = (cell.value if isinstance(cell, Enum) else cell for cell in _cells_of(record))
    return (*cells, person_key(record.full_name, record.date_of_birth))


def teacher_record_from_row(row: Row[*tuple[Any, ...]]) -> TeacherRecord:
    """A teacher record from a row of ``teacher_records``."""
    fields = dict(zip(TEACHER_FIELDS, row, strict=False))
    return TeacherRecord(**{**fields, "induction_status": _STATUSES[fields["induction_status"]]})


def person_of(record: TrainingRecord) -> str | None:
    """The key by which the participant's teacher records are found, where the date of birth is known."""
    return None if record.date_of_birth is None else person_key(record.full_name, record.date_of_birth)
