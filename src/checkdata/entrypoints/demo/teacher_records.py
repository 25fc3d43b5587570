"""The made-up extract of the DQT: what the department knows about a teacher."""

from datetime import date
from random import Random
from typing import Final, NamedTuple

from checkdata.entrypoints.demo.names import AWKWARD_NAMES, ENGLISH_FAMILY_NAMES
from checkdata.entrypoints.demo.people import Person
from checkdata.entrypoints.demo.random_draws import draw_one
from checkdata.entrypoints.demo.rows import TeacherInduction, TeacherRow, TrainingRow

YOUNGEST_QUALIFIED: Final = 22
JULY: Final = 7
SEPTEMBER: Final = 9


class TeachingLife(NamedTuple):
    """The dates of a teacher's career, as far as they have come."""

    qualified_on: date | None
    induction_started_on: date | None
    induction_completed_on: date | None
    induction: TeacherInduction


def teacher_record(person: Person, life: TeachingLife, chance: Random, *, has_alert: bool) -> TeacherRow:
    """Return the record under the person's TRN, in the name that they once registered."""
    return TeacherRow(
        trn=person.trn,
        full_name=_registered_name(person.full_name, chance),
        date_of_birth=person.date_of_birth,
        qts_awarded_on=life.qualified_on,
        induction_started_on=life.induction_started_on,
        induction_completed_on=life.induction_completed_on,
        induction_status=life.induction,
        active_alert="true" if has_alert else "false",
    )


def record_of_another_teacher(trn: str, chance: Random) -> TeacherRow:
    """Return the record of a teacher long retired, to whom the TRN belongs."""
    born = date(1948 + chance.randrange(10), 1 + chance.randrange(12), 1 + chance.randrange(28))
    qualified = date(born.year + YOUNGEST_QUALIFIED, JULY, 31)
    name = f"{chance.choice(('Doreen', 'Maureen', 'Norman'))} {chance.choice(ENGLISH_FAMILY_NAMES)}"
    return TeacherRow(trn, name, born, qualified, None, None, "")


def early_career(record: TrainingRow, induction: TeacherInduction, *, has_qts: bool) -> TeachingLife:
    """Return the life of a teacher who qualified in the summer before the ECT's training."""
    inducted = induction == "in_progress"
    completed_on = record.induction_completed_on if inducted else None
    return TeachingLife(
        date(record.academic_year, JULY, 1) if has_qts else None,
        record.induction_started_on if inducted else None,
        completed_on,
        "passed" if completed_on else induction,
    )


def already_inducted(started_in: int) -> TeachingLife:
    """Return the life of a teacher whose induction began in September of that year."""
    return TeachingLife(date(started_in, JULY, 1), date(started_in, SEPTEMBER, 1), None, "in_progress")


def experienced(person: Person, academic_year: int, chance: Random) -> TeachingLife:
    """Return the life of a mentor, who qualified and passed induction years before."""
    first = person.date_of_birth.year + YOUNGEST_QUALIFIED
    qualified = max(first, academic_year - 4 - chance.randrange(16))
    return TeachingLife(
        date(qualified, JULY, 1),
        date(qualified, SEPTEMBER, 1),
        date(qualified + 2, JULY, 20),
        "passed",
    )


def _registered_name(full_name: str, chance: Random) -> str:
    if full_name in AWKWARD_NAMES:
        return full_name
    first, *others = full_name.split()
    spelling = {
        full_name: 88,
        full_name.upper(): 5,
        " ".join((*others, first)): 4,
        f"{first} {chance.choice(ENGLISH_FAMILY_NAMES)}": 3,  # the name before they married
    }
    return draw_one(spelling, chance)
