"""Whether a TRN is the participant's own, and what their teacher record makes of their eligibility.

Source: feed.md, ``teacher_records.csv``, an extract of the DQT. A training record is checked where it leaves
``trn_validated`` blank, and its eligibility is taken from here where it leaves that blank too.
"""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Final

from attrs import frozen

from checkdata.domain.training.facts import Eligibility, EligibilityReason, ParticipantRole
from checkdata.domain.values import search_key

FIRST_DAY_OF_TODAYS_INDUCTION: Final = date(2021, 9, 1)
"""An induction that started before this day is a previous one."""


class TeacherInductionStatus(Enum):
    """How far a teacher's induction is, as the teacher record has it."""

    REQUIRED = "required"
    IN_PROGRESS = "in_progress"
    PASSED = "passed"
    FAILED = "failed"
    EXEMPT = "exempt"


@frozen(kw_only=True)
class TeacherRecord:
    """One teacher as the DQT knows them; ``trn`` is seven digits, and None stands for a blank cell.

    Blank ``qts_awarded_on`` means no qualified teacher status. ``merged_into`` is the TRN of the record that stands for
    this one now, whose details these are.
    """

    trn: str
    full_name: str
    date_of_birth: date
    qts_awarded_on: date | None = None
    induction_started_on: date | None = None
    induction_completed_on: date | None = None
    induction_status: TeacherInductionStatus | None = None
    active_alert: bool = False
    merged_into: str | None = None


@frozen(kw_only=True)
class TeacherClaim:
    """What a training record says of who the participant is; ``trn`` is seven digits, or None where none was given."""

    role: ParticipantRole
    full_name: str
    date_of_birth: date | None
    trn: str | None


@frozen(kw_only=True)
class TeacherCheck:
    """What the teacher records make of a claim; ``eligibility`` None is not decided.

    ``merged_into`` is the TRN that stands for the participant's own now, if their record was merged into another.
    """

    trn_validated: bool
    eligibility: Eligibility | None
    eligibility_reason: EligibilityReason | None
    merged_into: str | None = None


_Decision = tuple[Eligibility | None, EligibilityReason | None]

_UNDECIDED: Final[_Decision] = (None, None)
_ELIGIBLE: Final[_Decision] = (Eligibility.ELIGIBLE, None)
_ACTIVE_ALERT: Final[_Decision] = (Eligibility.MANUAL_CHECK, EligibilityReason.ACTIVE_FLAGS)
_DIFFERENT_TRN: Final[_Decision] = (Eligibility.MANUAL_CHECK, EligibilityReason.DIFFERENT_TRN)
_NO_QTS: Final[_Decision] = (Eligibility.MANUAL_CHECK, EligibilityReason.NO_QTS)
_NO_INDUCTION: Final[_Decision] = (Eligibility.MANUAL_CHECK, EligibilityReason.NO_INDUCTION)
_EXEMPT: Final[_Decision] = (Eligibility.INELIGIBLE, EligibilityReason.EXEMPT_FROM_INDUCTION)
_PREVIOUS_INDUCTION: Final[_Decision] = (Eligibility.INELIGIBLE, EligibilityReason.PREVIOUS_INDUCTION)


def person_key(full_name: str, date_of_birth: date) -> str:
    """The key by which records of one person are found: the folded name, its words in any order, and the birthday."""
    words = search_key(full_name).split()
    words.sort()
    return f"{' '.join(words)} {date_of_birth.isoformat()}"


def check_against_teacher_records(
    claim: TeacherClaim, with_that_trn: TeacherRecord | None, same_person: Sequence[TeacherRecord]
) -> TeacherCheck:
    """Check a claim against the teacher record with its TRN, and those with its `person_key` (feed.md).

    If the record with that TRN is this person's, only it decides. If not, other records of the person may show an
    alert, or that their TRN differs from the one given. If no TRN was given, none can differ, and a namesake's record
    decides nothing but an alert, which is never passed over.
    """
    if with_that_trn is not None and _is_of(claim, with_that_trn):
        eligibility, reason = _decided_by(with_that_trn, claim.role)
        return TeacherCheck(
            trn_validated=True,
            eligibility=eligibility,
            eligibility_reason=reason,
            merged_into=with_that_trn.merged_into,
        )
    eligibility, reason = _decided_without_the_trn(claim, same_person)
    return TeacherCheck(trn_validated=False, eligibility=eligibility, eligibility_reason=reason)


def _is_of(claim: TeacherClaim, record: TeacherRecord) -> bool:
    return (
        claim.trn == record.trn
        and claim.date_of_birth == record.date_of_birth
        and _is_same_name(search_key(claim.full_name).split(), search_key(record.full_name).split())
    )


def _is_same_name(given: list[str], recorded: list[str]) -> bool:
    """Whether the first names are the same, or the full names but for their order; a name without a letter is none."""
    if not given or not recorded:
        return False
    return given[0] == recorded[0] or sorted(given) == sorted(recorded)


def _decided_by(record: TeacherRecord, role: ParticipantRole) -> _Decision:
    if record.active_alert:
        return _ACTIVE_ALERT
    return _ELIGIBLE if role is ParticipantRole.MENTOR else _decided_for_ect(record)


def _decided_for_ect(record: TeacherRecord) -> _Decision:
    if record.qts_awarded_on is None:
        return _NO_QTS
    if record.induction_status is TeacherInductionStatus.EXEMPT:
        return _EXEMPT
    if record.induction_started_on is None:
        return _NO_INDUCTION
    if record.induction_started_on < FIRST_DAY_OF_TODAYS_INDUCTION:
        return _PREVIOUS_INDUCTION
    return _ELIGIBLE


def _decided_without_the_trn(claim: TeacherClaim, same_person: Sequence[TeacherRecord]) -> _Decision:
    if any(record.active_alert for record in same_person):
        return _ACTIVE_ALERT
    if claim.trn is not None and any(record.trn != claim.trn for record in same_person):
        return _DIFFERENT_TRN
    return _UNDECIDED
