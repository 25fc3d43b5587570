"""Support and operators give people access and take it away (service rules 1, 4, 5 and 6)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import uuid4

from attrs import evolve, frozen

from checkdata.domain.audit import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.messages import AccessGranted, AccessRemoved
from checkdata.domain.organisations import LeadProvider, Organisation, Role
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.users import Grant, User
from checkdata.domain.values import EmailAddress, LeadProviderId, UserId, london_date

OPERATOR = "operator"
"""Who granted what an operator granted at the command line."""


@frozen(kw_only=True)
class NewAccess:
    """Access to give: to whom, in which role for which organisation ("" for a team), confirmed by whom, and why.

    ``confirmed_by`` is the id of a lead provider for a delivery partner's user, and "" for every other.
    """

    email: EmailAddress
    name: str
    role: Role
    organisation_id: str = ""
    confirmed_by: str = ""
    reason: str


@frozen(kw_only=True)
class UserWithGrants:
    """A user and all their grants, ended or not."""

    user: User
    grants: Sequence[Grant]

    def active(self, on: date) -> Sequence[Grant]:
        """The grants that are active on that day."""
        return [grant for grant in self.grants if grant.active(on)]


@frozen(kw_only=True)
class Choices:
    """The organisations for which support can give access, and the lead providers who may have confirmed it."""

    delivery_partners: Sequence[Organisation]
    appropriate_bodies: Sequence[Organisation]
    lead_providers: Sequence[LeadProvider]


@frozen(kw_only=True)
class _Change:
    """When, by whom and why access changes."""

    at: datetime
    by: UserId | None
    reason: str

    @property
    def today(self) -> date:
        return london_date(self.at)

    def event(self, kind: AuditKind, user: User, organisation: Organisation | None = None) -> AuditEvent:
        return AuditEvent(
            kind=kind,
            at=self.at,
            actor=self.by,
            subject=user.id,
            role=None if organisation is None else organisation.role,
            organisation_id=None if organisation is None else organisation.id,
            details={"reason": self.reason.strip()},
        )


@frozen(kw_only=True)
class ManagingAccess:
    """Changes of access; each is one event of the audit log and, where it gives or takes, one mail.

    ``by`` is the support user who does it, None for an operator at the command line. Every method that changes
    something raises `ChangeRefused` with a sentence where the rules do not allow it, and then changes nothing.
    """

    storage: Storage
    clock: Clock

    def search(self, text: str = "") -> Sequence[UserWithGrants]:
        """Users whose name, address or organisation holds the text; everybody for ""."""
        with self.storage.reading() as work:
            users = work.users.search(text)
            return [UserWithGrants(user=user, grants=work.users.grants_of(user.id)) for user in users]

    def choices(self) -> Choices:
        """What a form that gives access can offer."""
        with self.storage.reading() as work:
            return Choices(
                delivery_partners=work.organisations.all(Role.DELIVERY_PARTNER),
                appropriate_bodies=work.organisations.all(Role.APPROPRIATE_BODY),
                lead_providers=work.organisations.lead_providers(),
            )

    def user(self, user_id: UserId) -> UserWithGrants | None:
        """One user with their grants."""
        with self.storage.reading() as work:
            user = work.users.get(user_id)
            return None if user is None else UserWithGrants(user=user, grants=work.users.grants_of(user_id))

    def add(self, access: NewAccess, *, by: UserId | None = None) -> User:
        """Give access; a person who is no user yet becomes one, and is mailed that they can sign in."""
        change = self._change(by, access.reason)
        with self.storage.writing() as work:
            organisation = _checked_organisation(work, access, by)
            _check_confirmation(work, access, change.today)
            user = _user_for(work, access)
            _check_grantable(work, user, organisation, change)
            work.users.add_grant(_grant(access, user, organisation, change))
            message = AccessGranted(name=user.name, role=access.role, organisation=organisation.name)
            work.outbox.queue(user.email, message, change.at)
            work.audit.record(change.event(AuditKind.GRANT_ADDED, user, organisation))
            work.commit()
        return user

    def remove(
        self,
        email: EmailAddress,
        *,
        role: Role | None = None,
        organisation_id: str | None = None,
        reason: str,
        by: UserId | None = None,
    ) -> Sequence[Grant]:
        """End a user's active grants, those of one role or organisation or all; the next request is refused."""
        change = self._change(by, reason)
        with self.storage.writing() as work:
            user = _known(work, email)
            ended = [
                grant
                for grant in _active(work, user, change.today)
                if role in (None, grant.organisation.role) and organisation_id in (None, grant.organisation.id)
            ]
            if not ended:
                raise ChangeRefused("This user has no such access, so there is nothing to remove.")
            for grant in ended:
                _check_manageable(grant.organisation.role, by)
                _end(work, user, grant, change)
            work.commit()
        return ended

    def suspend(self, email: EmailAddress, *, reason: str, by: UserId | None = None) -> User:
        """Stop a user from the very next request on: sessions and links end, grants stay for a reinstatement."""
        change = self._change(by, reason)
        with self.storage.writing() as work:
            user = _known(work, email)
            _check_not_oneself(user, by)
            if user.suspended:
                raise ChangeRefused("This user is suspended already.")
            for grant in _active(work, user, change.today):
                _check_manageable(grant.organisation.role, by)
            suspended = evolve(user, suspended=True)
            work.users.replace(suspended)
            work.sign_ins.end_sessions(user.id)
            work.sign_ins.end_links(user.id, change.at)
            work.audit.record(change.event(AuditKind.USER_SUSPENDED, user))
            work.commit()
        return suspended

    def reinstate(self, email: EmailAddress, *, reason: str, by: UserId | None = None) -> User:
        """Let a suspended user sign in again, with the grants that are still active."""
        change = self._change(by, reason)
        with self.storage.writing() as work:
            user = _known(work, email)
            _check_not_oneself(user, by)
            if not user.suspended:
                raise ChangeRefused("This user is not suspended.")
            reinstated = evolve(user, suspended=False)
            work.users.replace(reinstated)
            work.audit.record(change.event(AuditKind.USER_REINSTATED, user))
            work.commit()
        return reinstated

    def _change(self, by: UserId | None, reason: str) -> _Change:
        if not reason.strip():
            raise ChangeRefused("Say why, so that the record shows it.")
        return _Change(at=self.clock(), by=by, reason=reason)


