"""The rows of a Manage ECTs feed, one class a file; the fields are the columns, in order.

Words and shapes are those of the feed's contract. `None` and `""` are blank cells.
"""

from datetime import date
from typing import Literal, NamedTuple

Flag = Literal["true", "false"]
Role = Literal["ect", "mentor"]
Programme = Literal["fip", "cip", "diy", "other"]
Partnership = Literal["", "confirmed", "pending", "challenged"]
InductionStatus = Literal["active", "changed", "leaving", "completed", "withdrawn"]
TrainingStatus = Literal["active", "deferred", "withdrawn"]
Eligibility = Literal["", "eligible", "matched", "ineligible", "manual_check"]
EligibilityReason = Literal[
    "",
    "active_flags",
    "different_trn",
    "no_qts",
    "no_induction",
    "duplicate_profile",
    "exempt_from_induction",
    "previous_induction",
    "previous_participation",
]
TeacherInduction = Literal["", "required", "in_progress", "passed", "failed", "exempt"]


class LeadProviderRow(NamedTuple):
    """A line of `lead_providers.csv`."""

    lead_provider_id: str
    name: str
    contact_email: str


class DeliveryPartnerRow(NamedTuple):
    """A line of `delivery_partners.csv`."""

    delivery_partner_id: str
    name: str


class AppropriateBodyRow(NamedTuple):
    """A line of `appropriate_bodies.csv`."""

    appropriate_body_id: str
    name: str


class SchoolRow(NamedTuple):
    """A line of `schools.csv`."""

    urn: str
    name: str


class AgreementRow(NamedTuple):
    """A line of `agreements.csv`: both dates are days on which it is in force."""

    agreement_id: str
    lead_provider_id: str
    delivery_partner_id: str
    starts_on: date
    ends_on: date | None = None
    first_academic_year: int | None = None
    last_academic_year: int | None = None
    covers_unconfirmed: Flag = "true"


class TrainingRow(NamedTuple):
    """A line of `training_records.csv`: a participant's stretch of training through one school."""

    record_id: str
    participant_id: str
    role: Role
    full_name: str
    email: str
    academic_year: int
    starts_on: date
    updated_at: str = ""
    school_urn: str = ""
    lead_provider_id: str = ""
    delivery_partner_id: str = ""
    appropriate_body_id: str = ""
    partnership: Partnership = ""
    programme: Programme = "fip"
    induction_tutor_email: str = ""
    date_of_birth: date | None = None
    trn: str = ""
    trn_validated: Flag | Literal[""] = ""
    induction_status: InductionStatus = "active"
    training_status: TrainingStatus = "active"
    school_transfer: Flag = "false"
    ends_on: date | None = None
    induction_started_on: date | None = None
    induction_completed_on: date | None = None
    details_given: Literal["none", "without_trn", "with_trn"] = "none"
    details_request: Literal["", "submitted", "delivered", "failed"] = ""
    check_failed: Flag = "false"
    eligibility: Eligibility = ""
    eligibility_reason: EligibilityReason = ""
    mentees: Literal["none", "former", "current"] = "none"


class TeacherRow(NamedTuple):
    """A line of `teacher_records.csv`, the extract of the DQT; a TRN has one."""

    trn: str
    full_name: str
    date_of_birth: date
    qts_awarded_on: date | None
    induction_started_on: date | None
    induction_completed_on: date | None
    induction_status: TeacherInduction
    active_alert: Flag = "false"


Row = LeadProviderRow | DeliveryPartnerRow | AppropriateBodyRow | SchoolRow | AgreementRow | TrainingRow | TeacherRow
