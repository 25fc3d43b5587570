"""What the check of a participant found, and how the feed tells it.

A feed tells the outcome in the columns of the training record, or leaves them blank and lets the
extract of the DQT decide; both are made here, so that they agree.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Final, Literal, NamedTuple, TypedDict

from checkdata.entrypoints.demo.people import Person, as_given
from checkdata.entrypoints.demo.random_draws import draw_one, one_in
from checkdata.entrypoints.demo.rows import (
    Eligibility,
    EligibilityReason,
    Flag,
    TeacherInduction,
    TeacherRow,
    TrainingRow,
)
from checkdata.entrypoints.demo.teacher_records import (
    TeachingLife,
    already_inducted,
    early_career,
    experienced,
    record_of_another_teacher,
    teacher_record,
)

EARLIER_INDUCTIONS: Final = (2018, 2019, 2020)
TIME_TEACHING_ALREADY: Final = timedelta(days=8 * 366)


class CheckColumns(TypedDict, total=False):
    """The columns of a training record that come of the check."""

    date_of_birth: date | None
    trn: str
    trn_validated: Flag | Literal[""]
    induction_started_on: date | None
    details_given: Literal["none", "without_trn", "with_trn"]
    details_request: Literal["", "submitted", "delivered", "failed"]
    check_failed: Flag
    eligibility: Eligibility
    eligibility_reason: EligibilityReason


class Checked(NamedTuple):
    """What the check says of each record of a participant, and the teacher record that it met."""

    columns: CheckColumns
    teacher: TeacherRow | None = None


Check = Callable[[Person, TrainingRow, Random], Checked]
"""Checks a person, whose newest record is given."""


class CheckFinding(NamedTuple):
    """What a teacher record shows; `decided_by_people` if the record by itself would say otherwise."""

    eligibility: Eligibility = "eligible"
    reason: EligibilityReason = ""
    has_qts: bool = True
    induction: TeacherInduction = "in_progress"
    inducted_before: bool = False
    has_alert: bool = False
    decided_by_people: bool = False


ELIGIBLE: Final = CheckFinding()
MATCHED: Final = CheckFinding("matched", decided_by_people=True)
NOT_YET_INDUCTED: Final = CheckFinding(induction="required", decided_by_people=True)
NO_QTS: Final = CheckFinding("manual_check", "no_qts", has_qts=False, induction="")
NO_INDUCTION: Final = CheckFinding("manual_check", "no_induction", induction="required")
ALERT: Final = CheckFinding("manual_check", "active_flags", has_alert=True)
NOT_ALLOWED: Final = CheckFinding("ineligible", "active_flags", has_alert=True, decided_by_people=True)
DUPLICATE: Final = CheckFinding("ineligible", "duplicate_profile", decided_by_people=True)
EXEMPT: Final = CheckFinding("ineligible", "exempt_from_induction", induction="exempt")
INDUCTED_BEFORE: Final = CheckFinding("ineligible", "previous_induction", inducted_before=True)
TOOK_PART_BEFORE: Final = CheckFinding("ineligible", "previous_participation", decided_by_people=True)


def finds(found: CheckFinding) -> Check:
    """Return the check that meets a teacher record which shows this."""

    def check(person: Person, record: TrainingRow, chance: Random) -> Checked:
        if found.inducted_before:
            born = person.date_of_birth - TIME_TEACHING_ALREADY
            person = person._replace(date_of_birth=born)
        life = _teaching_life(person, record, found, chance)
        columns = _details(person, chance)
        if record.role == "ect":
            columns["induction_started_on"] = life.induction_started_on
        if found.decided_by_people or not one_in(3, chance):
            columns |= _told(found, chance)
        return Checked(columns, teacher_record(person, life, chance, has_alert=found.has_alert))

    return check


def knows_them_already(person: Person, _record: TrainingRow, chance: Random) -> Checked:
    """Meet a teacher record that is in the extract for another participant, the same person."""
    return Checked(_details(person, chance) | _told(ELIGIBLE, chance))


def waits_for_details(_person: Person, _record: TrainingRow, chance: Random) -> Checked:
    """Have no TRN: they are being asked for it, and the e-mail may or may not have arrived."""
    return Checked(
        {
            "induction_started_on": None,
            "details_request": draw_one({"": 25, "submitted": 15, "delivered": 50, "failed": 10}, chance),
        }
    )


def fails(person: Person, _record: TrainingRow, chance: Random) -> Checked:
    """Be impossible to make."""
    return Checked(
        {
            **_details(person, chance),
            "induction_started_on": None,
            "trn_validated": "false",
            "check_failed": "true",
        }
    )


def is_not_complete(person: Person, _record: TrainingRow, chance: Random) -> Checked:
    """Have validated the TRN, and decided nothing yet."""
    return Checked({**_details(person, chance), "trn_validated": "true"})


def finds_another_person(person: Person, _record: TrainingRow, chance: Random) -> Checked:
    """Find no teacher, or another one, under the mistyped TRN."""
    columns = _details(person, chance)
    columns["induction_started_on"] = None
    columns["trn_validated"] = draw_one({"": 60, "false": 40}, chance)
    mistyped = record_of_another_teacher(person.trn, chance)
    return Checked(columns, mistyped if one_in(2, chance) else None)


def finds_another_trn(person: Person, record: TrainingRow, chance: Random) -> Checked:
    """Find them, by name and date of birth, under a TRN that is not the one given."""
    life = _teaching_life(person, record, ELIGIBLE, chance)
    theirs = teacher_record(person._replace(trn=person.other_trn), life, chance, has_alert=False)._replace(
        full_name=person.full_name
    )
    columns = _details(person, chance)
    if one_in(2, chance):
        columns["trn_validated"] = "false"
        columns["eligibility"] = "manual_check"
        columns["eligibility_reason"] = "different_trn"
    return Checked(columns, theirs)


def _details(person: Person, chance: Random) -> CheckColumns:
    return {
        "date_of_birth": person.date_of_birth,
        "trn": as_given(person.trn, chance),
        "details_given": "with_trn",
    }


def _told(found: CheckFinding, chance: Random) -> CheckColumns:
    columns: CheckColumns = {
        "trn_validated": "true",
        "details_given": draw_one({"with_trn": 85, "without_trn": 15}, chance),
        "eligibility": found.eligibility,
        "eligibility_reason": found.reason,
    }
    if one_in(25, chance):
        columns["date_of_birth"] = None  # nothing is left to check it against
    return columns


def _teaching_life(person: Person, record: TrainingRow, found: CheckFinding, chance: Random) -> TeachingLife:
    if record.role == "mentor":
        return experienced(person, record.academic_year, chance)
    if found.inducted_before:
        return already_inducted(chance.choice(EARLIER_INDUCTIONS))
    return early_career(record, found.induction, has_qts=found.has_qts)
