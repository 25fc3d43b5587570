"""A change waits for a second support user: it is written with its one event of the audit log (service rule 4)."""

from datetime import datetime
from uuid import uuid4

from attrs import evolve

from checkdata.domain.access.decision import Acting, decide
from checkdata.domain.access.proposals import PROPOSAL_LIVES, NewAddress, Proposal, ProposalId, ProposedChange
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.people.organisations import Role, SupportTeam
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.access_changes import AccessChange
from checkdata.domain.values import UserId, london_date


def propose(
    work: UnitOfWork, proposed: ProposedChange, basis: FormDigest, by: UserId, change: AccessChange
) -> Proposal:
    """Write a proposal, which changes nothing yet."""
    proposal = Proposal(
        id=ProposalId(uuid4().hex),
        change=proposed,
        basis=basis,
        reason=change.reason.strip(),
        proposed_by=by,
        proposed_at=change.at,
        expires_at=change.at + PROPOSAL_LIVES,
    )
    work.proposals.add(proposal)
    work.audit.record(proposal_event(AuditKind.CHANGE_PROPOSED, proposal, change))
    return proposal


def known_proposal(work: UnitOfWork, proposal_id: ProposalId) -> Proposal:
    """The proposal with this id; `ChangeRefused` if there is none."""
    proposal = work.proposals.get(proposal_id)
    if proposal is None:
        raise ChangeRefused("There is no such proposal.")
    return proposal


def is_support(work: UnitOfWork, user_id: UserId, at: datetime) -> bool:
    """Whether the user may act as support now."""
    return bool(decide(Acting(user_id, SupportTeam()), work.users.facts(user_id), on=london_date(at)))


def proposal_event(kind: AuditKind, proposal: Proposal, change: AccessChange) -> AuditEvent:
    """The event of a step of a proposal."""
    event = AuditEvent(
        kind=kind,
        at=change.at,
        actor=change.by,
        details={"reason": change.reason.strip(), "proposal_id": proposal.id},
    )
    match proposal.change:
        case NewAddress(user_id=user_id):
            return evolve(event, subject=user_id)
        case agreement:
            return evolve(event, role=Role.DELIVERY_PARTNER, organisation_id=agreement.delivery_partner_id)
