"""What the feed tells about a participant's training, as far as a status depends on it."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from types import NoneType
from typing import Final

from attrs import field, frozen

from checkdata.domain.checked_fields import of


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
    A wrong type is a `TypeError` that names the field: a word is no member, so that it would give another status.
    """

    role: ParticipantRole = field(validator=of(ParticipantRole))
    has_lead_provider: bool = field(validator=of(bool))
    has_trn: bool = field(validator=of(bool))
    trn_validated: bool = field(default=False, validator=of(bool))
    programme: Programme = field(default=Programme.FIP, validator=of(Programme))
    induction_status: InductionStatus = field(default=InductionStatus.ACTIVE, validator=of(InductionStatus))
    training_status: TrainingStatus = field(default=TrainingStatus.ACTIVE, validator=of(TrainingStatus))
    school_transfer: bool = field(default=False, validator=of(bool))
    starts_on: date = field(validator=of(date))
    ends_on: date | None = field(default=None, validator=of(date, NoneType))
    induction_started_on: date | None = field(default=None, validator=of(date, NoneType))
    induction_completed_on: date | None = field(default=None, validator=of(date, NoneType))
    details_given: DetailsGiven = field(default=DetailsGiven.NONE, validator=of(DetailsGiven))
    details_request: DetailsRequest | None = field(default=None, validator=of(DetailsRequest, NoneType))
    check_failed: bool = field(default=False, validator=of(bool))
    eligibility: Eligibility | None = field(default=None, validator=of(Eligibility, NoneType))
    eligibility_reason: EligibilityReason | None = field(default=None, validator=of(EligibilityReason, NoneType))
    mentees: Mentees = field(default=Mentees.NONE, validator=of(Mentees))
