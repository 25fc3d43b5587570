"""A user signs in with another address: what was sent to the old one is worth nothing from then on (service rule 7)."""

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from checkdata.domain.access.proposals import NewAddress, Proposal, ProposalState
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.messages import AddressChanged, SecondAddressChanged, SecondAddressRequested
from checkdata.domain.people.addresses import difference
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.people.users import SecondAddress, User
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.access_changes import (
    TAKEN,
    AccessChange,
    active_grants,
    check_unused,
    check_user_manageable,
)
from checkdata.domain.services.task_steps.acting_user import only_once
from checkdata.domain.services.task_steps.key_changes import revoke_keys_of
from checkdata.domain.services.task_steps.proposals import propose
from checkdata.domain.sign_in.sessions import LinkPurpose
from checkdata.domain.values import EmailAddress, UserId

SEVERAL_ADDRESSES: Final = (
    "This user has a second email address, for which this access would not be confirmed. "
    "Remove the second address first."
)
"""Said to support and policy where new access is to be given to a user with two addresses."""


def check_free(work: UnitOfWork, user: User, new: EmailAddress, *, is_second: bool = False) -> None:
    """Raise `ChangeRefused` where the user has the address or a second one already, `Overtaken` where another has."""
    if new == user.email:
        raise ChangeRefused("The user already signs in with this address.")
    if new in user.addresses:
        raise ChangeRefused("This is the user’s second address. Remove it first.")
    if is_second and user.second is not None:
        raise ChangeRefused("This user has a second address already. Remove it first.")
    check_unused(work, user, new, is_second=is_second)


def check_may_move(work: UnitOfWork, user: User, organisation: Organisation, change: AccessChange) -> None:
    """Raise `ChangeRefused` where support may not nominate the user at another address for this organisation."""
    check_user_manageable(work, user, change)
    if user.suspended:
        raise ChangeRefused("This user is suspended. Reinstate them before their address is changed.")
    if all(grant.organisation != organisation for grant in active_grants(work, user, change.today)):
        raise ChangeRefused(
            "This user does not have access for this organisation. Nominate the address as a new user’s."
        )


def check_may_have_second(work: UnitOfWork, user: User, organisation: Organisation, change: AccessChange) -> None:
    """Raise `ChangeRefused` where support may not nominate a second address of the user for this organisation.

    It gives all access that they have, so it is nominated only where that is all that is confirmed.
    """
    check_may_move(work, user, organisation, change)
    if any(grant.organisation != organisation for grant in active_grants(work, user, change.today)):
        raise ChangeRefused(
            "A second address gives all access that this user has, and only some of it would be confirmed for it."
        )


def move_user(work: UnitOfWork, user: User, new: EmailAddress, change: AccessChange) -> User:
    """Change the address of a user who is held; sessions, links and keys end, and with the old address the second."""
    check_free(work, user, new)
    moved = evolve(user, email=new, second=None)
    with only_once(TAKEN):
        work.users.replace(moved)
    work.sign_ins.end_sessions(user.id)
    work.sign_ins.end_links(user.id, change.at)
    work.bound_accounts.free(user.id)
    work.outbox.queue(user.email, AddressChanged(name=user.name, is_new=False), change.at)
    work.outbox.queue(moved.email, AddressChanged(name=user.name, is_new=True), change.at)
    work.audit.record(change.event(AuditKind.ADDRESS_CHANGED, user))
    revoke_keys_of(work, user.id, change.revocation("The email address of its user was changed."))
    _tell_of_removal(work, user, change)
    return moved


def add_second(work: UnitOfWork, user: User, new: EmailAddress, change: AccessChange) -> User:
    """Add a second address to a user who is held; it counts once its holder has opened the link mailed to it."""
    if user.suspended:
        raise ChangeRefused("This user is suspended. Reinstate them before they get a second address.")
    check_free(work, user, new, is_second=True)
    changed = evolve(user, second=SecondAddress(email=new))
    with only_once(TAKEN):
        work.users.replace(changed)
    work.outbox.queue(user.email, SecondAddressChanged(name=user.name, added=True), change.at)
    work.outbox.queue(new, SecondAddressRequested(user.id), change.at)
    work.audit.record(change.event(AuditKind.SECOND_ADDRESS_ADDED, user))
    return changed


