"""What the feed tells about a participant's training, as far as a status depends on it."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Final

from attrs import frozen


class ParticipantRole(Enum):
    """The role in which a participant is trained; one person in two roles is two participants."""

    ECT = "ect"
    MENTOR = "mentor"


class Programme(Enum):
    """How the school has its people trained: provider-led (fip), school-led (cip, diy) or else."""

    FIP = "fip"
    CIP = "cip"
    DIY = "diy"
    OTHER = "other"


class InductionType(Enum):
    """How an appropriate body sees who provides the training."""

    PROVIDER_LED = "provider_led"
    SCHOOL_LED = "school_led"
    OTHER = "other"


INDUCTION_TYPE_OF: Final[Mapping[Programme, InductionType]] = {
    Programme.FIP: InductionType.PROVIDER_LED,
    Programme.CIP: InductionType.SCHOOL_LED,
    Programme.DIY: InductionType.SCHOOL_LED,
    Programme.OTHER: InductionType.OTHER,
}
"""The induction type of every programme."""


class InductionStatus(Enum):
    """What the school tells about this stretch of induction."""

    ACTIVE = "active"
    CHANGED = "changed"
    LEAVING = "leaving"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class TrainingStatus(Enum):
    """What the lead provider tells about the training."""

    ACTIVE = "active"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"


class DetailsGiven(Enum):
    """What the participant gave for the check of their teacher record."""

    NONE = "none"
    WITHOUT_TRN = "without_trn"
    WITH_TRN = "with_trn"


class DetailsRequest(Enum):
    """What became of the newest e-mail that asked the participant for those details."""

    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    FAILED = "failed"


class Eligibility(Enum):
    """What the department decided about the participant's eligibility."""

    ELIGIBLE = "eligible"
    MATCHED = "matched"
    INELIGIBLE = "ineligible"
    MANUAL_CHECK = "manual_check"


class EligibilityReason(Enum):
    """Why it decided so."""

    ACTIVE_FLAGS = "active_flags"
    DIFFERENT_TRN = "different_trn"
    NO_QTS = "no_qts"
    NO_INDUCTION = "no_induction"
    DUPLICATE_PROFILE = "duplicate_profile"
    EXEMPT_FROM_INDUCTION = "exempt_from_induction"
    PREVIOUS_INDUCTION = "previous_induction"
    PREVIOUS_PARTICIPATION = "previous_participation"


class Mentees(Enum):
    """Whether a mentor has ECTs to look after, or had."""

    NONE = "none"
    FORMER = "former"
    CURRENT = "current"


@frozen(kw_only=True)
class TrainingFacts:
    """The columns of a training record on which its status depends; feed.md says what each means.

    Enums hold the feed's words, and None stands for a blank cell. ``has_lead_provider`` and
    ``has_trn`` tell whether those cells are filled; ``ends_on`` is the last day. What has no
    default is required in the feed. Equal facts hash alike, so that an import may keep its answers.
    """

    role: ParticipantRole
    has_lead_provider: bool
    has_trn: bool
    trn_validated: bool = False
    programme: Programme = Programme.FIP
    induction_status: InductionStatus = InductionStatus.ACTIVE
    training_status: TrainingStatus = TrainingStatus.ACTIVE
    school_transfer: bool = False
    starts_on: date
    ends_on: date | None = None
    induction_started_on: date | None = None
    induction_completed_on: date | None = None
    details_given: DetailsGiven = DetailsGiven.NONE
    details_request: DetailsRequest | None = None
    check_failed: bool = False
    eligibility: Eligibility | None = None
    eligibility_reason: EligibilityReason | None = None
    mentees: Mentees = Mentees.NONE
