"""Nominations in the words that users read: their states, who needs to act, and each step."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from checkdata.domain.nominations.next_step import NextActor, NextStep, Party
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.steps import NominationState, Step
from checkdata.domain.services.nominations.queue import NominationInDetail
from checkdata.domain.values import day_in_words
from checkdata.entrypoints.web.presentation.days_and_times import counted
from checkdata.entrypoints.web.presentation.names import with_role

STATE_NAMES: Final[Mapping[NominationState, str]] = {
    NominationState.RECEIVED: "Received",
    NominationState.ESCALATED: "Escalated to policy",
    NominationState.ASKED: "Lead provider asked",
    NominationState.CONFIRMED: "Confirmed",
    NominationState.DECLINED: "Declined",
    NominationState.GRANTED: "Access given",
    NominationState.WITHDRAWN: "Withdrawn",
    NominationState.EXPIRED: "Expired",
}

STATE_COLOURS: Final[Mapping[NominationState, str]] = {
    NominationState.RECEIVED: "blue",
    NominationState.ESCALATED: "purple",
    NominationState.ASKED: "yellow",
    NominationState.CONFIRMED: "teal",
    NominationState.DECLINED: "red",
    NominationState.GRANTED: "green",
    NominationState.WITHDRAWN: "grey",
    NominationState.EXPIRED: "grey",
}
"""The colour of the tag of each state."""

PARTY_NAMES: Final[Mapping[Party, str]] = {
    Party.SUPPORT: "Support",
    Party.POLICY: "Policy",
    Party.LEAD_PROVIDER: "Lead provider",
}

_MOVES: Final[Mapping[NextActor, str]] = {
    NextActor.ESCALATE: "Escalate to policy",
    NextActor.ASK: "Ask a lead provider",
    NextActor.ANSWER: "Record the lead provider’s answer",
    NextActor.ASK_AGAIN: "Ask a lead provider again: the one that was asked has no agreement in force",
    NextActor.DECIDE: "Ask a lead provider, or decide where none works with this body",
    NextActor.GRANT: "Give access",
}
_ANSWER_BY_LINK: Final = "Answer by the link in the email"
_OVERDUE: Final = "None: it waited too long"


@frozen(kw_only=True)
class StepTaken:
    """A step as the nomination's page shows it: what, when, by whom, and further details by their names."""

    title: str
    at: datetime
    who: str
    details: Mapping[str, str]


def nominee_in_words(nomination: Nomination) -> str:
    """Who is nominated, and for what."""
    nominee = nomination.nominee
    return f"{nominee.name}, {nominee.email}, for {with_role(nomination.organisation)}"


def next_step_in_words(following: NextStep | None, *, is_open: bool) -> str:
    """What has to be done next."""
    if following is None:
        return _OVERDUE if is_open else "None"
    by_link = following.move is NextActor.ANSWER and following.whose is Party.LEAD_PROVIDER
    return _ANSWER_BY_LINK if by_link else _MOVES[following.move]


def whose_move(following: NextStep | None) -> str:
    """The party that acts next; "" if there is none."""
    return "" if following is None else PARTY_NAMES[following.whose]


def age_in_words(age: timedelta) -> str:
    """For how many whole days something has waited."""
    return counted(age.days, "day", "days") if age.days else "Less than a day"


def steps_taken(found: NominationInDetail) -> Sequence[StepTaken]:
    """Every step, the newest first."""
    return [
        StepTaken(
            title="Name corrected" if step.former_name else STATE_NAMES[step.state],
            at=step.at,
            who=_who(step, found),
            details={name: text for name, text in _details(step, found).items() if text},
        )
        for step in reversed(found.queued.nomination.steps)
    ]


def _who(step: Step, found: NominationInDetail) -> str:
    if step.by is not None:
        return found.people.get(step.by, "A person who is no longer a user")
    answers = step.state in (NominationState.CONFIRMED, NominationState.DECLINED)
    return f"{step.contact}, by the link sent to them" if answers else "The service"


def _details(step: Step, found: NominationInDetail) -> Mapping[str, str]:
    asked = step.state is NominationState.ASKED
    lead_id = step.lead_provider_id
    by_link = asked and bool(step.contact)
    return {
        "Lead provider": "" if lead_id is None else found.lead_providers.get(lead_id, lead_id),
        "Asked by": "" if not asked else (f"a link sent to {step.contact}" if by_link else "policy, not by a link"),
        "Answered by": "" if asked or step.by is None else step.contact,
        "Answered on": "" if step.answered_on is None else day_in_words(step.answered_on),
        "Name before": step.former_name,
        "Reference": step.reference if step.by is not None else "",
        "Note": step.note,
    }
