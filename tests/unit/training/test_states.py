"""statuses.md, section 1: which state, in the order that decides between its tables."""

from datetime import UTC, date, datetime
from typing import Final

import pytest
from attrs import fields
from hypothesis import assume, given, settings
from hypothesis import strategies as st

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
from checkdata.domain.training.states import (
    TrainingState,
    eligibility_answer,
    mentoring_answer,
    training_state,
    validation_answer,
)
from tests.unit.training.examples import (
    IN_ORDER,
    IN_TRAINING,
    TODAY,
    Row,
    any_facts,
    day,
    days,
    each,
    ect,
    mentor,
    other_than,
)

ECT: Final = ParticipantRole.ECT
MENTOR: Final = ParticipantRole.MENTOR
HAS_OR_HAD_MENTEES: Final = st.sampled_from([Mentees.FORMER, Mentees.CURRENT])


@each(
    Row(
        "withdrawn from the programme",
        TrainingState.WITHDRAWN_PROGRAMME,
        induction_status=InductionStatus.WITHDRAWN,
    ),
    Row(
        "changed",
        TrainingState.NO_LONGER_INVOLVED,
        induction_status=InductionStatus.CHANGED,
    ),
    Row(
        "leaving, and the last day has passed",
        TrainingState.LEFT,
        induction_status=InductionStatus.LEAVING,
        ends_on=days(last=-1),
    ),
    Row(
        "ECT leaving, and the last day has not passed",
        TrainingState.LEAVING,
        role=ECT,
        induction_status=InductionStatus.LEAVING,
        ends_on=days(first=0),
    ),
    Row(
        "ECT transferring who starts after today",
        TrainingState.JOINING,
        role=ECT,
        induction_status=InductionStatus.ACTIVE,
        school_transfer=True,
        starts_on=days(first=1),
    ),
    Row(
        "training withdrawn",
        TrainingState.WITHDRAWN_TRAINING,
        **IN_TRAINING | {"training_status": TrainingStatus.WITHDRAWN},
    ),
    Row(
        "training deferred",
        TrainingState.DEFERRED_TRAINING,
        **IN_TRAINING | {"training_status": TrainingStatus.DEFERRED},
    ),
    Row(
        "training withdrawn of an ECT who is leaving on no known day",
        TrainingState.WITHDRAWN_TRAINING,
        role=ECT,
        induction_status=InductionStatus.LEAVING,
        ends_on=None,
        training_status=TrainingStatus.WITHDRAWN,
    ),
    Row(
        "training withdrawn of a mentor who is leaving",
        TrainingState.WITHDRAWN_TRAINING,
        role=MENTOR,
        induction_status=InductionStatus.LEAVING,
        ends_on=days(first=0),
        training_status=TrainingStatus.WITHDRAWN,
    ),
    Row(
        "training deferred of a mentor who is joining",
        TrainingState.DEFERRED_TRAINING,
        role=MENTOR,
        induction_status=InductionStatus.ACTIVE,
        school_transfer=True,
        starts_on=days(first=1),
        training_status=TrainingStatus.DEFERRED,
    ),
    Row(
        "training deferred of an ECT who has joined",
        TrainingState.DEFERRED_TRAINING,
        role=ECT,
        induction_status=InductionStatus.ACTIVE,
        school_transfer=True,
        starts_on=days(last=0),
        training_status=TrainingStatus.DEFERRED,
    ),
    Row(
        "induction of an ECT completed",
        TrainingState.COMPLETED_TRAINING,
        role=ECT,
        induction_status=InductionStatus.COMPLETED,
        training_status=TrainingStatus.ACTIVE,
    ),
    Row(
        "induction of a mentor completed, which the feed does not tell",
        TrainingState.ACTIVE_MENTORING,
        **IN_ORDER
        | {
            "role": MENTOR,
            "induction_status": InductionStatus.COMPLETED,
            "eligibility_reason": None,
            "mentees": Mentees.CURRENT,
        },
    ),
    Row(
        "provider-led without a lead provider",
        TrainingState.REGISTERED_FOR_FIP_NO_PARTNER,
        **IN_ORDER,
        role=ECT,
        programme=Programme.FIP,
        has_lead_provider=False,
    ),
    Row(
        "provider-led, induction started",
        TrainingState.ACTIVE_FIP_TRAINING,
        **IN_ORDER,
        role=ECT,
        programme=Programme.FIP,
        has_lead_provider=True,
        induction_started_on=days(last=-1),
    ),
    Row(
        "provider-led, induction not started",
        TrainingState.REGISTERED_FOR_FIP_TRAINING,
        **IN_ORDER,
        role=ECT,
        programme=Programme.FIP,
        has_lead_provider=True,
        induction_started_on=st.none() | days(first=0),
    ),
    Row(
        "accredited materials, induction started",
        TrainingState.ACTIVE_CIP_TRAINING,
        **IN_ORDER,
        role=ECT,
        programme=Programme.CIP,
        induction_started_on=days(last=-1),
    ),
    Row(
        "accredited materials, induction not started",
        TrainingState.REGISTERED_FOR_CIP_TRAINING,
        **IN_ORDER,
        role=ECT,
        programme=Programme.CIP,
        induction_started_on=st.none() | days(first=0),
    ),
    Row(
        "materials of the school's own, induction started",
        TrainingState.ACTIVE_DIY_TRAINING,
        **IN_ORDER,
        role=ECT,
        programme=Programme.DIY,
        induction_started_on=days(last=-1),
    ),
    Row(
        "materials of the school's own, induction not started",
        TrainingState.REGISTERED_FOR_DIY_TRAINING,
        **IN_ORDER,
        role=ECT,
        programme=Programme.DIY,
        induction_started_on=st.none() | days(first=0),
    ),
    Row(
        "another programme",
        TrainingState.NOT_REGISTERED_FOR_TRAINING,
        **IN_ORDER,
        role=ECT,
        programme=Programme.OTHER,
    ),
    Row(
        "not provider-led, where no induction start is no matter of funding",
        TrainingState.REGISTERED_FOR_CIP_TRAINING,
        **IN_ORDER
        | {
            "role": ECT,
            "programme": Programme.CIP,
            "eligibility": Eligibility.MANUAL_CHECK,
            "eligibility_reason": EligibilityReason.NO_INDUCTION,
            "induction_started_on": None,
        },
    ),
)
@settings(max_examples=25)
@given(data=st.data())
def test_a_row_gives_its_state_whatever_else_the_facts_say(row: Row, data: st.DataObject) -> None:
    assert training_state(data.draw(row.facts), TODAY) is row.answer


