"""The eight statuses that users see of a participant, and what a sentence about one may tell.

Source: statuses.md, section 2. `checkdata.domain.training.states` finds the state of a participant.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from checkdata.domain.people.organisations import Role
from checkdata.domain.training.facts import TrainingFacts
from checkdata.domain.training.states import TrainingState, checks_answer


class Status(Enum):
    """What a user sees of a participant's training, in the order of the filter."""

    CONTACTED_FOR_INFORMATION = "contacted_for_information"
    DFE_CHECKING_ELIGIBILITY = "dfe_checking_eligibility"
    NOT_ELIGIBLE_FOR_FUNDED_TRAINING = "not_eligible_for_funded_training"
    CHECKING_QTS = "checking_qts"
    TRAINING_OR_ELIGIBLE_FOR_TRAINING = "training_or_eligible_for_training"
    PARTICIPANT_DEFERRED = "participant_deferred"
    NO_LONGER_BEING_TRAINED = "no_longer_being_trained"
    INDUCTION_COMPLETED = "induction_completed"

    @property
    def label(self) -> str:
        """What delivery partners, and their downloads, call it."""
        return _LABELS[self]

    def label_for(self, role: Role) -> str:
        """What users in this role call it (statuses.md, end of section 3)."""
        return _LABELS_FOR_APPROPRIATE_BODIES.get(self, self.label) if role is Role.APPROPRIATE_BODY else self.label


_LABELS: Final[Mapping[Status, str]] = {
    Status.CONTACTED_FOR_INFORMATION: "Contacted for information",
    Status.DFE_CHECKING_ELIGIBILITY: "DfE checking eligibility",
    Status.NOT_ELIGIBLE_FOR_FUNDED_TRAINING: "Not eligible for funded training",
    Status.CHECKING_QTS: "Checking QTS",
    Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING: "Training or eligible for training",
    Status.PARTICIPANT_DEFERRED: "Participant deferred",
    Status.NO_LONGER_BEING_TRAINED: "No longer being trained",
    Status.INDUCTION_COMPLETED: "Induction completed",
}
_LABELS_FOR_APPROPRIATE_BODIES: Final[Mapping[Status, str]] = {
    Status.DFE_CHECKING_ELIGIBILITY: "No induction registered",
    Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING: "Induction confirmed",
    Status.NO_LONGER_BEING_TRAINED: "ECT not currently linked to you",
}


class StatusGroup(Enum):
    """States that one sentence explains: the finest distinction that a partner or body may learn.

    Nothing given to them (page, download, history, time, order, explanation) may differ between two states of a group,
    and a change within a group is no change. A sentence may also depend on the participant's role, which its reader
    sees anyway: a mentor's `WITHDRAWN` has another sentence than an ECT's. Source: statuses.md, *What the sentences may
    tell*; `NOT_REGISTERED`, which it does not name, stands by itself.
    """

    CONTACTED = "contacted"
    CHECKING = "checking"
    RECORD_NOT_FOUND = "record_not_found"
    NO_INDUCTION_START = "no_induction_start"
    NOT_ELIGIBLE = "not_eligible"
    PREVIOUS_INDUCTION = "previous_induction"
    NOT_QUALIFIED = "not_qualified"
    REGISTERED = "registered"
    ACTIVE = "active"
    MENTORING = "mentoring"
    JOINING = "joining"
    LEAVING = "leaving"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"
    MOVED_ON = "moved_on"
    NOT_REGISTERED = "not_registered"
    COMPLETED = "completed"


ACTIVE: Final = (
    Status.CONTACTED_FOR_INFORMATION,
    Status.DFE_CHECKING_ELIGIBILITY,
    Status.CHECKING_QTS,
    Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING,
)
"""The statuses of active participants: those who train now, or will once nothing is missing (rules.md, *Filters*)."""


_States = tuple[TrainingState, ...]

