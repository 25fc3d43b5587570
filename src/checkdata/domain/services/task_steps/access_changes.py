"""Each change of a person's access: written with its one event of the audit log and its one mail."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final, Self
from uuid import uuid4

from attrs import evolve, field, frozen

from checkdata.domain.access.decision import Acting, require
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.messages import AccessGranted, AccessRemoved
from checkdata.domain.people.mailboxes import share_a_mailbox
from checkdata.domain.people.organisations import Organisation, Role, SupportTeam
from checkdata.domain.people.users import NO_USER_HAS_ADDRESS, Grant, User
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.acting_user import only_once
from checkdata.domain.services.task_steps.key_changes import revoke_keys_of
from checkdata.domain.sign_in.api_keys import Revocation
from checkdata.domain.typed_text import checked_name, checked_text
from checkdata.domain.values import EmailAddress, UserId, london_date

TAKEN: Final = "Another user signs in with this address."
_WAITS: Final = "This address waits to be confirmed as another user’s second address."

OPERATOR = "operator"
"""The ``granted_by`` of a grant that an operator gave at the command line."""


@frozen(kw_only=True)
class AccessChange:
    """When, by whom (None for an operator or the service itself) and why access changes."""

    at: datetime
    by: UserId | None
    reason: str
    details: Mapping[str, str | int | bool] = field(factory=dict)

    @property
    def today(self) -> date:
        """The day of it in London."""
        return london_date(self.at)

    def of_grant(self, grant: Grant) -> Self:
        """The same, on record with the grant that it gives or ends: its days alone do not tell at which moment."""
        return evolve(self, details={**self.details, "grant_id": grant.id})

    def revocation(self, reason: str) -> Revocation:
        """The end of keys that comes with it."""
        return Revocation(at=self.at, by=self.by, reason=reason)

    def event(self, kind: AuditKind, user: User, organisation: Organisation | None = None) -> AuditEvent:
        """The event that records it."""
        return AuditEvent(
            kind=kind,
            at=self.at,
            actor=self.by,
            subject=user.id,
            role=None if organisation is None else organisation.role,
            organisation_id=None if organisation is None else organisation.id,
            details={"reason": self.reason.strip(), **self.details},
        )


def change_of_access(at: datetime, by: UserId | None, reason: str) -> AccessChange:
    """A change with its reason; `ChangeRefused` if that is blank, or has characters that cannot be seen."""
    if not reason.strip():
        raise ChangeRefused("Enter a reason. We will keep it with your name and the time.")
    return AccessChange(at=at, by=by, reason=checked_text(reason, "Reason", lines=True))


def user_at(work: UnitOfWork, email: EmailAddress, name: str) -> User:
    """The user at this address, made now if there is none; a name given before stays."""
    return user_there(work, email) or new_user(work, email, name)


def user_there(work: UnitOfWork, email: EmailAddress) -> User | None:
    """The user at this address, locked; `Overtaken` if their address was changed at this moment."""
    found = work.users.with_email(email)
    user = None if found is None else held_user(work, found.id)
    if user is not None and not user.signs_in_at(email):
        raise Overtaken(
            "This user's email address has changed since you looked at it. Check it again before you continue."
        )
    return user


def new_user(work: UnitOfWork, email: EmailAddress, name: str) -> User:
    """A new user; `Overtaken` if another user got the address first, `ChangeRefused` for a bad name."""
    user = User(id=UserId(uuid4().hex), email=email, name=checked_name(name))
    check_unused(work, user, email)
    with only_once("This person has become a user since you looked. Check again before you continue."):
        work.users.add(user)
    return user


def check_unused(work: UnitOfWork, user: User, address: EmailAddress, *, is_second: bool = False) -> None:
    """Raise `Overtaken` where another user has the address, or a second one of which it may be another spelling.

    No one has a second address that may be another spelling of any user's, because it could be that user's own.
    """
    work.users.hold_mailbox(address)
    for other in work.users.at_mailbox(address):
        taken = is_second or address in other.addresses[:1] or _has_second_at(other, address)
        if taken and other.id != user.id:
            raise Overtaken(_WAITS if other.awaits_confirmation_at(address) else TAKEN)


def _has_second_at(user: User, address: EmailAddress) -> bool:
    return user.second is not None and share_a_mailbox(user.second.email, address)


def known_user(work: UnitOfWork, email: EmailAddress, change: AccessChange, seen: FormDigest | None = None) -> User:
    """The user at this address, locked; `ChangeRefused` if there is none, `Overtaken` if they are not as *seen*."""
    found = work.users.with_email(email)
    user = None if found is None else held_user(work, found.id, change.by)
    check_support(work, change)
    if user is None or not user.signs_in_at(email):
        missing = ChangeRefused if seen is None else Overtaken
        raise missing(NO_USER_HAS_ADDRESS)
    check_unchanged(seen, form_digest(user), "This user")
    return user


def held_user(work: UnitOfWork, user_id: UserId, by: UserId | None = None) -> User:
    """The user, locked until the change is made, so that of two who change the same user one waits.

    The user who makes the change is locked too.
    """
    work.users.hold(*((user_id,) if by is None else (user_id, by)))
    user = work.users.get(user_id)
    if user is None:
        raise ChangeRefused("This user no longer exists.")
    return user


def check_support(work: UnitOfWork, change: AccessChange) -> None:
    """Raise `AccessRefused` unless it is an operator, or a user who is still support (service rule 3)."""
    if change.by is not None:
        require(Acting(change.by, SupportTeam()), work.users.facts(change.by), on=change.today)


def active_grants(work: UnitOfWork, user: User, today: date) -> Iterator[Grant]:
    """What the user has access to today."""
    return (grant for grant in work.users.grants_of(user.id) if grant.active(today))


def give_access(work: UnitOfWork, user: User, grant: Grant, change: AccessChange) -> None:
    """Give a user access that they do not have, and mail that they can sign in."""
    check_not_oneself(work, user, change.by)
    if user.suspended:
        raise ChangeRefused("This user is suspended. Reinstate them before giving access.")
    if any(active.organisation == grant.organisation for active in active_grants(work, user, change.today)):
        raise ChangeRefused("This user already has this access.")
    with only_once("This user already has this access."):
        work.users.add_grant(grant)
    organisation = grant.organisation
    message = AccessGranted(
        name=user.name, role=organisation.role, organisation=organisation.name, organisation_id=organisation.id
    )
    work.outbox.queue(user.email, message, change.at)
    work.audit.record(change.of_grant(grant).event(AuditKind.GRANT_ADDED, user, organisation))


def end_access(work: UnitOfWork, user: User, grant: Grant, change: AccessChange) -> None:
    """End a grant with its keys, so that the next request is refused, and mail that access was removed."""
    work.users.replace_grant(evolve(grant, ended_on=change.today))
    message = AccessRemoved(name=user.name, role=grant.organisation.role, organisation=grant.organisation.name)
    work.outbox.queue(user.email, message, change.at)
    work.audit.record(change.of_grant(grant).event(AuditKind.GRANT_ENDED, user, grant.organisation))
    ended = change.revocation("The access under which it was issued ended.")
    revoke_keys_of(work, user.id, ended, under=grant.organisation)


def stop_user(work: UnitOfWork, user: User, change: AccessChange) -> User:
    """Suspend a user from the next request on: sessions and links end, grants stay for a reinstatement."""
    suspended = evolve(user, suspended=True)
    work.users.replace(suspended)
    work.sign_ins.end_sessions(user.id)
    work.sign_ins.end_links(user.id, change.at)
    work.audit.record(change.event(AuditKind.USER_SUSPENDED, user))
    return suspended


def check_manageable(role: Role, by: UserId | None) -> None:
    """Only an operator adds and removes support and policy users (service rule 4)."""
    if by is not None and role in (Role.SUPPORT, Role.POLICY):
        raise ChangeRefused("An operator manages support and policy users at the command line.")


def check_user_manageable(work: UnitOfWork, user: User, change: AccessChange) -> None:
    """Users cannot change their own access, and only an operator changes that of support and policy users."""
    check_not_oneself(work, user, change.by)
    for grant in active_grants(work, user, change.today):
        check_manageable(grant.organisation.role, change.by)


def check_not_oneself(work: UnitOfWork, user: User, by: UserId | None) -> None:
    """Users cannot change their own access, nor that of an account at another spelling of their address."""
    acting = None if by is None else work.users.get(by)
    if acting is not None and (user.id == by or any(map(user.may_be_at, acting.addresses))):
        raise ChangeRefused("You cannot change your own access. Ask another support user.")
