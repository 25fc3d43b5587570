"""statuses.md, section 1: validation, eligibility, funding and mentoring, row by row."""

from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    Mentees,
    ParticipantRole,
)
from checkdata.domain.training.states import (
    TrainingState,
    eligibility_answer,
    funding_answer,
    mentoring_answer,
    validation_answer,
)
from tests.unit.training.examples import Row, each, other_than

ECT: Final = ParticipantRole.ECT
MENTOR: Final = ParticipantRole.MENTOR
NOT_ANOTHER_TRN: Final = st.none() | other_than(EligibilityReason.DIFFERENT_TRN)
NO_ALERT: Final = st.none() | other_than(EligibilityReason.ACTIVE_FLAGS)
DECIDED: Final = st.sampled_from(Eligibility)
HAS_OR_HAD_MENTEES: Final = st.sampled_from([Mentees.FORMER, Mentees.CURRENT])


@each(
    Row(
        "another TRN found",
        TrainingState.DIFFERENT_TRN,
        eligibility=Eligibility.MANUAL_CHECK,
        eligibility_reason=EligibilityReason.DIFFERENT_TRN,
    ),
    Row(
        "nothing given, request delivered",
        TrainingState.REQUEST_FOR_DETAILS_DELIVERED,
        details_given=DetailsGiven.NONE,
        has_trn=False,
        details_request=DetailsRequest.DELIVERED,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "nothing given, request failed",
        TrainingState.REQUEST_FOR_DETAILS_FAILED,
        details_given=DetailsGiven.NONE,
        has_trn=False,
        details_request=DetailsRequest.FAILED,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "nothing given, request submitted",
        TrainingState.REQUEST_FOR_DETAILS_SUBMITTED,
        details_given=DetailsGiven.NONE,
        has_trn=False,
        details_request=DetailsRequest.SUBMITTED,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "nothing given, nothing requested",
        TrainingState.VALIDATION_NOT_STARTED,
        details_given=DetailsGiven.NONE,
        has_trn=False,
        details_request=None,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "check failed, though details were given",
        TrainingState.INTERNAL_ERROR,
        details_given=other_than(DetailsGiven.NONE),
        check_failed=True,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "check failed, though a TRN is known",
        TrainingState.INTERNAL_ERROR,
        has_trn=True,
        check_failed=True,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "ECT whose TRN is not validated",
        TrainingState.TRA_RECORD_NOT_FOUND,
        role=ECT,
        has_trn=True,
        trn_validated=False,
        check_failed=False,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "ECT who gave details without a TRN",
        TrainingState.TRA_RECORD_NOT_FOUND,
        role=ECT,
        details_given=DetailsGiven.WITHOUT_TRN,
        trn_validated=False,
        check_failed=False,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "details given with a TRN that is not validated",
        TrainingState.TRA_RECORD_NOT_FOUND,
        details_given=DetailsGiven.WITH_TRN,
        trn_validated=False,
        check_failed=False,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "TRN validated",
        None,
        has_trn=True,
        trn_validated=True,
        check_failed=False,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "mentor who gave details without a TRN",
        None,
        role=MENTOR,
        details_given=DetailsGiven.WITHOUT_TRN,
        check_failed=False,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "mentor whose TRN is known but who gave no details",
        None,
        role=MENTOR,
        details_given=DetailsGiven.NONE,
        has_trn=True,
        check_failed=False,
        eligibility_reason=NOT_ANOTHER_TRN,
    ),
    Row(
        "another TRN is no matter where nothing is to be checked by hand",
        TrainingState.VALIDATION_NOT_STARTED,
        details_given=DetailsGiven.NONE,
        has_trn=False,
        details_request=None,
        eligibility=st.none() | other_than(Eligibility.MANUAL_CHECK),
        eligibility_reason=EligibilityReason.DIFFERENT_TRN,
    ),
)
@settings(max_examples=25)
@given(data=st.data())
def test_validation_answers_by_the_first_row_that_matches(row: Row, data: st.DataObject) -> None:
    assert validation_answer(data.draw(row.facts)) is row.answer


UNDECIDED_OR_BARRED: Final = (
    Row("not decided, of an ECT", TrainingState.CHECKS_NOT_COMPLETE, role=ECT, eligibility=None),
    Row(
        "not decided, with a validated TRN",
        TrainingState.CHECKS_NOT_COMPLETE,
        trn_validated=True,
        eligibility=None,
    ),
    Row(
        "alert to be looked at",
        TrainingState.ACTIVE_FLAGS,
        eligibility=Eligibility.MANUAL_CHECK,
        eligibility_reason=EligibilityReason.ACTIVE_FLAGS,
    ),
    Row(
        "alert that bars",
        TrainingState.NOT_ALLOWED,
        eligibility=Eligibility.INELIGIBLE,
        eligibility_reason=EligibilityReason.ACTIVE_FLAGS,
    ),
)
"""The rows with which eligibility and funding both begin."""

