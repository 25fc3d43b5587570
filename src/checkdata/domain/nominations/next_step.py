"""What a nomination waits for, and who takes that step."""

from collections.abc import Collection
from datetime import datetime
from enum import Enum

from attrs import frozen

from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.people.organisations import Agreement, AppropriateBody
from checkdata.domain.values import london_date


class Party(Enum):
    """The party that takes it."""

    SUPPORT = "support"
    POLICY = "policy"
    LEAD_PROVIDER = "lead_provider"


class NextActor(Enum):
    """The next step: escalate it, ask a lead provider, answer, ask again, decide, or grant.

    ASK_AGAIN means that the lead provider asked no longer has an agreement in force, so its answer does not count.
    DECIDE is about an appropriate body's user: policy asks the lead provider that works with the body, or decides
    where there is none.
    """

    ESCALATE = "escalate"
    ASK = "ask"
    ANSWER = "answer"
    ASK_AGAIN = "ask_again"
    DECIDE = "decide"
    GRANT = "grant"


@frozen
class NextStep:
    """The next step, and who takes it."""

    move: NextActor
    whose: Party


def next_step(nomination: Nomination, agreements: Collection[Agreement], at: datetime) -> NextStep | None:
    """The next step and who takes it; None if there is none."""
    if not nomination.is_open or nomination.is_overdue(at):
        return None
    today = london_date(at)
    match nomination.state:
        case NominationState.RECEIVED:
            return NextStep(NextActor.ESCALATE, Party.SUPPORT)
        case NominationState.ESCALATED:
            by_policy = isinstance(nomination.organisation, AppropriateBody)
            return NextStep(NextActor.DECIDE if by_policy else NextActor.ASK, Party.POLICY)
        case NominationState.ASKED if nomination.may_vouch(nomination.asked_of, agreements, today):
            return NextStep(NextActor.ANSWER, Party.LEAD_PROVIDER if nomination.steps[-1].contact else Party.POLICY)
        case NominationState.CONFIRMED if nomination.confirmation_counts(agreements, today):
            return NextStep(NextActor.GRANT, Party.SUPPORT)
        case _:
            return NextStep(NextActor.ASK_AGAIN, Party.POLICY)