def _checked_organisation(work: UnitOfWork, access: NewAccess, by: UserId | None) -> Organisation:
    _check_manageable(access.role, by)
    if not access.name.strip():
        raise ChangeRefused("Enter the user's full name.")
    organisation = work.organisations.find(access.role, access.organisation_id)
    if organisation is None:
        kind = access.role.value.replace("_", " ")
        raise ChangeRefused(f"There is no {kind} with the id “{access.organisation_id}”. Choose one from the feed.")
    return organisation


def _check_confirmation(work: UnitOfWork, access: NewAccess, today: date) -> None:
    """Nobody grants a delivery partner's access alone (service rule 4)."""
    if access.role is not Role.DELIVERY_PARTNER:
        if access.confirmed_by:
            raise ChangeRefused("Only a delivery partner's user is confirmed by a lead provider. Leave it out.")
        return
    if not access.confirmed_by:
        raise ChangeRefused("Say which lead provider confirmed this user.")
    agreements = work.organisations.agreements_of(access.organisation_id)
    confirmer = LeadProviderId(access.confirmed_by)
    if not any(a.lead_provider_id == confirmer and a.in_force(today) for a in agreements):
        raise ChangeRefused(
            "That lead provider has no data-sharing agreement in force with this delivery partner, "
            "so it can't confirm its users."
        )


def _user_for(work: UnitOfWork, access: NewAccess) -> User:
    """The user at this address, made now if there is none; a name given before stays."""
    user = work.users.with_email(access.email)
    if user is None:
        user = User(id=UserId(uuid4().hex), email=access.email, name=" ".join(access.name.split()))
        work.users.add(user)
    return user


def _check_grantable(work: UnitOfWork, user: User, organisation: Organisation, change: _Change) -> None:
    _check_not_oneself(user, change.by)
    if user.suspended:
        raise ChangeRefused("This user is suspended. Reinstate them before giving access.")
    if any(grant.organisation == organisation for grant in _active(work, user, change.today)):
        raise ChangeRefused("This user has this access already.")


def _check_manageable(role: Role, by: UserId | None) -> None:
    """Support and policy users are made and unmade by an operator (service rule 4)."""
    if by is not None and role in (Role.SUPPORT, Role.POLICY):
        raise ChangeRefused("Support and policy users are managed by an operator, at the command line.")


def _check_not_oneself(user: User, by: UserId | None) -> None:
    if user.id == by:
        raise ChangeRefused("You can't change your own access. Ask another support user.")


def _known(work: UnitOfWork, email: EmailAddress) -> User:
    user = work.users.with_email(email)
    if user is None:
        raise ChangeRefused("There is no user with this email address.")
    return user


def _active(work: UnitOfWork, user: User, today: date) -> Iterator[Grant]:
    return (grant for grant in work.users.grants_of(user.id) if grant.active(today))


def _grant(access: NewAccess, user: User, organisation: Organisation, change: _Change) -> Grant:
    return Grant(
        id=uuid4().hex,
        user_id=user.id,
        organisation=organisation,
        granted_on=change.today,
        granted_by=change.by or OPERATOR,
        reason=change.reason.strip(),
        confirmed_by=LeadProviderId(access.confirmed_by) if access.confirmed_by else None,
    )


def _end(work: UnitOfWork, user: User, grant: Grant, change: _Change) -> None:
    work.users.replace_grant(evolve(grant, ended_on=change.today))
    message = AccessRemoved(name=user.name, role=grant.organisation.role, organisation=grant.organisation.name)
    work.outbox.queue(user.email, message, change.at)
    work.audit.record(change.event(AuditKind.GRANT_ENDED, user, grant.organisation))