def remove_second(work: UnitOfWork, user: User, change: AccessChange) -> User:
    """Remove the second address of a user who is held; sessions and links that came by it end.

    Keys end too if it counted, because it is not known at which address the one who collected them had signed in.
    """
    if user.second is None:
        raise ChangeRefused("This user has no second address.")
    changed = evolve(user, second=None)
    work.users.replace(changed)
    work.sign_ins.end_sessions_at_second(user.id)
    work.bound_accounts.free(user.id, only_second=True)
    work.sign_ins.end_links(user.id, change.at, LinkPurpose.SIGN_IN_AT_SECOND, LinkPurpose.CONFIRM_SECOND)
    work.outbox.queue(user.email, SecondAddressChanged(name=user.name, added=False), change.at)
    _tell_of_removal(work, user, change)
    if user.second.counts:
        revoke_keys_of(work, user.id, change.revocation("The second email address of its user was removed."))
    return changed


def propose_address(  # noqa: PLR0913 - what there is to propose
    work: UnitOfWork, user: User, new: EmailAddress, by: UserId, change: AccessChange, *, is_second: bool
) -> Proposal:
    """Propose an address that differs in spelling or domain only; nothing is sent to it yet."""
    check_user_manageable(work, user, change)
    check_free(work, user, new, is_second=is_second)
    before = set(_addresses_since_confirmed(work, user)) - {new}
    if any(difference(old, new) is None for old in before):
        raise ChangeRefused(
            "More than the spelling or the employer’s domain differs, so this could be another person’s address. "
            "Nominate this user at the new address instead."
        )
    if any(proposal.waits(change.at) for proposal in work.proposals.of_user(user.id)):
        raise Overtaken("A new address for this user already waits for a second support user.")
    proposed = NewAddress(user_id=user.id, old=user.email, new=new, is_second=is_second)
    return propose(work, proposed, _basis(work, user, change), by, change)


def take_address(work: UnitOfWork, proposal: Proposal, proposed: NewAddress, change: AccessChange) -> None:
    """Make a change of address that was confirmed, if the user and their access are as they were when proposed."""
    user = work.users.get(proposed.user_id)
    if user is None:
        raise ChangeRefused("This user no longer exists.")
    check_user_manageable(work, user, change)
    check_unchanged(proposal.basis, _basis(work, user, change), "This user or their access")
    take = add_second if proposed.is_second else move_user
    take(work, user, proposed.new, change)


def _tell_of_removal(work: UnitOfWork, user: User, change: AccessChange) -> None:
    """Record that the user's second address no longer counts, and mail it there if it did."""
    if user.second is None:
        return
    if user.second.counts:
        removed = SecondAddressChanged(name=user.name, added=False, is_second=True)
        work.outbox.queue(user.second.email, removed, change.at)
    work.audit.record(change.event(AuditKind.SECOND_ADDRESS_REMOVED, user))


def _addresses_since_confirmed(work: UnitOfWork, user: User) -> Iterator[EmailAddress]:
    """The user's address, and those from which support changed it, back to one that was nominated.

    A new address is compared with each, because otherwise several small steps would lead to a stranger's.
    """
    address = user.email
    yield address
    for proposal in work.proposals.of_user(user.id):
        match proposal:
            case Proposal(state=ProposalState.CONFIRMED, change=NewAddress(old=old, new=new, is_second=False)) if (
                new == address
            ):
                address = old
                yield address


def _basis(work: UnitOfWork, user: User, change: AccessChange) -> FormDigest:
    """The user and their access, because the second support user confirms both; that it may lapse changes neither."""
    grants = active_grants(work, user, change.today)
    return form_digest(user, *(evolve(grant, warning=None) for grant in grants))


def check_one_address(user: User) -> None:
    """Refuse new access for a user with two addresses, because it was confirmed for one of them only."""
    if user.second is not None:
        raise ChangeRefused(SEVERAL_ADDRESSES)