@given(any_facts(**IN_TRAINING))
def test_what_stands_against_the_details_comes_before_all_that_follows(
    facts: TrainingFacts,
) -> None:
    answer = validation_answer(facts)
    assume(answer is not None)
    assert training_state(facts, TODAY) is answer


@given(
    any_facts(
        **IN_ORDER
        | {
            "eligibility": st.none() | st.sampled_from(Eligibility),
            "eligibility_reason": st.none() | other_than(EligibilityReason.DIFFERENT_TRN),
        }
    )
)
def test_what_stands_against_eligibility_comes_next(facts: TrainingFacts) -> None:
    answer = eligibility_answer(facts)
    assume(answer is not None)
    assert training_state(facts, TODAY) is answer


@given(
    any_facts(
        **IN_ORDER
        | {
            "role": ECT,
            "programme": Programme.FIP,
            "eligibility": Eligibility.MANUAL_CHECK,
            "eligibility_reason": EligibilityReason.NO_INDUCTION,
        }
    )
)
def test_what_stands_against_funding_comes_next_where_training_is_provider_led(
    facts: TrainingFacts,
) -> None:
    assert training_state(facts, TODAY) is TrainingState.NO_INDUCTION_START


@given(any_facts(**IN_ORDER, role=MENTOR, mentees=HAS_OR_HAD_MENTEES))
def test_a_mentor_in_order_is_told_by_their_mentees_in_every_programme(
    facts: TrainingFacts,
) -> None:
    assert training_state(facts, TODAY) is mentoring_answer(facts)


@given(any_facts(), st.dates())
def test_all_facts_give_a_state_on_every_day(facts: TrainingFacts, today: date) -> None:
    assert training_state(facts, today) in TrainingState


def _nothing_given(request: DetailsRequest | None) -> TrainingFacts:
    return ect(
        has_trn=False,
        trn_validated=False,
        details_given=DetailsGiven.NONE,
        details_request=request,
        eligibility=None,
    )


def _to_check(reason: EligibilityReason) -> TrainingFacts:
    return ect(eligibility=Eligibility.MANUAL_CHECK, eligibility_reason=reason)


def _ineligible(reason: EligibilityReason) -> TrainingFacts:
    return ect(eligibility=Eligibility.INELIGIBLE, eligibility_reason=reason)


def _trained_before(mentees: Mentees) -> TrainingFacts:
    return mentor(
        eligibility=Eligibility.INELIGIBLE,
        eligibility_reason=EligibilityReason.PREVIOUS_PARTICIPATION,
        mentees=mentees,
    )


