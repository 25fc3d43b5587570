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
from checkdata.domain.people.users import Grant, User
from checkdata.domain.values import EmailAddress, LeadProviderId, ParticipantId, UserId, london_date, search_key

if TYPE_CHECKING:
    from checkdata.domain.access.explanation import Explanation, explain
    from checkdata.domain.reconciliation.reconcile import Reconciliation, reconcile
    from checkdata.domain.training.facts import TrainingFacts
    from checkdata.domain.training.records import Choice, TrainingRecord, choose_record
    from checkdata.domain.training.states import TrainingState, training_state
    from checkdata.domain.training.statuses import Status, status_of

__version__: Final = "0.1.0"

__all__ = [
    "AccessFacts",
    "AccessRefused",
    "Acting",
    "Agreement",
    "AppropriateBody",
    "CheckdataError",
    "Choice",
    "Decision",
    "DeliveryPartner",
    "EmailAddress",
    "Explanation",
    "Finding",
    "Grant",
    "Granted",
    "InvalidValue",
    "LeadProvider",
    "LeadProviderId",
    "Organisation",
    "ParticipantId",
    "PolicyTeam",
    "Reason",
    "Reconciliation",
    "Refused",
    "RelatedService",
    "Role",
    "School",
    "Scope",
    "ScopeRule",
    "Status",
    "SupportTeam",
    "TrainingFacts",
    "TrainingRecord",
    "TrainingState",
    "User",
    "UserId",
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
    "Explanation": "access.explanation",
    "Reconciliation": "reconciliation.reconcile",
    "Status": "training.statuses",
    "TrainingFacts": "training.facts",
    "TrainingRecord": "training.records",
    "TrainingState": "training.states",
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
