"""statuses.md: the first day on which the same facts give another state."""

from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checkdata.domain.training.facts import (
    InductionStatus,
    ParticipantRole,
    TrainingFacts,
    TrainingStatus,
)
from checkdata.domain.training.states import TrainingState, holds_until, training_state
from tests.unit.training.examples import IN_ORDER, TODAY, any_facts, day, ect

PAST_EVERY_DATE: Final = day(30)
"""Farther than any date of the facts drawn here, and than the day after it."""

LEAVING: Final = InductionStatus.LEAVING


def _moving_facts() -> SearchStrategy[TrainingFacts]:
    """Facts whose state hangs on their dates, which few facts drawn blindly do."""
    status = st.sampled_from([InductionStatus.ACTIVE, LEAVING])
    return any_facts(**IN_ORDER | {"induction_status": status, "school_transfer": st.booleans()})


@settings(max_examples=400)
@given(_moving_facts() | any_facts(), st.integers(-15, 15).map(day))
def test_the_state_is_the_same_on_every_day_before_and_another_on_that_day(facts: TrainingFacts, today: date) -> None:
    until = holds_until(facts, today)
    state = training_state(facts, today)
    day_asked = today
    while day_asked < (until or PAST_EVERY_DATE):
        assert training_state(facts, day_asked) is state
        day_asked += timedelta(days=1)
    if until is None:
        assert training_state(facts, date.max) is state
    else:
        assert until > today
        assert training_state(facts, until) is not state


@pytest.mark.parametrize(
    ("facts", "until"),
    [
        pytest.param(ect(school_transfer=True, starts_on=day(5)), day(5), id="joining ends on the first day"),
        pytest.param(
            ect(induction_status=LEAVING, ends_on=day(5)),
            day(6),
            id="leaving ends after the last day",
        ),
        pytest.param(
            ect(induction_status=LEAVING, ends_on=TODAY),
            day(1),
            id="leaving today ends tomorrow",
        ),
        pytest.param(ect(induction_started_on=day(5)), day(6), id="registered ends after induction starts"),
        pytest.param(
            ect(starts_on=day(2), induction_started_on=day(5)),
            day(6),
            id="a date that changes nothing is passed over",
        ),
        pytest.param(
            ect(school_transfer=True, starts_on=day(7), induction_started_on=day(2)),
            day(7),
            id="an induction that starts while joining changes nothing",
        ),
        pytest.param(
            ect(training_status=TrainingStatus.DEFERRED, induction_started_on=day(5)),
            None,
            id="deferred whatever starts",
        ),
        pytest.param(
            ect(role=ParticipantRole.MENTOR, school_transfer=True, starts_on=day(5)),
            None,
            id="a mentor never joins",
        ),
        pytest.param(
            ect(role=ParticipantRole.MENTOR, induction_status=LEAVING, ends_on=day(5)),
            day(6),
            id="a mentor leaves",
        ),
        pytest.param(ect(ends_on=day(5)), None, id="a last day that nobody leaves on"),
        pytest.param(ect(), None, id="all dates have passed"),
        pytest.param(
            ect(induction_status=LEAVING, ends_on=date.max),
            None,
            id="the last day of the calendar never passes",
        ),
    ],
)
def test_a_state_holds_until_the_date_that_ends_it(facts: TrainingFacts, until: date | None) -> None:
    assert holds_until(facts, TODAY) == until


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        pytest.param(
            ect(induction_status=LEAVING, ends_on=TODAY),
            TrainingState.LEAVING,
            id="on the last day",
        ),
        pytest.param(
            ect(induction_status=LEAVING, ends_on=day(-1)),
            TrainingState.LEFT,
            id="the day after the last",
        ),
        pytest.param(
            ect(school_transfer=True, starts_on=day(1)),
            TrainingState.JOINING,
            id="the day before the first",
        ),
        pytest.param(
            ect(school_transfer=True, starts_on=TODAY),
            TrainingState.ACTIVE_FIP_TRAINING,
            id="on the first day",
        ),
        pytest.param(
            ect(induction_started_on=TODAY),
            TrainingState.REGISTERED_FOR_FIP_TRAINING,
            id="on the day induction starts",
        ),
        pytest.param(
            ect(induction_started_on=day(-1)),
            TrainingState.ACTIVE_FIP_TRAINING,
            id="the day after induction starts",
        ),
    ],
)
def test_a_date_has_passed_when_it_is_before_today(facts: TrainingFacts, state: TrainingState) -> None:
    assert training_state(facts, TODAY) is state
