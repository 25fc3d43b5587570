"""Training facts to test with: any at all, any with some columns pinned, and people in order."""

from datetime import date, timedelta
from enum import Enum
from typing import Any, Final

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

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
from checkdata.domain.training.states import TrainingState

TODAY: Final = date(2024, 9, 2)


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def days(first: int = -10, last: int = 10) -> SearchStrategy[date]:
    """Days around TODAY, few enough that each side of a boundary is met often."""
    return st.integers(first, last).map(day)


def other_than(*words: Enum) -> SearchStrategy[Enum]:
    """A word of the same column that is none of these, and no blank."""
    return st.sampled_from([word for word in type(words[0]) if word not in words])


_COLUMNS: Final[dict[str, SearchStrategy[Any]]] = {
    "role": st.sampled_from(ParticipantRole),
    "has_lead_provider": st.booleans(),
    "has_trn": st.booleans(),
    "trn_validated": st.booleans(),
    "programme": st.sampled_from(Programme),
    "induction_status": st.sampled_from(InductionStatus),
    "training_status": st.sampled_from(TrainingStatus),
    "school_transfer": st.booleans(),
    "starts_on": days(),
    "ends_on": st.none() | days(),
    "induction_started_on": st.none() | days(),
    "induction_completed_on": st.none() | days(),
    "details_given": st.sampled_from(DetailsGiven),
    "details_request": st.none() | st.sampled_from(DetailsRequest),
    "check_failed": st.booleans(),
    "eligibility": st.none() | st.sampled_from(Eligibility),
    "eligibility_reason": st.none() | st.sampled_from(EligibilityReason),
    "mentees": st.sampled_from(Mentees),
}


def any_facts(**pinned: object) -> SearchStrategy[TrainingFacts]:
    """Any facts at all, but for the columns pinned to a value or to a strategy of values."""
    pins = {column: value if isinstance(value, SearchStrategy) else st.just(value) for column, value in pinned.items()}
    return st.builds(TrainingFacts, **(_COLUMNS | pins))


IN_TRAINING: Final[dict[str, object]] = {
    "induction_status": InductionStatus.ACTIVE,
    "training_status": TrainingStatus.ACTIVE,
    "school_transfer": False,
}
"""Pins that leave the state to the checks: neither gone nor moving, and training not stopped."""

IN_ORDER: Final[dict[str, object]] = {
    **IN_TRAINING,
    "has_trn": True,
    "trn_validated": True,
    "details_given": DetailsGiven.WITH_TRN,
    "check_failed": False,
    "eligibility": Eligibility.ELIGIBLE,
}
"""Pins with which every check is passed."""


def ect(**changes: object) -> TrainingFacts:
    """An ECT in provider-led training, in order but for the *changes*."""
    facts: dict[str, Any] = {
        **IN_ORDER,
        "role": ParticipantRole.ECT,
        "has_lead_provider": True,
        "starts_on": day(-365),
        "induction_started_on": day(-365),
        **changes,
    }
    return TrainingFacts(**facts)


def mentor(**changes: object) -> TrainingFacts:
    """A mentor with mentees, in order but for the *changes*."""
    return ect(
        **{
            "role": ParticipantRole.MENTOR,
            "mentees": Mentees.CURRENT,
            "induction_started_on": None,
            **changes,
        }
    )


class Row:
    """A row of a table: what it pins, every other column being free, and its answer."""

    def __init__(self, name: str, answer: TrainingState | None, **pinned: object) -> None:
        self.name = name
        self.answer = answer
        self.facts = any_facts(**pinned)


def each(*rows: Row) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row.name for row in rows])
