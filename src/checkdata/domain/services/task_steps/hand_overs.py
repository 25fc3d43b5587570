"""Who is mailed when a nomination changes hands: the team that it waits for, and who made it (service rule 5)."""

from attrs import frozen

from checkdata.domain.messages import (
    NominationClosed,
    NominationConfirmed,
    NominationDeclined,
    NominationEscalated,
    NominationGranted,
    NominationReceived,
    QueuedMessage,
)
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.values import EmailAddress


@frozen(kw_only=True)
class TeamAddresses:
    """Where support and policy are mailed (settings); None where a team is not mailed."""

    support: EmailAddress | None = None
    policy: EmailAddress | None = None


def tell_team(work: UnitOfWork, nomination: Nomination, teams: TeamAddresses) -> None:
    """Mail the team that a nomination waits for since its newest step, unless that team took the step itself."""
    role, organisation, step = nomination.organisation.role, nomination.organisation.name, nomination.steps[-1]
    match step.state:
        case NominationState.RECEIVED if nomination.by_colleague:
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
    if acting is None or nomination.nominated_by not in acting.addresses:
        _queue(work, nomination.nominated_by, message, nomination)


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
