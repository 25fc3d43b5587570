"""What a directory of teachers answers of a TRN that a training record left to be checked."""

from datetime import date, datetime
from enum import Enum

from attrs import frozen

from checkdata.domain.training.teacher_records import TeacherRecord


@frozen(kw_only=True)
class AskedTeacher:
    """Whom a directory is asked for: ``trn`` is seven digits, and the teacher has to be born on that day."""

    trn: str
    date_of_birth: date


def asked_for(record: TeacherRecord) -> AskedTeacher:
    """The question that this record answers."""
    return AskedTeacher(trn=record.trn, date_of_birth=record.date_of_birth)


class TeacherStanding(Enum):
    """What the directory knows of a TRN."""

    FOUND = "found"
    """It is the TRN of a teacher who was born on that day, or was before two records were merged."""
    BORN_ON_ANOTHER_DAY = "born_on_another_day"
    """It is the TRN of another teacher."""
    UNKNOWN = "unknown"
    """It is nobody's TRN."""
    DEACTIVATED = "deactivated"
    """It was a TRN, and its record is in use no more."""
    NOT_ANSWERED = "not_answered"
    """The directory refused this question, or its answer can't be read."""


@frozen(kw_only=True)
class TeacherAnswer:
    """One answer; ``record`` is the teacher's, under the TRN that was asked for, if one was found."""

    asked: AskedTeacher
    standing: TeacherStanding
    record: TeacherRecord | None = None


@frozen(kw_only=True)
class KeptAnswer:
    """An answer that was kept, and the moment just before the question was asked."""

    answer: TeacherAnswer
    at: datetime


@frozen(kw_only=True)
class TeacherMessage:
    """A message that a teacher's record changed.

    ``signed`` is a digest of what was signed, which no other message has. ``trn`` is whose record changed, None where
    the message tells of nobody. What changed is not kept: the directory is asked.
    """

    signed: str
    trn: str | None
    at: datetime
