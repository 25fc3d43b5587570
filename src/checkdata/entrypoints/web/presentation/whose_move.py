"""Whose move it is about a participant, what the move is, and whom to ask if something is wrong.

Like the sentence of a status, these tell the group of the state and nothing finer (statuses.md 2, security.md 45).
"""

from typing import Final

from checkdata.domain.listing.labels import TO_DO
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Role
from checkdata.domain.training.statuses import StatusGroup
from checkdata.domain.training.who_acts import WHO_ACTS, WhoActs
from checkdata.entrypoints.web.presentation.statuses import MOVERS

_CHANGED_BY_LEAD_PROVIDERS: Final = {StatusGroup.DEFERRED, StatusGroup.WITHDRAWN, StatusGroup.MOVED_ON}

_IN_MANAGE_ECTS: Final = "The school’s induction tutor can correct a name, an email address or a TRN in Manage ECTs."


def move_in_words(group: StatusGroup, role: Role) -> str:
    """Who needs to act and how, as a user in this role reads it at the top of a participant's page."""
    who = WHO_ACTS[group]
    if who is WhoActs.NOBODY:
        return "No one needs to act."
    if who is WhoActs.APPROPRIATE_BODY and role is Role.APPROPRIATE_BODY:
        return f"You need to act: {_to_do(group)}."
    mover = MOVERS[who]
    return f"{mover[0].upper()}{mover[1:]} needs to act: {_to_do(group)}."


def _to_do(group: StatusGroup) -> str:
    words = TO_DO[group]
    return f"{words[0].lower()}{words[1:]}"


def if_something_is_wrong(listed: ListedParticipant, role: Role) -> str:
    """Whom to ask, by who needs to act, and by whether this user sees a lead provider of theirs."""
    who = WHO_ACTS[listed.group]
    if role is not Role.APPROPRIATE_BODY:
        return _said_to_partners(listed, who)
    if who is WhoActs.APPROPRIATE_BODY:
        return f"If you have registered it already, you will see that here after a later load. {_IN_MANAGE_ECTS}"
    return f"Ask their school. {_IN_MANAGE_ECTS}"


def _said_to_partners(listed: ListedParticipant, who: WhoActs) -> str:
    lead = listed.lead_provider
    if who is WhoActs.DFE:
        return f"You do not need to do anything while DfE checks. {_IN_MANAGE_ECTS}"
    if who in (WhoActs.SCHOOL, WhoActs.APPROPRIATE_BODY):
        then = f" If their training is wrong, ask {lead}." if lead else ""
        return f"Ask the school first. {_IN_MANAGE_ECTS}{then}"
    if not lead:
        return f"No lead provider is confirmed, so ask the school. {_IN_MANAGE_ECTS}"
    if listed.group in _CHANGED_BY_LEAD_PROVIDERS:
        return f"Ask {lead}, their lead provider, who tells DfE when training is deferred, ends, restarts or moves."
    return f"Ask {lead}, their lead provider, who can put it right."
