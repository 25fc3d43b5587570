"""Check data for delivery partners: who may see which participant, as a library.

What is named here needs only attrs, and is loaded when it is first used where `decide` does not need it. Scopes are
translated by `checkdata.sql`, `checkdata.raw_sql`, `checkdata.django` and `checkdata.predicates`, and sent by
`checkdata.json`; `checkdata.ports` and `checkdata.testing` are for adapters of other teams, and `checkdata.web` has the
pages. All else is private.
"""

from datetime import UTC, date, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Final

from checkdata.domain.access.decision import (
    AccessFacts,
    AccessRefused,
    Acting,
    Decision,
    Finding,
    Granted,
    Reason,
    Refused,
    available,
    decide,
    require,
    scope_of,
)
from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.errors import CheckdataError, InvalidValue
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    LeadProvider,
    Organisation,
    PolicyTeam,
    RelatedService,
    Role,
    School,
    SupportTeam,
)
from checkdata.domain.people.users import Grant, LapseReason, LapseWarning, SecondAddress, User
from checkdata.domain.values import (
    EmailAddress,
    LeadProviderId,
    ParticipantId,
    RecordId,
    UserId,
    london_date,
    search_key,
)

if TYPE_CHECKING:
    from checkdata.domain.access.explanation import Explanation, explain
    from checkdata.domain.listing.rows import ListedParticipant
    from checkdata.domain.reconciliation.close_names import Similarity
    from checkdata.domain.reconciliation.reconcile import Reconciliation, reconcile
    from checkdata.domain.reconciliation.time_limit import TimeLimit
    from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList, UploadedRow
    from checkdata.domain.training.facts import (
        DetailsGiven,
        DetailsRequest,
        Eligibility,
        EligibilityReason,
        InductionStatus,
        InductionType,
        Mentees,
        ParticipantRole,
        Programme,
        TrainingFacts,
        TrainingStatus,
    )
    from checkdata.domain.training.records import Choice, Partnership, TrainingRecord, choose_record
    from checkdata.domain.training.states import TrainingState, training_state
    from checkdata.domain.training.statuses import Status, StatusGroup, status_of
    from checkdata.domain.training.who_acts import WhoActs

__version__: Final = "1.0.0"

__all__ = [
    "AccessFacts",
    "AccessRefused",
    "Acting",
    "Agreement",
    "AppropriateBody",
    "CheckdataError",
    "Choice",
    "ChosenColumns",
    "Decision",
    "DeliveryPartner",
    "DetailsGiven",
    "DetailsRequest",
    "Eligibility",
    "EligibilityReason",
    "EmailAddress",
    "Explanation",
    "Finding",
    "Grant",
    "Granted",
    "InductionStatus",
    "InductionType",
    "InvalidValue",
    "LapseReason",
    "LapseWarning",
    "LeadProvider",
    "LeadProviderId",
    "ListedParticipant",
    "Mentees",
    "Organisation",
    "ParticipantId",
    "ParticipantRole",
    "Partnership",
    "PolicyTeam",
    "Programme",
    "Reason",
    "Reconciliation",
    "RecordId",
    "Refused",
    "RelatedService",
    "Role",
    "School",
    "Scope",
    "ScopeRule",
    "SecondAddress",
    "Similarity",
    "Status",
    "StatusGroup",
    "SupportTeam",
    "TimeLimit",
    "TrainingFacts",
    "TrainingRecord",
    "TrainingState",
    "TrainingStatus",
    "UploadedList",
    "UploadedRow",
    "User",
    "UserId",
    "WhoActs",
    "__version__",
    "available",
    "choose_record",
    "decide",
    "explain",
    "london_today",
    "reconcile",
    "require",
    "scope_of",
    "search_key",
    "status_of",
    "training_state",
]

_LOADED_LATER: Final = {
    "Choice": "training.records",
    "ChosenColumns": "reconciliation.uploaded_list",
    "DetailsGiven": "training.facts",
    "DetailsRequest": "training.facts",
    "Eligibility": "training.facts",
    "EligibilityReason": "training.facts",
    "Explanation": "access.explanation",
    "InductionStatus": "training.facts",
    "InductionType": "training.facts",
    "ListedParticipant": "listing.rows",
    "Mentees": "training.facts",
    "ParticipantRole": "training.facts",
    "Partnership": "training.records",
    "Programme": "training.facts",
    "Reconciliation": "reconciliation.reconcile",
    "Similarity": "reconciliation.close_names",
    "Status": "training.statuses",
    "StatusGroup": "training.statuses",
    "TimeLimit": "reconciliation.time_limit",
    "TrainingFacts": "training.facts",
    "TrainingRecord": "training.records",
    "TrainingState": "training.states",
    "TrainingStatus": "training.facts",
    "UploadedList": "reconciliation.uploaded_list",
    "UploadedRow": "reconciliation.uploaded_list",
    "WhoActs": "training.who_acts",
    "choose_record": "training.records",
    "explain": "access.explanation",
    "reconcile": "reconciliation.reconcile",
    "status_of": "training.statuses",
    "training_state": "training.states",
}

if not TYPE_CHECKING:

    def __getattr__(name):  # noqa: ANN001, ANN202 - types are those of the imports above
        if name not in _LOADED_LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.domain.{_LOADED_LATER[name]}"), name)


def london_today() -> date:
    """The day in London now: what ``on`` is for a user who asks now, wherever the process runs."""
    return london_date(datetime.now(UTC))
