"""The eight statuses that users see of a participant, and what a sentence about one may tell.

Source: statuses.md, section 2. `checkdata.domain.training_states` finds the state; here each state
has its group and, through it, its status, so that a group never spans two statuses.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, Self

from checkdata.domain.training_states import TrainingState


class Status(Enum):
    """What a user sees of a participant's training, in the order of the filter.

    The value is the slug. ``label`` is what delivery partners and downloads call it,
    ``label_for_appropriate_body`` what appropriate bodies do (statuses.md, end of section 3).
    """

    _value_: str
    label: str
    label_for_appropriate_body: str

    def __new__(cls, slug: str, label: str, label_for_appropriate_body: str = "") -> Self:
        """Take the slug as the value, so that ``Status("checking_qts")`` finds the status."""
        status = object.__new__(cls)
        status._value_ = slug
        status.label = label
        status.label_for_appropriate_body = label_for_appropriate_body or label
        return status

    CONTACTED_FOR_INFORMATION = ("contacted_for_information", "Contacted for information")
    DFE_CHECKING_ELIGIBILITY = (
        "dfe_checking_eligibility",
        "DfE checking eligibility",
        "No induction registered",
    )
    NOT_ELIGIBLE_FOR_FUNDED_TRAINING = (
        "not_eligible_for_funded_training",
        "Not eligible for funded training",
    )
    CHECKING_QTS = ("checking_qts", "Checking QTS")
    TRAINING_OR_ELIGIBLE_FOR_TRAINING = (
        "training_or_eligible_for_training",
        "Training or eligible for training",
        "Induction confirmed",
    )
    PARTICIPANT_DEFERRED = ("participant_deferred", "Participant deferred")
    NO_LONGER_BEING_TRAINED = (
        "no_longer_being_trained",
        "No longer being trained",
        "ECT not currently linked to you",
    )
    INDUCTION_COMPLETED = ("induction_completed", "Induction completed")


class StatusGroup(Enum):
    """States that one sentence explains; the finest distinction that a partner or a body may learn.

    Nothing given to them (page, download, history, time, order, explanation) may differ between
    two states of a group, and a change within a group is no change. ``status`` is the status of
    all its states. A sentence may also depend on the participant's role, which its reader sees
    anyway: a mentor's `WITHDRAWN` reads otherwise than an ECT's. Source: statuses.md, *What the
    sentences may tell*; `NOT_REGISTERED`, which it does not name, stands by itself.
    """

    _value_: str
    status: Status

    def __new__(cls, slug: str, status: Status) -> Self:
        """Take the slug as the value, which is what storage keeps."""
        group = object.__new__(cls)
        group._value_ = slug
        group.status = status
        return group

    CONTACTED = ("contacted", Status.CONTACTED_FOR_INFORMATION)
    CHECKING = ("checking", Status.DFE_CHECKING_ELIGIBILITY)
    RECORD_NOT_FOUND = ("record_not_found", Status.DFE_CHECKING_ELIGIBILITY)
    NO_INDUCTION_START = ("no_induction_start", Status.DFE_CHECKING_ELIGIBILITY)
    NOT_ELIGIBLE = ("not_eligible", Status.NOT_ELIGIBLE_FOR_FUNDED_TRAINING)
    PREVIOUS_INDUCTION = ("previous_induction", Status.NOT_ELIGIBLE_FOR_FUNDED_TRAINING)
    NOT_QUALIFIED = ("not_qualified", Status.CHECKING_QTS)
    REGISTERED = ("registered", Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING)
    ACTIVE = ("active", Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING)
    MENTORING = ("mentoring", Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING)
    JOINING = ("joining", Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING)
    LEAVING = ("leaving", Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING)
    DEFERRED = ("deferred", Status.PARTICIPANT_DEFERRED)
    WITHDRAWN = ("withdrawn", Status.NO_LONGER_BEING_TRAINED)
    MOVED_ON = ("moved_on", Status.NO_LONGER_BEING_TRAINED)
    NOT_REGISTERED = ("not_registered", Status.NO_LONGER_BEING_TRAINED)
    COMPLETED = ("completed", Status.INDUCTION_COMPLETED)


GROUP_OF: Final[Mapping[TrainingState, StatusGroup]] = MappingProxyType(
    {
        TrainingState.VALIDATION_NOT_STARTED: StatusGroup.CONTACTED,
        TrainingState.REQUEST_FOR_DETAILS_SUBMITTED: StatusGroup.CONTACTED,
        TrainingState.REQUEST_FOR_DETAILS_DELIVERED: StatusGroup.CONTACTED,
        TrainingState.REQUEST_FOR_DETAILS_FAILED: StatusGroup.CONTACTED,
        TrainingState.CHECKS_NOT_COMPLETE: StatusGroup.CHECKING,
        TrainingState.DIFFERENT_TRN: StatusGroup.CHECKING,
        TrainingState.INTERNAL_ERROR: StatusGroup.CHECKING,
        TrainingState.ACTIVE_FLAGS: StatusGroup.CHECKING,
        TrainingState.TRA_RECORD_NOT_FOUND: StatusGroup.RECORD_NOT_FOUND,
        TrainingState.NO_INDUCTION_START: StatusGroup.NO_INDUCTION_START,
        TrainingState.NOT_ALLOWED: StatusGroup.NOT_ELIGIBLE,
        TrainingState.DUPLICATE_PROFILE: StatusGroup.NOT_ELIGIBLE,
        TrainingState.EXEMPT_FROM_INDUCTION: StatusGroup.NOT_ELIGIBLE,
        TrainingState.ACTIVE_MENTORING_ERO: StatusGroup.NOT_ELIGIBLE,
        TrainingState.NOT_YET_MENTORING_ERO: StatusGroup.NOT_ELIGIBLE,
        TrainingState.PREVIOUS_INDUCTION: StatusGroup.PREVIOUS_INDUCTION,
        TrainingState.NOT_QUALIFIED: StatusGroup.NOT_QUALIFIED,
        TrainingState.REGISTERED_FOR_FIP_NO_PARTNER: StatusGroup.REGISTERED,
        TrainingState.REGISTERED_FOR_FIP_TRAINING: StatusGroup.REGISTERED,
        TrainingState.REGISTERED_FOR_CIP_TRAINING: StatusGroup.REGISTERED,
        TrainingState.REGISTERED_FOR_DIY_TRAINING: StatusGroup.REGISTERED,
        TrainingState.ACTIVE_FIP_TRAINING: StatusGroup.ACTIVE,
        TrainingState.ACTIVE_CIP_TRAINING: StatusGroup.ACTIVE,
        TrainingState.ACTIVE_DIY_TRAINING: StatusGroup.ACTIVE,
        TrainingState.ACTIVE_MENTORING: StatusGroup.MENTORING,
        TrainingState.NOT_YET_MENTORING: StatusGroup.MENTORING,
        TrainingState.JOINING: StatusGroup.JOINING,
        TrainingState.LEAVING: StatusGroup.LEAVING,
        TrainingState.DEFERRED_TRAINING: StatusGroup.DEFERRED,
        TrainingState.WITHDRAWN_TRAINING: StatusGroup.WITHDRAWN,
        TrainingState.WITHDRAWN_PROGRAMME: StatusGroup.WITHDRAWN,
        TrainingState.NO_LONGER_INVOLVED: StatusGroup.MOVED_ON,
        TrainingState.LEFT: StatusGroup.MOVED_ON,
        TrainingState.NOT_REGISTERED_FOR_TRAINING: StatusGroup.NOT_REGISTERED,
        TrainingState.COMPLETED_TRAINING: StatusGroup.COMPLETED,
    }
)
"""The group of every training state."""

STATUS_OF: Final[Mapping[TrainingState, Status]] = MappingProxyType(
    {state: group.status for state, group in GROUP_OF.items()}
)
"""The status of every training state."""
