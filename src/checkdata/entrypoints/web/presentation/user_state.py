"""The state of a user in the sentences with which their page begins."""

from collections.abc import Sequence

from checkdata.domain.access.decision import Refused
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, RelatedService
from checkdata.domain.services.access.state_of_users import RoleState, UserState
from checkdata.domain.values import day_in_words, london_date
from checkdata.entrypoints.web.presentation.days_and_times import counted
from checkdata.entrypoints.web.presentation.names import with_role


def state_in_words(state: UserState) -> Sequence[str]:
    """What a user sees, a sentence for each organisation; first what keeps them from signing in."""
    told = [_suspension(state)] if state.suspended else []
    if state.bounced_at is not None:
        told.append(f"Cannot sign in: email to them bounced on {day_in_words(london_date(state.bounced_at))}")
    if state.suspended:
        return told
    return [*told, *map(_role, state.roles)] if state.roles else [*told, _no_access(state)]


def _suspension(state: UserState) -> str:
    if state.suspended_at is None:
        return "Suspended: sees nothing and cannot sign in"
    since = day_in_words(london_date(state.suspended_at))
    return f"Suspended since {since}: sees nothing and cannot sign in"


def _no_access(state: UserState) -> str:
    if state.access_ended_on is None:
        return "Sees nothing: they have no access"
    return f"Sees nothing: their access ended on {day_in_words(state.access_ended_on)}"


def _role(role: RoleState) -> str:
    named = with_role(role.organisation)
    if isinstance(role.decision, Refused):
        return f"Sees nothing of {named}: {_no_agreement(role)}"
    match role.organisation:
        case DeliveryPartner():
            return f"Sees {counted(role.participants, 'participant', 'participants')} of {named}"
        case AppropriateBody():
            return f"Sees {counted(role.participants, 'early career teacher', 'early career teachers')} of {named}"
        case RelatedService():
            return f"Is handed over to {role.organisation.name}, and sees no participants here"
        case _:
            return f"Works for the {named.lower()} team, and sees no participants"


def _no_agreement(role: RoleState) -> str:
    if role.agreement_ended_on is not None:
        return f"the agreement ended on {day_in_words(role.agreement_ended_on)}"
    if role.agreement_starts_on is not None:
        return f"the agreement starts on {day_in_words(role.agreement_starts_on)}"
    return "there is no agreement"