ECT_ROWS: Final = (
    Row(
        "duplicate profile of an ECT",
        TrainingState.DUPLICATE_PROFILE,
        role=ECT,
        eligibility=Eligibility.INELIGIBLE,
        eligibility_reason=EligibilityReason.DUPLICATE_PROFILE,
    ),
    Row(
        "ECT without QTS",
        TrainingState.NOT_QUALIFIED,
        role=ECT,
        eligibility=Eligibility.MANUAL_CHECK,
        eligibility_reason=EligibilityReason.NO_QTS,
    ),
    Row(
        "ECT exempt from induction",
        TrainingState.EXEMPT_FROM_INDUCTION,
        role=ECT,
        eligibility=Eligibility.INELIGIBLE,
        eligibility_reason=EligibilityReason.EXEMPT_FROM_INDUCTION,
    ),
    Row(
        "ECT with a previous induction",
        TrainingState.PREVIOUS_INDUCTION,
        role=ECT,
        eligibility=Eligibility.INELIGIBLE,
        eligibility_reason=EligibilityReason.PREVIOUS_INDUCTION,
    ),
    Row(
        "ECT matched, whose TRN is not validated",
        TrainingState.TRA_RECORD_NOT_FOUND,
        role=ECT,
        eligibility=Eligibility.MATCHED,
        trn_validated=False,
    ),
    Row(
        "ECT matched, whose TRN is validated",
        None,
        role=ECT,
        eligibility=Eligibility.MATCHED,
        trn_validated=True,
    ),
    Row(
        "a reason to be checked by hand that no row names",
        None,
        role=ECT,
        eligibility=Eligibility.MANUAL_CHECK,
        eligibility_reason=st.none()
        | other_than(
            EligibilityReason.ACTIVE_FLAGS,
            EligibilityReason.NO_QTS,
            EligibilityReason.NO_INDUCTION,
        ),
        trn_validated=True,
    ),
    Row(
        "a reason for ineligibility that no row names",
        None,
        role=ECT,
        eligibility=Eligibility.INELIGIBLE,
        eligibility_reason=st.none()
        | other_than(
            EligibilityReason.ACTIVE_FLAGS,
            EligibilityReason.DUPLICATE_PROFILE,
            EligibilityReason.EXEMPT_FROM_INDUCTION,
            EligibilityReason.PREVIOUS_INDUCTION,
        ),
        trn_validated=True,
    ),
)
"""The rows for ECTs that eligibility and funding share."""


@each(
    *UNDECIDED_OR_BARRED,
    Row(
        "mentor who has mentees, or had",
        None,
        role=MENTOR,
        eligibility=DECIDED,
        eligibility_reason=NO_ALERT,
        mentees=HAS_OR_HAD_MENTEES,
    ),
    Row(
        "mentor without mentees",
        TrainingState.NOT_YET_MENTORING,
        role=MENTOR,
        eligibility=DECIDED,
        eligibility_reason=NO_ALERT,
        mentees=Mentees.NONE,
    ),
    Row(
        "mentor who has mentees, not decided and without a validated TRN",
        None,
        role=MENTOR,
        eligibility=None,
        trn_validated=False,
        mentees=HAS_OR_HAD_MENTEES,
    ),
    *ECT_ROWS,
    Row(
        "ECT eligible, whose TRN is validated",
        None,
        role=ECT,
        eligibility=Eligibility.ELIGIBLE,
        trn_validated=True,
    ),
    Row(
        "ECT eligible, whose TRN is not validated",
        TrainingState.TRA_RECORD_NOT_FOUND,
        role=ECT,
        eligibility=Eligibility.ELIGIBLE,
        trn_validated=False,
    ),
    Row(
        "no induction start is no matter of eligibility",
        None,
        role=ECT,
        eligibility=Eligibility.MANUAL_CHECK,
        eligibility_reason=EligibilityReason.NO_INDUCTION,
        trn_validated=True,
    ),
)
@settings(max_examples=25)
@given(data=st.data())
def test_eligibility_answers_by_the_first_row_that_matches(row: Row, data: st.DataObject) -> None:
    assert eligibility_answer(data.draw(row.facts)) is row.answer


@each(
    *UNDECIDED_OR_BARRED,
    Row("ECT eligible", None, role=ECT, eligibility=Eligibility.ELIGIBLE),
    Row("mentor", None, role=MENTOR, eligibility=DECIDED, eligibility_reason=NO_ALERT),
    Row(
        "mentor not decided, without a validated TRN",
        None,
        role=MENTOR,
        eligibility=None,
        trn_validated=False,
    ),
    Row(
        "ECT without an induction start",
        TrainingState.NO_INDUCTION_START,
        role=ECT,
        eligibility=Eligibility.MANUAL_CHECK,
        eligibility_reason=EligibilityReason.NO_INDUCTION,
    ),
    *ECT_ROWS,
)
@settings(max_examples=25)
@given(data=st.data())
def test_funding_answers_by_the_first_row_that_matches(row: Row, data: st.DataObject) -> None:
    assert funding_answer(data.draw(row.facts)) is row.answer


TRAINED_BEFORE: Final = EligibilityReason.PREVIOUS_PARTICIPATION
NOT_TRAINED_BEFORE: Final = st.none() | other_than(TRAINED_BEFORE)


@each(
    Row(
        "mentees now, trained before",
        TrainingState.ACTIVE_MENTORING_ERO,
        mentees=Mentees.CURRENT,
        eligibility_reason=TRAINED_BEFORE,
    ),
    Row(
        "mentees now",
        TrainingState.ACTIVE_MENTORING,
        mentees=Mentees.CURRENT,
        eligibility_reason=NOT_TRAINED_BEFORE,
    ),
    Row(
        "no mentees now, trained before",
        TrainingState.NOT_YET_MENTORING_ERO,
        mentees=other_than(Mentees.CURRENT),
        eligibility_reason=TRAINED_BEFORE,
    ),
    Row(
        "no mentees now",
        TrainingState.NOT_YET_MENTORING,
        mentees=other_than(Mentees.CURRENT),
        eligibility_reason=NOT_TRAINED_BEFORE,
    ),
)
@settings(max_examples=25)
@given(data=st.data())
def test_mentoring_answers_by_the_first_row_that_matches(row: Row, data: st.DataObject) -> None:
    assert mentoring_answer(data.draw(row.facts)) is row.answer
