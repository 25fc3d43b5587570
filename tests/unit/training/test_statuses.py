"""statuses.md, section 2: states to statuses, and what the sentences may tell."""

from typing import Final

import pytest

from checkdata.domain.people.organisations import Role
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.statuses import ACTIVE, GONE, GROUP_OF, STATUS_OF, Status, StatusGroup

LABELS: Final = {
    "contacted_for_information": "Contacted for information",
    "dfe_checking_eligibility": "DfE checking eligibility",
    "not_eligible_for_funded_training": "Not eligible for funded training",
    "checking_qts": "Checking QTS",
    "training_or_eligible_for_training": "Training or eligible for training",
    "participant_deferred": "Participant deferred",
    "no_longer_being_trained": "No longer being trained",
    "induction_completed": "Induction completed",
}

LABELS_THAT_DIFFER: Final = {
    "dfe_checking_eligibility": "No induction registered",
    "training_or_eligible_for_training": "Induction confirmed",
    "no_longer_being_trained": "ECT not currently linked to you",
}

STATES: Final = {
    "contacted_for_information": """
        validation_not_started request_for_details_submitted request_for_details_delivered
        request_for_details_failed
    """,
    "dfe_checking_eligibility": """
        internal_error checks_not_complete different_trn tra_record_not_found active_flags
        no_induction_start
    """,
    "not_eligible_for_funded_training": """
        duplicate_profile not_allowed exempt_from_induction previous_induction
        active_mentoring_ero not_yet_mentoring_ero
    """,
    "checking_qts": "not_qualified",
    "training_or_eligible_for_training": """
        registered_for_fip_no_partner registered_for_fip_training registered_for_cip_training
        registered_for_diy_training active_fip_training active_cip_training active_diy_training
        active_mentoring not_yet_mentoring leaving joining
    """,
    "participant_deferred": "deferred_training",
    "no_longer_being_trained": """
        withdrawn_training withdrawn_programme left no_longer_involved
        not_registered_for_training
    """,
    "induction_completed": "completed_training",
}

GROUPS: Final = (
    """
    validation_not_started request_for_details_submitted request_for_details_delivered
    request_for_details_failed
    """,
    "not_qualified",
    "previous_induction",
    "no_induction_start",
    "tra_record_not_found",
    "completed_training",
    "deferred_training",
    "withdrawn_training withdrawn_programme",
    "no_longer_involved left",
    """
    registered_for_fip_no_partner registered_for_fip_training registered_for_cip_training
    registered_for_diy_training
    """,
    "active_fip_training active_cip_training active_diy_training",
    "joining",
    "leaving",
    "active_mentoring not_yet_mentoring",
    "checks_not_complete different_trn internal_error active_flags",
    """
    not_allowed duplicate_profile exempt_from_induction active_mentoring_ero
    not_yet_mentoring_ero
    """,
    "not_registered_for_training",
)


def test_the_statuses_stand_in_the_order_of_the_filter() -> None:
    assert [status.value for status in Status] == list(LABELS)


def test_a_status_is_found_by_its_slug() -> None:
    assert Status("checking_qts") is Status.CHECKING_QTS


@pytest.mark.parametrize("status", Status)
def test_a_status_has_the_label_of_the_table(status: Status) -> None:
    assert status.label == LABELS[status.value]


@pytest.mark.parametrize("status", Status)
def test_an_appropriate_body_reads_three_labels_otherwise(status: Status) -> None:
    label = LABELS_THAT_DIFFER.get(status.value, LABELS[status.value])
    assert status.label_for(Role.APPROPRIATE_BODY) == label


@pytest.mark.parametrize("state", TrainingState)
def test_every_state_has_the_status_of_the_table(state: TrainingState) -> None:
    statuses = [status for status, states in STATES.items() if state.value in states.split()]
    assert statuses == [STATUS_OF[state].value]


@pytest.mark.parametrize("state", TrainingState)
def test_a_sentence_tells_two_states_apart_only_where_it_may(state: TrainingState) -> None:
    alike = {other.value for other in TrainingState if GROUP_OF[other] is GROUP_OF[state]}
    groups = [set(states.split()) for states in GROUPS if state.value in states.split()]
    assert groups == [alike]


@pytest.mark.parametrize("group", StatusGroup)
def test_the_states_of_a_group_share_one_status(group: StatusGroup) -> None:
    states = [state for state, its_group in GROUP_OF.items() if its_group is group]
    assert len({STATUS_OF[state] for state in states}) == 1


def test_the_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        STATUS_OF[TrainingState.LEFT] = Status.CHECKING_QTS  # type: ignore[index]


def test_nobody_is_active_who_is_gone_has_completed_is_paused_or_cannot_be_trained() -> None:
    active = {GROUP_OF[state] for state, status in STATUS_OF.items() if status in ACTIVE}
    others = {StatusGroup.COMPLETED, StatusGroup.DEFERRED, StatusGroup.NOT_ELIGIBLE, StatusGroup.PREVIOUS_INDUCTION}
    assert active == set(StatusGroup) - GONE - others - {StatusGroup.NOT_REGISTERED}
