"""Check data for delivery partners: who may see which participant, as a library.

What is named here needs only attrs; adapters and entrypoints come with the extras.
"""

from datetime import UTC, date, datetime

from checkdata.domain.access.decision import (
    AccessFacts,
    AccessRefused,
    Acting,
    Decision,
    Granted,
    Reason,
    Refused,
    available,
    decide,
    require,
    scope_of,
)
from checkdata.domain.access.explanation import Explanation, explain
from checkdata.domain.access.scope import Scope
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

__all__ = [
    "AccessFacts",
    "AccessRefused",
    "Acting",
    "Agreement",
    "AppropriateBody",
    "Decision",
    "DeliveryPartner",
    "EmailAddress",
    "Explanation",
    "Grant",
    "Granted",
    "LeadProvider",
    "LeadProviderId",
    "Organisation",
    "ParticipantId",
    "PolicyTeam",
    "Reason",
    "Refused",
    "RelatedService",
    "Role",
    "School",
    "Scope",
    "SupportTeam",
    "User",
    "UserId",
    "available",
    "decide",
    "explain",
    "london_today",
    "require",
    "scope_of",
    "search_key",
]


def london_today() -> date:
    """The day in London now: what ``on`` is for a user who asks now, wherever the process runs."""
    return london_date(datetime.now(UTC))