EXAMPLE_OF: Final = {
    TrainingState.VALIDATION_NOT_STARTED: _nothing_given(None),
    TrainingState.REQUEST_FOR_DETAILS_SUBMITTED: _nothing_given(DetailsRequest.SUBMITTED),
    TrainingState.REQUEST_FOR_DETAILS_DELIVERED: _nothing_given(DetailsRequest.DELIVERED),
    TrainingState.REQUEST_FOR_DETAILS_FAILED: _nothing_given(DetailsRequest.FAILED),
    TrainingState.INTERNAL_ERROR: ect(check_failed=True),
    TrainingState.CHECKS_NOT_COMPLETE: ect(eligibility=None),
    TrainingState.DIFFERENT_TRN: _to_check(EligibilityReason.DIFFERENT_TRN),
    TrainingState.TRA_RECORD_NOT_FOUND: ect(trn_validated=False),
    TrainingState.ACTIVE_FLAGS: _to_check(EligibilityReason.ACTIVE_FLAGS),
    TrainingState.NO_INDUCTION_START: _to_check(EligibilityReason.NO_INDUCTION),
    TrainingState.DUPLICATE_PROFILE: _ineligible(EligibilityReason.DUPLICATE_PROFILE),
    TrainingState.NOT_ALLOWED: _ineligible(EligibilityReason.ACTIVE_FLAGS),
    TrainingState.EXEMPT_FROM_INDUCTION: _ineligible(EligibilityReason.EXEMPT_FROM_INDUCTION),
    TrainingState.PREVIOUS_INDUCTION: _ineligible(EligibilityReason.PREVIOUS_INDUCTION),
    TrainingState.ACTIVE_MENTORING_ERO: _trained_before(Mentees.CURRENT),
    TrainingState.NOT_YET_MENTORING_ERO: _trained_before(Mentees.FORMER),
    TrainingState.NOT_QUALIFIED: _to_check(EligibilityReason.NO_QTS),
    TrainingState.REGISTERED_FOR_FIP_NO_PARTNER: ect(has_lead_provider=False),
    TrainingState.REGISTERED_FOR_FIP_TRAINING: ect(induction_started_on=None),
    TrainingState.REGISTERED_FOR_CIP_TRAINING: ect(programme=Programme.CIP, induction_started_on=None),
    TrainingState.REGISTERED_FOR_DIY_TRAINING: ect(programme=Programme.DIY, induction_started_on=None),
    TrainingState.ACTIVE_FIP_TRAINING: ect(),
    TrainingState.ACTIVE_CIP_TRAINING: ect(programme=Programme.CIP, has_lead_provider=False),
    TrainingState.ACTIVE_DIY_TRAINING: ect(programme=Programme.DIY, has_lead_provider=False),
    TrainingState.ACTIVE_MENTORING: mentor(),
    TrainingState.NOT_YET_MENTORING: mentor(mentees=Mentees.NONE),
    TrainingState.LEAVING: ect(induction_status=InductionStatus.LEAVING, ends_on=TODAY),
    TrainingState.JOINING: ect(school_transfer=True, starts_on=day(1)),
    TrainingState.DEFERRED_TRAINING: ect(training_status=TrainingStatus.DEFERRED),
    TrainingState.WITHDRAWN_TRAINING: ect(training_status=TrainingStatus.WITHDRAWN),
    TrainingState.WITHDRAWN_PROGRAMME: ect(induction_status=InductionStatus.WITHDRAWN),
    TrainingState.LEFT: ect(induction_status=InductionStatus.LEAVING, ends_on=day(-1)),
    TrainingState.NO_LONGER_INVOLVED: ect(induction_status=InductionStatus.CHANGED),
    TrainingState.NOT_REGISTERED_FOR_TRAINING: ect(programme=Programme.OTHER),
    TrainingState.COMPLETED_TRAINING: ect(induction_status=InductionStatus.COMPLETED),
}
"""For each state, one person with nothing else amiss."""


@pytest.mark.parametrize("state", TrainingState)
def test_every_state_is_reached_by_a_participant(state: TrainingState) -> None:
    assert training_state(EXAMPLE_OF[state], TODAY) is state


@pytest.mark.parametrize("name", [each.name for each in fields(TrainingFacts)])
@pytest.mark.parametrize("wrong", ["withdrawn", 1, datetime(2024, 6, 3, tzinfo=UTC)], ids=["word", "number", "moment"])
def test_a_wrong_type_is_an_error_that_names_the_field_and_never_another_status(name: str, wrong: object) -> None:
    with pytest.raises(TypeError, match=rf"^{name}: expected "):
        ect(**{name: wrong})
