"""Who is mailed when a nomination changes hands: the team that it waits for, and who made it (service rule 5)."""

from attrs import frozen

from checkdata.domain.messages import QueuedMessage
from checkdata.domain.nomination_messages import (
    NominationClosed,
    NominationConfirmed,
    NominationDeclined,
    NominationEscalated,
    NominationGranted,
    NominationReceived,
)
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.values import EmailAddress, london_date


@frozen(kw_only=True)
class TeamAddresses:
    """Where support and policy are mailed (settings); None where a team is not mailed."""

    support: EmailAddress | None = None
    policy: EmailAddress | None = None


def tell_team(work: UnitOfWork, nomination: Nomination, teams: TeamAddresses) -> None:
    """Mail the team that a nomination waits for since its newest step, unless that team took the step itself."""
    role, organisation, step = nomination.organisation.role, nomination.organisation.name, nomination.steps[-1]
    match step.state:
        case NominationState.RECEIVED if nomination.by_colleague and len(nomination.steps) == 1:
            _queue(work, teams.support, NominationReceived(role=role, organisation=organisation), nomination)
        case NominationState.ESCALATED:
            message = NominationEscalated(role=role, organisation=organisation, reference=step.reference)
            _queue(work, teams.policy, message, nomination)
        case NominationState.CONFIRMED if nomination.renews is None:
            _queue(work, teams.support, NominationConfirmed(role=role, organisation=organisation), nomination)


def tell_nominator(work: UnitOfWork, nomination: Nomination) -> None:
    """Mail how a nomination ended to who made it, unless they ended it; nobody made one that renews access."""
    message = _ending(nomination)
    if message is None or nomination.renews is not None:
        return
    by = nomination.steps[-1].by
    acting = None if by is None else work.users.get(by)
    ended_it = acting is not None and nomination.nominated_by in acting.addresses
    if not ended_it and _may_learn(work, nomination):
        _queue(work, nomination.nominated_by, message, nomination)


def _may_learn(work: UnitOfWork, nomination: Nomination) -> bool:
    """Whether a colleague who nominated still has access; who wrote to support by mail needs none."""
    if not nomination.by_colleague:
        return True
    user = work.users.with_email(nomination.nominated_by)
    if user is None or user.suspended:
        return False
    today = london_date(nomination.steps[-1].at)
    grants = work.users.grants_of(user.id)
    return any(grant.organisation == nomination.organisation and grant.active(today) for grant in grants)


def _ending(nomination: Nomination) -> QueuedMessage | None:
    role, organisation, nominee = nomination.organisation.role, nomination.organisation.name, nomination.nominee.name
    match nomination.state:
        case NominationState.GRANTED:
            return NominationGranted(nominee=nominee, role=role, organisation=organisation)
        case NominationState.DECLINED:
            return NominationDeclined(nominee=nominee, role=role, organisation=organisation)
        case NominationState.WITHDRAWN | NominationState.EXPIRED as state:
            expired = state is NominationState.EXPIRED
            return NominationClosed(nominee=nominee, role=role, organisation=organisation, expired=expired)
        case _:
            return None


def _queue(work: UnitOfWork, to: EmailAddress | None, message: QueuedMessage, nomination: Nomination) -> None:
    if to is not None:
        work.outbox.queue(to, message, nomination.steps[-1].at)
