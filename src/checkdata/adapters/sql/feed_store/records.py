"""Training records and teacher records as rows, and back."""

from enum import Enum
from typing import Any, Final

from sqlalchemy import Row

from checkdata.domain.participants import Partnership, TrainingRecord
from checkdata.domain.teacher_records import TeacherInductionStatus, TeacherRecord, person_key
from checkdata.domain.training_facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingStatus,
)

Cells = tuple[Any, ...]


def _by_slug(kind: type[Enum]) -> dict[str | None, Any]:
    return {None: None, **{member.value: member for member in kind}}


_ROLES: Final = _by_slug(ParticipantRole)
_PARTNERSHIPS: Final = _by_slug(Partnership)
_PROGRAMMES: Final = _by_slug(Programme)
_INDUCTION: Final = _by_slug(InductionStatus)
_TRAINING: Final = _by_slug(TrainingStatus)
_DETAILS: Final = _by_slug(DetailsGiven)
_REQUESTS: Final = _by_slug(DetailsRequest)
_ELIGIBILITY: Final = _by_slug(Eligibility)
_REASONS: Final = _by_slug(EligibilityReason)
_MENTEES: Final = _by_slug(Mentees)
_TEACHER_INDUCTION: Final = _by_slug(TeacherInductionStatus)


def training_record_to_row(record: TrainingRecord) -> Cells:
    """A training record as cells of ``training_records``, in the order of its columns."""
    return (
        record.record_id,
        record.participant_id,
        record.role.value,
        record.full_name,
        record.email,
        record.trn,
        record.school_urn,
        record.academic_year,
        record.lead_provider_id,
        record.delivery_partner_id,
        record.starts_on,
        record.updated_at,
        record.date_of_birth,
        record.trn_validated,
        record.appropriate_body_id,
        _slug(record.partnership),
        record.programme.value,
        record.induction_tutor_email,
        record.induction_status.value,
        record.training_status.value,
        record.school_transfer,
        record.ends_on,
        record.induction_started_on,
        record.induction_completed_on,
        record.details_given.value,
        _slug(record.details_request),
        record.check_failed,
        _slug(record.eligibility),
        _slug(record.eligibility_reason),
        record.mentees.value,
        person_of(record) if record.trn_validated is None else None,
    )


def training_record_from_row(row: Row[*tuple[Any, ...]]) -> TrainingRecord:
    """A training record from a row of ``training_records``."""
    return TrainingRecord(
        record_id=row.record_id,
        participant_id=row.participant_id,
        role=_ROLES[row.role],
        full_name=row.full_name,
        email=row.email,
        trn=row.trn,
        school_urn=row.school_urn,
        academic_year=row.academic_year,
        lead_provider_id=row.lead_provider_id,
        delivery_partner_id=row.delivery_partner_id,
        starts_on=row.starts_on,
        updated_at=row.updated_at,
        date_of_birth=row.date_of_birth,
        trn_validated=row.trn_validated,
        appropriate_body_id=row.appropriate_body_id,
        partnership=_PARTNERSHIPS[row.partnership],
        programme=_PROGRAMMES[row.programme],
        induction_tutor_email=row.induction_tutor_email,
        induction_status=_INDUCTION[row.induction_status],
        training_status=_TRAINING[row.training_status],
        school_transfer=row.school_transfer,
        ends_on=row.ends_on,
        induction_started_on=row.induction_started_on,
        induction_completed_on=row.induction_completed_on,
        details_given=_DETAILS[row.details_given],
        details_request=_REQUESTS[row.details_request],
        check_failed=row.check_failed,
        eligibility=_ELIGIBILITY[row.eligibility],
        eligibility_reason=_REASONS[row.eligibility_reason],
        mentees=_MENTEES[row.mentees],
    )


def teacher_record_to_row(record: TeacherRecord) -> Cells:
    """A teacher record as cells of ``teacher_records``, in the order of its columns."""
    return (
        record.trn,
        record.full_name,
        record.date_of_birth,
        record.qts_awarded_on,
        record.induction_started_on,
        record.induction_completed_on,
        _slug(record.induction_status),
        record.active_alert,
        person_key(record.full_name, record.date_of_birth),
    )


def teacher_record_from_row(row: Row[*tuple[Any, ...]]) -> TeacherRecord:
    """A teacher record from a row of ``teacher_records``."""
    return TeacherRecord(
        trn=row.trn,
        full_name=row.full_name,
        date_of_birth=row.date_of_birth,
        qts_awarded_on=row.qts_awarded_on,
        induction_started_on=row.induction_started_on,
        induction_completed_on=row.induction_completed_on,
        induction_status=_TEACHER_INDUCTION[row.induction_status],
        active_alert=row.active_alert,
    )


def person_of(record: TrainingRecord) -> str | None:
    """The key by which the participant's teacher records are found, where the date of birth is known."""
    return None if record.date_of_birth is None else person_key(record.full_name, record.date_of_birth)


def _slug(member: Enum | None) -> Any:  # noqa: ANN401 - an enum's value
    return None if member is None else member.value
