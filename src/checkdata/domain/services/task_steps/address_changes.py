"""A user signs in with another address: what was sent to the old one is worth nothing from then on (service rule 7)."""

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from checkdata.domain.access.proposals import NewAddress, Proposal, ProposalState
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.messages import AddressChanged
from checkdata.domain.people.addresses import difference
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.people.users import User
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.access_changes import AccessChange, active_grants, check_user_manageable
from checkdata.domain.services.task_steps.acting_user import only_once
from checkdata.domain.services.task_steps.proposals import propose
from checkdata.domain.values import EmailAddress, UserId

_TAKEN: Final = "Another user signs in with this address."


def check_free(work: UnitOfWork, user: User, new: EmailAddress) -> None:
    """Raise `ChangeRefused` where the address is the user's own, `Overtaken` where it is another user's."""
    if new == user.email:
        raise ChangeRefused("The user already signs in with this address.")
    if work.users.with_email(new) is not None:
        raise Overtaken(_TAKEN)


def check_may_move(work: UnitOfWork, user: User, organisation: Organisation, change: AccessChange) -> None:
    """Raise `ChangeRefused` where support may not nominate the user at another address for this organisation."""
    check_user_manageable(work, user, change)
    if user.suspended:
        raise ChangeRefused("This user is suspended. Reinstate them before their address is changed.")
    if all(grant.organisation != organisation for grant in active_grants(work, user, change.today)):
        raise ChangeRefused(
            "This user does not have access for this organisation. Nominate the address as a new user’s."
        )


def move_user(work: UnitOfWork, user: User, new: EmailAddress, change: AccessChange) -> User:
    """Change the address of a user who is held; both are mailed, and sessions and links of the old one end."""
    check_free(work, user, new)
    moved = evolve(user, email=new)
    with only_once(_TAKEN):
        work.users.replace(moved)
    work.sign_ins.end_sessions(user.id)
    work.sign_ins.end_links(user.id, change.at)
    work.outbox.queue(user.email, AddressChanged(name=user.name, is_new=False), change.at)
    work.outbox.queue(moved.email, AddressChanged(name=user.name, is_new=True), change.at)
    work.audit.record(change.event(AuditKind.ADDRESS_CHANGED, user))
    return moved


def propose_address(work: UnitOfWork, user: User, new: EmailAddress, by: UserId, change: AccessChange) -> Proposal:
    """Propose an address that differs in spelling or domain only; nothing is sent to it yet."""
    check_user_manageable(work, user, change)
    check_free(work, user, new)
    before = set(_addresses_since_confirmed(work, user)) - {new}
    if any(difference(old, new) is None for old in before):
        raise ChangeRefused(
            "More than the spelling or the employer’s domain differs, so this could be another person’s address. "
            "Nominate this user at the new address instead."
        )
    if any(proposal.waits(change.at) for proposal in work.proposals.of_user(user.id)):
        raise Overtaken("A new address for this user already waits for a second support user.")
    proposed = NewAddress(user_id=user.id, old=user.email, new=new)
    return propose(work, proposed, _basis(work, user, change), by, change)


def take_address(work: UnitOfWork, proposal: Proposal, proposed: NewAddress, change: AccessChange) -> None:
    """Make a change of address that was confirmed, if the user and their access are as they were when proposed."""
    user = work.users.get(proposed.user_id)
    if user is None:
        raise ChangeRefused("This user no longer exists.")
    check_user_manageable(work, user, change)
    check_unchanged(proposal.basis, _basis(work, user, change), "This user or their access")
    move_user(work, user, proposed.new, change)


def _addresses_since_confirmed(work: UnitOfWork, user: User) -> Iterator[EmailAddress]:
    """The user's address, and those from which support changed it, back to one that was nominated.

    A new address is compared with each, because otherwise several small steps would lead to a stranger's.
    """
    address = user.email
    yield address
    for proposal in work.proposals.of_user(user.id):
        match proposal:
            case Proposal(state=ProposalState.CONFIRMED, change=NewAddress(old=old, new=new)) if new == address:
                address = old
                yield address


def _basis(work: UnitOfWork, user: User, change: AccessChange) -> FormDigest:
    """The user and their access, because the second support user confirms both; that it may lapse changes neither."""
    grants = active_grants(work, user, change.today)
    return form_digest(user, *(evolve(grant, warning=None) for grant in grants))
