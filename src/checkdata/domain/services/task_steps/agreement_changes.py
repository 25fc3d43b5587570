"""An agreement is added by hand, or its draft waits for a second support user (service rules 2 and 4)."""

from collections.abc import Sequence

from attrs import evolve

from checkdata.domain.access.drafts import widenings
from checkdata.domain.access.proposals import Proposal
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.access_changes import AccessChange
from checkdata.domain.services.task_steps.acting_user import only_once
from checkdata.domain.services.task_steps.agreement_versions import keep_version
from checkdata.domain.services.task_steps.proposals import propose


def add_or_propose(work: UnitOfWork, agreement: Agreement, change: AccessChange) -> Agreement | Proposal:
    """Add an agreement, or the draft of one that a support user may not add alone; an operator adds each."""
    work.organisations.change_agreements()
    if change.by is None or not widenings(agreement, agreements_between(work, agreement), change.today):
        return add_agreement(work, agreement, change)
    check_possible(work, agreement)
    waiting = (proposal.change for proposal in work.proposals.undecided() if proposal.waits(change.at))
    if any(isinstance(draft, Agreement) and evolve(draft, id=agreement.id) == agreement for draft in waiting):
        raise Overtaken("The same agreement already waits for a second support user.")
    return propose(work, agreement, _basis(work, agreement), change.by, change)


def take_draft(work: UnitOfWork, proposal: Proposal, agreement: Agreement, change: AccessChange) -> None:
    """Add an agreement whose draft was confirmed, if those between its parties are as they were when proposed."""
    work.organisations.change_agreements()
    check_unchanged(proposal.basis, _basis(work, agreement), "What the two parties have agreed")
    add_agreement(work, agreement, change)


def add_agreement(work: UnitOfWork, agreement: Agreement, change: AccessChange) -> Agreement:
    """Add an agreement; users who may see what it covers see it from the next request on."""
    check_possible(work, agreement)
    with only_once("The lead provider or the delivery partner is no longer known."):
        work.organisations.add_agreement(agreement)
    keep_version(work, agreement, change)
    work.audit.record(agreement_event(AuditKind.AGREEMENT_ADDED, agreement, change))
    return agreement


def agreements_between(work: UnitOfWork, agreement: Agreement) -> Sequence[Agreement]:
    """The agreements of the same two parties."""
    of_partner = work.organisations.agreements_of(agreement.delivery_partner_id)
    return [other for other in of_partner if other.lead_provider_id == agreement.lead_provider_id]


def agreement_event(kind: AuditKind, agreement: Agreement, change: AccessChange) -> AuditEvent:
    """The event of a change of an agreement."""
    details: dict[str, str | int | bool] = {
        "reason": change.reason.strip(),
        "agreement_id": agreement.id,
        "lead_provider_id": agreement.lead_provider_id,
        **change.details,
    }
    if agreement.ended_on is not None:
        details["ended_on"] = agreement.ended_on.isoformat()
    return AuditEvent(
        kind=kind,
        at=change.at,
        actor=change.by,
        role=Role.DELIVERY_PARTNER,
        organisation_id=agreement.delivery_partner_id,
        details=details,
    )


def check_possible(work: UnitOfWork, agreement: Agreement) -> None:
    """Refuse an agreement with a party that is not known, or one that is there already: its form was sent twice."""
    if work.organisations.lead_provider(agreement.lead_provider_id) is None:
        raise ChangeRefused("There is no lead provider with this id. Choose one from the feed.")
    if work.organisations.find(Role.DELIVERY_PARTNER, agreement.delivery_partner_id) is None:
        raise ChangeRefused("There is no delivery partner with this id. Choose one from the feed.")
    same = (evolve(known, id=agreement.id, added_by_hand=True) for known in agreements_between(work, agreement))
    if any(known == agreement for known in same):
        raise Overtaken("An agreement with the same days, years and participants already exists.")


def _basis(work: UnitOfWork, agreement: Agreement) -> FormDigest:
    """What the two parties have agreed, because it decides what the draft adds."""
    return form_digest(*agreements_between(work, agreement))
