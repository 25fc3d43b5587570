"""A second support user confirms or refuses what another one proposed (service rule 4)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from attrs import frozen

from checkdata.domain.access.drafts import Widening, widenings
from checkdata.domain.access.proposals import NewAddress, Proposal, ProposalId
from checkdata.domain.access.widening import WiderView
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged
from checkdata.domain.people.addresses import AddressDifference, difference
from checkdata.domain.people.organisations import Agreement, DeliveryPartner, LeadProvider, Organisation, Role
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.access_changes import AccessChange, active_grants, check_support
from checkdata.domain.services.task_steps.acting_user import only_once
from checkdata.domain.services.task_steps.address_changes import take_address
from checkdata.domain.services.task_steps.agreement_changes import agreements_between, take_draft
from checkdata.domain.services.task_steps.proposals import is_support, known_proposal, proposal_event
from checkdata.domain.services.task_steps.wider_access import widened_by
from checkdata.domain.values import UserId, london_date

Decide = Callable[[Proposal, UserId, datetime, str], Proposal]


@frozen(kw_only=True)
class AddressInDetail:
    """A new address: whose it is to be, and what differs in it.

    ``colleagues`` is how many other users of the same organisations have an address at its domain.
    """

    change: NewAddress
    user: User
    difference: AddressDifference | None
    colleagues: int


@frozen(kw_only=True)
class DraftInDetail:
    """The draft of an agreement: with which parties, and why it needs a second support user.

    ``widening`` is what users would newly see by it now, None if that is nothing.
    """

    agreement: Agreement
    lead_provider: LeadProvider
    delivery_partner: Organisation
    widens: tuple[Widening, ...]
    widening: WiderView | None


@frozen(kw_only=True)
class ProposalInDetail:
    """A proposal with what its page shows: whether it waits, and the names of those who took part in it."""

    proposal: Proposal
    waits: bool
    names: Mapping[UserId, str]
    about: AddressInDetail | DraftInDetail


@frozen(kw_only=True)
class ConfirmChanges:
    """What waits for a second support user; each step is one event of the audit log.

    ``by`` is the support user who acts. A method that changes something raises `ChangeRefused` with a sentence where
    the rules do not allow it, `Overtaken` where another user was faster, or what the proposal rests on has changed,
    `AccessRefused` where *by* is not a support user any more, and then changes nothing.
    """

    storage: Storage
    clock: Clock

    def waiting(self) -> Sequence[ProposalInDetail]:
        """What waits, the oldest first."""
        now = self.clock()
        with self.storage.reading() as work:
            return [_in_detail(work, proposal, now) for proposal in work.proposals.undecided() if proposal.waits(now)]

    def drafts(self) -> Sequence[ProposalInDetail]:
        """The drafts of agreements that wait, the oldest first."""
        return [found for found in self.waiting() if isinstance(found.about, DraftInDetail)]

    def one(self, proposal_id: ProposalId) -> ProposalInDetail | None:
        """One proposal, decided or not."""
        with self.storage.reading() as work:
            proposal = work.proposals.get(proposal_id)
            return None if proposal is None else _in_detail(work, proposal, self.clock())

    def confirm(
        self, proposal_id: ProposalId, *, by: UserId, note: str = "", seen: FormDigest | None = None
    ) -> Proposal:
        """Make the change; who proposed it must still be a support user, because one person is not enough."""
        with self._step(proposal_id, Proposal.confirmed, by=by, note=note, seen=seen) as (work, confirmed, at):
            _check_two_people(work, confirmed)
            if not is_support(work, confirmed.proposed_by, at):
                raise Overtaken("The user who proposed this is no longer a support user. Propose the change again.")
            details = {"proposal_id": confirmed.id, "proposed_by": confirmed.proposed_by}
            change = AccessChange(at=at, by=by, reason=confirmed.reason, details=details)
            match confirmed.change:
                case NewAddress() as address:
                    take_address(work, confirmed, address, change)
                case agreement:
                    take_draft(work, confirmed, agreement, change)
            return confirmed

    def refuse(self, proposal_id: ProposalId, *, by: UserId, note: str, seen: FormDigest | None = None) -> Proposal:
        """Refuse the change, and say why."""
        with self._step(proposal_id, Proposal.refused, by=by, note=note, seen=seen) as (work, refused, at):
            change = AccessChange(at=at, by=by, reason=refused.note)
            work.audit.record(proposal_event(AuditKind.CHANGE_REFUSED, refused, change))
            return refused

    def withdraw(self, proposal_id: ProposalId, *, by: UserId, note: str, seen: FormDigest | None = None) -> Proposal:
        """Take back what one proposed oneself, and say why."""
        with self._step(proposal_id, Proposal.withdrawn, by=by, note=note, seen=seen) as (work, withdrawn, at):
            change = AccessChange(at=at, by=by, reason=withdrawn.note)
            work.audit.record(proposal_event(AuditKind.CHANGE_WITHDRAWN, withdrawn, change))
            return withdrawn

    @contextmanager
    def _step(
        self, proposal_id: ProposalId, decided_so: Decide, *, by: UserId, note: str, seen: FormDigest | None
    ) -> Iterator[tuple[UnitOfWork, Proposal, datetime]]:
        """One step: locks those who take part and the proposal, decides it, and commits."""
        with self.storage.writing() as work:
            known = known_proposal(work, proposal_id)
            work.users.hold(*{by, known.proposed_by, *_whose_address(known)})
            work.proposals.hold(proposal_id)
            at = self.clock()
            check_support(work, AccessChange(at=at, by=by, reason=note))
            proposal = known_proposal(work, proposal_id)
            check_unchanged(seen, proposal.seen, "This proposal")
            decided = decided_so(proposal, by, at, note)
            with only_once("Another user decided this at the same moment. Check it again."):
                work.proposals.replace(decided)
            yield work, decided, at
            work.commit()


def _check_two_people(work: UnitOfWork, confirmed: Proposal) -> None:
    """Raise `ChangeRefused` where those who proposed and confirmed it are one person under two addresses."""
    people = work.users.with_ids([by for by in (confirmed.proposed_by, confirmed.decided_by) if by is not None])
    one, other = people.get(confirmed.proposed_by), people.get(confirmed.decided_by or UserId(""))
    if one is not None and other is not None and any(map(one.may_be_at, other.addresses)):
        raise ChangeRefused("Your address may be that of the user who proposed this. Another user has to confirm it.")


def _whose_address(proposal: Proposal) -> Iterator[UserId]:
    if isinstance(proposal.change, NewAddress):
        yield proposal.change.user_id


def _in_detail(work: UnitOfWork, proposal: Proposal, at: datetime) -> ProposalInDetail:
    people = (work.users.get(each) for each in (proposal.proposed_by, proposal.decided_by) if each is not None)
    return ProposalInDetail(
        proposal=proposal,
        waits=proposal.waits(at),
        names={person.id: person.name for person in people if person is not None},
        about=_about(work, proposal, at),
    )


def _about(work: UnitOfWork, proposal: Proposal, at: datetime) -> AddressInDetail | DraftInDetail:
    match proposal.change:
        case NewAddress(user_id=user_id, old=old, new=new) as change:
            user = work.users.get(user_id) or User(id=user_id, email=old, name=old.value)
            colleagues = _colleagues_at(work, user, new.domain, at)
            return AddressInDetail(change=change, user=user, difference=difference(old, new), colleagues=colleagues)
        case agreement:
            lead_id, partner_id = agreement.lead_provider_id, agreement.delivery_partner_id
            partner = work.organisations.find(Role.DELIVERY_PARTNER, partner_id)
            proposed_on = london_date(proposal.proposed_at)
            return DraftInDetail(
                agreement=agreement,
                lead_provider=work.organisations.lead_provider(lead_id) or LeadProvider(lead_id, lead_id),
                delivery_partner=partner or DeliveryPartner(partner_id, partner_id),
                widens=widenings(agreement, agreements_between(work, agreement), proposed_on),
                widening=widened_by(work, agreement, london_date(at)),
            )


def _colleagues_at(work: UnitOfWork, user: User, domain: str, at: datetime) -> int:
    """How many other users of the user's organisations have an address at the domain."""
    today = london_date(at)
    ours = {grant.organisation for grant in active_grants(work, user, today)}
    grants = (grant for grant in work.users.active_grants(today) if grant.organisation in ours)
    others = (work.users.get(user_id) for user_id in {grant.user_id for grant in grants} - {user.id})
    addresses = (() if other is None else other.addresses for other in others)
    return sum(any(each.domain == domain for each in of_one) for of_one in addresses)