_TABLE: Final[Mapping[Status, Mapping[StatusGroup, _States]]] = {
    Status.CONTACTED_FOR_INFORMATION: {
        StatusGroup.CONTACTED: (
            TrainingState.VALIDATION_NOT_STARTED,
            TrainingState.REQUEST_FOR_DETAILS_SUBMITTED,
            TrainingState.REQUEST_FOR_DETAILS_DELIVERED,
            TrainingState.REQUEST_FOR_DETAILS_FAILED,
        ),
    },
    Status.DFE_CHECKING_ELIGIBILITY: {
        StatusGroup.CHECKING: (
            TrainingState.CHECKS_NOT_COMPLETE,
            TrainingState.DIFFERENT_TRN,
            TrainingState.INTERNAL_ERROR,
            TrainingState.ACTIVE_FLAGS,
        ),
        StatusGroup.RECORD_NOT_FOUND: (TrainingState.TRA_RECORD_NOT_FOUND,),
        StatusGroup.NO_INDUCTION_START: (TrainingState.NO_INDUCTION_START,),
    },
    Status.NOT_ELIGIBLE_FOR_FUNDED_TRAINING: {
        StatusGroup.NOT_ELIGIBLE: (
            TrainingState.NOT_ALLOWED,
            TrainingState.DUPLICATE_PROFILE,
            TrainingState.EXEMPT_FROM_INDUCTION,
            TrainingState.ACTIVE_MENTORING_ERO,
            TrainingState.NOT_YET_MENTORING_ERO,
        ),
        StatusGroup.PREVIOUS_INDUCTION: (TrainingState.PREVIOUS_INDUCTION,),
    },
    Status.CHECKING_QTS: {StatusGroup.NOT_QUALIFIED: (TrainingState.NOT_QUALIFIED,)},
    Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING: {
        StatusGroup.REGISTERED: (
            TrainingState.REGISTERED_FOR_FIP_NO_PARTNER,
            TrainingState.REGISTERED_FOR_FIP_TRAINING,
            TrainingState.REGISTERED_FOR_CIP_TRAINING,
            TrainingState.REGISTERED_FOR_DIY_TRAINING,
        ),
        StatusGroup.ACTIVE: (
            TrainingState.ACTIVE_FIP_TRAINING,
            TrainingState.ACTIVE_CIP_TRAINING,
            TrainingState.ACTIVE_DIY_TRAINING,
        ),
        StatusGroup.MENTORING: (TrainingState.ACTIVE_MENTORING, TrainingState.NOT_YET_MENTORING),
        StatusGroup.JOINING: (TrainingState.JOINING,),
        StatusGroup.LEAVING: (TrainingState.LEAVING,),
    },
    Status.PARTICIPANT_DEFERRED: {StatusGroup.DEFERRED: (TrainingState.DEFERRED_TRAINING,)},
    Status.NO_LONGER_BEING_TRAINED: {
        StatusGroup.WITHDRAWN: (
            TrainingState.WITHDRAWN_TRAINING,
            TrainingState.WITHDRAWN_PROGRAMME,
        ),
        StatusGroup.MOVED_ON: (TrainingState.NO_LONGER_INVOLVED, TrainingState.LEFT),
        StatusGroup.NOT_REGISTERED: (TrainingState.NOT_REGISTERED_FOR_TRAINING,),
    },
    Status.INDUCTION_COMPLETED: {StatusGroup.COMPLETED: (TrainingState.COMPLETED_TRAINING,)},
}

STATUS_OF: Final[Mapping[TrainingState, Status]] = MappingProxyType(
    {state: status for status, groups in _TABLE.items() for states in groups.values() for state in states}
)
"""The status of every training state."""

GROUP_OF: Final[Mapping[TrainingState, StatusGroup]] = MappingProxyType(
    {state: group for groups in _TABLE.values() for group, states in groups.items() for state in states}
)
"""The group of every training state; all states of a group have one status."""

GONE: Final = frozenset({StatusGroup.WITHDRAWN, StatusGroup.MOVED_ON})
"""The groups of participants who are no longer involved: their rows leave view some months later (statuses.md 3)."""


def status_of(state: TrainingState) -> Status:
    """The status of a training state (statuses.md 2)."""
    return STATUS_OF[state]


def shows_trn(facts: TrainingFacts) -> bool:
    """Whether a TRN is shown: it is validated, and the department has finished its checks.

    While it checks, no TRN is shown, because a TRN that some of the states of `StatusGroup.CHECKING` show would tell
    which one it is. That is so in every other status too behind which a check goes on: else a TRN that comes back with
    the next status would tell it afterwards. Source: statuses.md, *What the sentences may tell*.
    """
    answer = checks_answer(facts)
    return facts.trn_validated and (answer is None or GROUP_OF[answer] is not StatusGroup.CHECKING)
