"""From what the feed tells about a participant's training to one of 35 detailed reasons.

Source: statuses.md, section 1. A date *has passed* when it is before today; ``ends_on`` is the last day. In every table
the first row that matches is the answer, in the order of the lines here.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum
from typing import Final

from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingFacts,
    TrainingStatus,
)


class TrainingState(Enum):
    """The detailed reason for a status.

    Only support may know it: a partner or a body sees only its status and its group
    (`checkdata.domain.training.statuses`), because some states come from alerts on a teacher's record.
    """

    VALIDATION_NOT_STARTED = "validation_not_started"
    REQUEST_FOR_DETAILS_SUBMITTED = "request_for_details_submitted"
    REQUEST_FOR_DETAILS_DELIVERED = "request_for_details_delivered"
    REQUEST_FOR_DETAILS_FAILED = "request_for_details_failed"
    INTERNAL_ERROR = "internal_error"
    CHECKS_NOT_COMPLETE = "checks_not_complete"
    DIFFERENT_TRN = "different_trn"
    TRA_RECORD_NOT_FOUND = "tra_record_not_found"
    ACTIVE_FLAGS = "active_flags"
    NO_INDUCTION_START = "no_induction_start"
    DUPLICATE_PROFILE = "duplicate_profile"
    NOT_ALLOWED = "not_allowed"
    EXEMPT_FROM_INDUCTION = "exempt_from_induction"
    PREVIOUS_INDUCTION = "previous_induction"
    ACTIVE_MENTORING_ERO = "active_mentoring_ero"
    NOT_YET_MENTORING_ERO = "not_yet_mentoring_ero"
    NOT_QUALIFIED = "not_qualified"
    REGISTERED_FOR_FIP_NO_PARTNER = "registered_for_fip_no_partner"
    REGISTERED_FOR_FIP_TRAINING = "registered_for_fip_training"
    REGISTERED_FOR_CIP_TRAINING = "registered_for_cip_training"
    REGISTERED_FOR_DIY_TRAINING = "registered_for_diy_training"
    ACTIVE_FIP_TRAINING = "active_fip_training"
    ACTIVE_CIP_TRAINING = "active_cip_training"
    ACTIVE_DIY_TRAINING = "active_diy_training"
    ACTIVE_MENTORING = "active_mentoring"
    NOT_YET_MENTORING = "not_yet_mentoring"
    LEAVING = "leaving"
    JOINING = "joining"
    DEFERRED_TRAINING = "deferred_training"
    WITHDRAWN_TRAINING = "withdrawn_training"
    WITHDRAWN_PROGRAMME = "withdrawn_programme"
    LEFT = "left"
    NO_LONGER_INVOLVED = "no_longer_involved"
    NOT_REGISTERED_FOR_TRAINING = "not_registered_for_training"
    COMPLETED_TRAINING = "completed_training"


_ASKED_FOR_DETAILS: Final[Mapping[DetailsRequest | None, TrainingState]] = {
    DetailsRequest.DELIVERED: TrainingState.REQUEST_FOR_DETAILS_DELIVERED,
    DetailsRequest.FAILED: TrainingState.REQUEST_FOR_DETAILS_FAILED,
    DetailsRequest.SUBMITTED: TrainingState.REQUEST_FOR_DETAILS_SUBMITTED,
    None: TrainingState.VALIDATION_NOT_STARTED,
}
_REGISTERED: Final[Mapping[Programme, TrainingState]] = {
    Programme.FIP: TrainingState.REGISTERED_FOR_FIP_TRAINING,
    Programme.CIP: TrainingState.REGISTERED_FOR_CIP_TRAINING,
    Programme.DIY: TrainingState.REGISTERED_FOR_DIY_TRAINING,
}
_STARTED: Final[Mapping[Programme, TrainingState]] = {
    Programme.FIP: TrainingState.ACTIVE_FIP_TRAINING,
    Programme.CIP: TrainingState.ACTIVE_CIP_TRAINING,
    Programme.DIY: TrainingState.ACTIVE_DIY_TRAINING,
}


def training_state(facts: TrainingFacts, today: date) -> TrainingState:
    """Find the state that the facts give on a day; every combination of them gives one.

    Source: statuses.md, *Which state*.
    """
    return (
        _gone(facts, today)
        or _moving_school(facts, today)
        or _training_stopped(facts)
        or checks_answer(facts)
        or (mentoring_answer(facts) if facts.role is ParticipantRole.MENTOR else _induction_training(facts, today))
    )


def holds_until(facts: TrainingFacts, today: date) -> date | None:
    """Find the first day after *today* on which the same facts give another state, or None.

    Law: for every day d with today <= d < holds_until the state is the same (statuses.md).
    """
    state = training_state(facts, today)
    for day in _days_to_ask_again(facts, today):
        if training_state(facts, day) is not state:
            return day
    return None


def checks_answer(facts: TrainingFacts) -> TrainingState | None:
    """Say what stands against training in the department's checks, or None where they are passed.

    Source: statuses.md, *Which state*, rules 6 to 8.
    """
    return (
        validation_answer(facts)
        or eligibility_answer(facts)
        or (funding_answer(facts) if facts.programme is Programme.FIP else None)
    )


def validation_answer(facts: TrainingFacts) -> TrainingState | None:
    """Say what stands against the participant's details, or None where they are valid.

    Source: statuses.md, *Validation*.
    """
    if facts.eligibility is Eligibility.MANUAL_CHECK and facts.eligibility_reason is EligibilityReason.DIFFERENT_TRN:
        return TrainingState.DIFFERENT_TRN
    if facts.details_given is DetailsGiven.NONE and not facts.has_trn:
        return _ASKED_FOR_DETAILS[facts.details_request]
    if facts.check_failed:
        return TrainingState.INTERNAL_ERROR
    if facts.role is ParticipantRole.ECT or facts.details_given is DetailsGiven.WITH_TRN:
        return _teacher_record_missing(facts)
    return None


def eligibility_answer(facts: TrainingFacts) -> TrainingState | None:
    """Say what stands against training, or None where the participant is eligible.

    Source: statuses.md, *Eligibility*.
    """
    if _not_decided(facts):
        return TrainingState.CHECKS_NOT_COMPLETE
    if alert := _alert(facts):
        return alert
    if facts.role is ParticipantRole.MENTOR:
        return TrainingState.NOT_YET_MENTORING if facts.mentees is Mentees.NONE else None
    return _ect_not_eligible(facts) or _teacher_record_missing(facts)


def funding_answer(facts: TrainingFacts) -> TrainingState | None:
    """Say what stands against funding provider-led training, or None where it is fundable.

    Source: statuses.md, *Funding*.
    """
    if _not_decided(facts):
        return TrainingState.CHECKS_NOT_COMPLETE
    is_mentor = facts.role is ParticipantRole.MENTOR
    if not is_mentor and facts.eligibility is Eligibility.ELIGIBLE:
        return None
    if alert := _alert(facts):
        return alert
    if is_mentor:
        return None
    return _induction_not_started(facts) or _ect_not_eligible(facts) or _teacher_record_missing(facts)


def mentoring_answer(facts: TrainingFacts) -> TrainingState:
    """Say whether a mentor has ECTs to look after (statuses.md, *Mentoring*)."""
    trained_before = facts.eligibility_reason is EligibilityReason.PREVIOUS_PARTICIPATION
    if facts.mentees is Mentees.CURRENT:
        return TrainingState.ACTIVE_MENTORING_ERO if trained_before else TrainingState.ACTIVE_MENTORING
    return TrainingState.NOT_YET_MENTORING_ERO if trained_before else TrainingState.NOT_YET_MENTORING


def _gone(facts: TrainingFacts, today: date) -> TrainingState | None:
    if facts.induction_status is InductionStatus.WITHDRAWN:
        return TrainingState.WITHDRAWN_PROGRAMME
    if facts.induction_status is InductionStatus.CHANGED:
        return TrainingState.NO_LONGER_INVOLVED
    if facts.induction_status is InductionStatus.LEAVING and _has_passed(facts.ends_on, today):
        return TrainingState.LEFT
    return None


def _moving_school(facts: TrainingFacts, today: date) -> TrainingState | None:
    if facts.role is not ParticipantRole.ECT:
        return None
    if facts.induction_status is InductionStatus.LEAVING and facts.ends_on is not None and today <= facts.ends_on:
        return TrainingState.LEAVING
    if facts.induction_status is InductionStatus.ACTIVE and facts.school_transfer and today < facts.starts_on:
        return TrainingState.JOINING
    return None


def _training_stopped(facts: TrainingFacts) -> TrainingState | None:
    if facts.training_status is TrainingStatus.WITHDRAWN:
        return TrainingState.WITHDRAWN_TRAINING
    if facts.training_status is TrainingStatus.DEFERRED:
        return TrainingState.DEFERRED_TRAINING
    if facts.role is ParticipantRole.ECT and facts.induction_status is InductionStatus.COMPLETED:
        return TrainingState.COMPLETED_TRAINING
    return None


def _induction_training(facts: TrainingFacts, today: date) -> TrainingState:
    if facts.programme is Programme.FIP and not facts.has_lead_provider:
        return TrainingState.REGISTERED_FOR_FIP_NO_PARTNER
    states = _STARTED if _has_passed(facts.induction_started_on, today) else _REGISTERED
    return states.get(facts.programme, TrainingState.NOT_REGISTERED_FOR_TRAINING)


def _not_decided(facts: TrainingFacts) -> bool:
    return facts.eligibility is None and (facts.trn_validated or facts.role is ParticipantRole.ECT)


def _alert(facts: TrainingFacts) -> TrainingState | None:
    match facts.eligibility, facts.eligibility_reason:
        case Eligibility.MANUAL_CHECK, EligibilityReason.ACTIVE_FLAGS:
            return TrainingState.ACTIVE_FLAGS
        case Eligibility.INELIGIBLE, EligibilityReason.ACTIVE_FLAGS:
            return TrainingState.NOT_ALLOWED
        case _:
            return None


def _ect_not_eligible(facts: TrainingFacts) -> TrainingState | None:
    match facts.eligibility, facts.eligibility_reason:
        case Eligibility.INELIGIBLE, EligibilityReason.DUPLICATE_PROFILE:
            return TrainingState.DUPLICATE_PROFILE
        case Eligibility.MANUAL_CHECK, EligibilityReason.NO_QTS:
            return TrainingState.NOT_QUALIFIED
        case Eligibility.INELIGIBLE, EligibilityReason.EXEMPT_FROM_INDUCTION:
            return TrainingState.EXEMPT_FROM_INDUCTION
        case Eligibility.INELIGIBLE, EligibilityReason.PREVIOUS_INDUCTION:
            return TrainingState.PREVIOUS_INDUCTION
        case _:
            return None


def _induction_not_started(facts: TrainingFacts) -> TrainingState | None:
    match facts.eligibility, facts.eligibility_reason:
        case Eligibility.MANUAL_CHECK, EligibilityReason.NO_INDUCTION:
            return TrainingState.NO_INDUCTION_START
        case _:
            return None


def _teacher_record_missing(facts: TrainingFacts) -> TrainingState | None:
    return None if facts.trn_validated else TrainingState.TRA_RECORD_NOT_FOUND


def _has_passed(day: date | None, today: date) -> bool:
    return day is not None and day < today


def _days_to_ask_again(facts: TrainingFacts, today: date) -> list[date]:
    """List the days after *today*, in order, on which a date of the facts comes or has passed."""
    days = {facts.starts_on, _day_after(facts.ends_on), _day_after(facts.induction_started_on)}
    return sorted(day for day in days if day is not None and today < day)


def _day_after(day: date | None) -> date | None:
    """Find the day on which *day* has passed; the calendar's last day never does."""
    return None if day is None or day == date.max else day + timedelta(days=1)
