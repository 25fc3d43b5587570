"""Support and operators give access and remove it (service rules 1, 4, 5 and 6)."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import uuid4

from attrs import evolve, frozen

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.people.organisations import LeadProvider, Organisation, RelatedService, Role
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.access_changes import (
    OPERATOR,
    AccessChange,
    active_grants,
    change_of_access,
    check_manageable,
    check_user_manageable,
    end_access,
    give_access,
    known_user,
    stop_user,
    user_at,
)
from checkdata.domain.values import EmailAddress, LeadProviderId, UserId, london_date


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
class ManageAccess:
    """Changes of access; each is one event of the audit log and, where it gives or takes, one mail.

    ``by`` is the support user who does it, None for an operator at the command line; only an operator gives access
    here, because support gives what was nominated and confirmed (`Nominate`, service rule 4). A method that changes
    something raises `ChangeRefused` with a sentence where the rules do not allow it, `Overtaken` where the user is not
    as a form had *seen* them (`form_digest`), and then changes nothing.
    """

    storage: Storage
    clock: Clock
    related_services: Collection[RelatedService] = ()
    """The services to which users may be handed over."""

    def search(self, text: str = "") -> Sequence[UserWithGrants]:
        """Users whose name, address or organisation holds the text; all for ""."""
        with self.storage.reading() as work:
            users = work.users.search(text)
            return [UserWithGrants(user=user, grants=work.users.grants_of(user.id)) for user in users]

    def suspended_with_access(self) -> Sequence[User]:
        """Suspended users whose access support has to remove or give back, by name."""
        with self.storage.reading() as work:
            return work.users.suspended_with_access(london_date(self.clock()))

    def choices(self) -> Choices:
        """The choices of a form that gives access."""
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

    def add(self, access: NewAccess) -> User:
        """An operator gives access; a person who is not yet a user becomes one, and is mailed that they can sign in."""
        change = change_of_access(self.clock(), None, access.reason)
        related = self._related(access) if access.role is Role.RELATED_SERVICE else None
        with self.storage.writing() as work:
            user = add_access(work, access, change, related=related)
            work.commit()
        return user

    def _related(self, access: NewAccess) -> RelatedService:
        for service in self.related_services:
            if service.id == access.organisation_id:
                return service
        raise ChangeRefused(
            f"There is no related service with the id “{access.organisation_id}”. Choose one of the settings."
        )

    def remove(  # noqa: PLR0913 - what there is to say
        self,
        email: EmailAddress,
        *,
        role: Role | None = None,
        organisation_id: str | None = None,
        reason: str,
        by: UserId | None = None,
        seen: FormDigest | None = None,
    ) -> Sequence[Grant]:
        """End a user's active grants, those of one role or organisation or all; the next request is refused.

        *seen* are the user and the grants.
        """
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            user = known_user(work, email, change)
            ended = [
                grant
                for grant in active_grants(work, user, change.today)
                if role in (None, grant.organisation.role) and organisation_id in (None, grant.organisation.id)
            ]
            if not ended:
                raise Overtaken("This user does not have this access, so there is nothing to remove.")
            check_unchanged(seen, form_digest(user, *ended), "This access")
            for grant in ended:
                check_manageable(grant.organisation.role, by)
                end_access(work, user, grant, change)
            work.commit()
        return ended

    def suspend(
        self, email: EmailAddress, *, reason: str, by: UserId | None = None, seen: FormDigest | None = None
    ) -> User:
        """Stop a user from the next request on: sessions and links end, grants stay for a reinstatement."""
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            user = known_user(work, email, change, seen)
            check_user_manageable(work, user, change)
            if user.suspended:
                raise Overtaken("This user is already suspended.")
            suspended = stop_user(work, user, change)
            work.commit()
        return suspended

    def reinstate(
        self, email: EmailAddress, *, reason: str, by: UserId | None = None, seen: FormDigest | None = None
    ) -> User:
        """Let a suspended user sign in again, with the grants that are still active."""
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            user = known_user(work, email, change, seen)
            check_user_manageable(work, user, change)
            if not user.suspended:
                raise Overtaken("This user is not suspended.")
            reinstated = evolve(user, suspended=False)
            work.users.replace(reinstated)
            work.audit.record(change.event(AuditKind.USER_REINSTATED, user))
            work.commit()
        return reinstated


def add_access(
    work: UnitOfWork, access: NewAccess, change: AccessChange, *, related: RelatedService | None = None
) -> User:
    """Give access that the rules allow; `ChangeRefused` where they do not, before anything is written.

    *related* is the related service that it is for, which settings name.
    """
    organisation = _checked_organisation(work, access)
    held = work.users.with_email(access.email)
    if held is not None:
        work.users.hold(held.id)
    _check_confirmation(work, access, change.today)
    user = user_at(work, access.email, access.name)
    give_access(work, user, _grant(access, user, related or organisation, change), change)
    return user


def _checked_organisation(work: UnitOfWork, access: NewAccess) -> Organisation:
    if not access.name.strip():
        raise ChangeRefused("Enter the user's full name.")
    organisation = work.organisations.find(access.role, access.organisation_id)
    if organisation is None:
        kind = access.role.value.replace("_", " ")
        raise ChangeRefused(f"There is no {kind} with the id “{access.organisation_id}”. Choose one from the feed.")
    return organisation


def _check_confirmation(work: UnitOfWork, access: NewAccess, today: date) -> None:
    """A delivery partner's access needs a lead provider's confirmation (service rule 4)."""
    if access.role is not Role.DELIVERY_PARTNER:
        if access.confirmed_by:
            raise ChangeRefused("Only a delivery partner's user is confirmed by a lead provider. Leave it out.")
        return
    if not access.confirmed_by:
        raise ChangeRefused("Enter the lead provider that confirmed this user.")
    work.organisations.rest_on_agreements()
    agreements = work.organisations.agreements_of(access.organisation_id)
    confirmer = LeadProviderId(access.confirmed_by)
    if not any(a.lead_provider_id == confirmer and a.in_force(today) for a in agreements):
        raise ChangeRefused(
            "That lead provider has no data-sharing agreement in force with this delivery partner, "
            "so it cannot confirm its users."
        )


def _grant(access: NewAccess, user: User, organisation: Organisation, change: AccessChange) -> Grant:
    return Grant(
        id=uuid4().hex,
        user_id=user.id,
        organisation=organisation,
        granted_on=change.today,
        granted_by=OPERATOR,
        reason=change.reason.strip(),
        confirmed_by=LeadProviderId(access.confirmed_by) if access.confirmed_by else None,
    )
