"""Each step of a nomination: written with its one event of the audit log, and what follows from an answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from attrs import evolve

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused, InvalidValue
from checkdata.domain.form_digest import FormDigest, check_unchanged
from checkdata.domain.nomination_messages import ConfirmationRequested
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.nominee import Nominee
from checkdata.domain.nominations.steps import Act, Actor, NominationState
from checkdata.domain.people.mailboxes import share_a_mailbox
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner, Role
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.access_changes import TAKEN, AccessChange, end_access
from checkdata.domain.services.task_steps.acting_user import only_once
from checkdata.domain.services.task_steps.address_changes import SEVERAL_ADDRESSES
from checkdata.domain.services.task_steps.hand_overs import TeamAddresses, tell_nominator, tell_team
from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId, UserId, london_date

_KINDS: Final = {
    NominationState.RECEIVED: AuditKind.NOMINATION_RECEIVED,
    NominationState.ESCALATED: AuditKind.NOMINATION_ESCALATED,
    NominationState.ASKED: AuditKind.NOMINATION_ASKED,
    NominationState.CONFIRMED: AuditKind.NOMINATION_CONFIRMED,
    NominationState.DECLINED: AuditKind.NOMINATION_DECLINED,
    NominationState.WITHDRAWN: AuditKind.NOMINATION_WITHDRAWN,
    NominationState.EXPIRED: AuditKind.NOMINATION_EXPIRED,
}
"""A grant is a change of access, which has its own event."""


def known_nomination(work: UnitOfWork, nomination_id: NominationId) -> Nomination:
    """The nomination with this id; `ChangeRefused` where there is none."""
    nomination = work.nominations.get(nomination_id)
    if nomination is None:
        raise ChangeRefused("There is no such nomination.")
    return with_addresses(work, nomination)


def with_addresses(work: UnitOfWork, nomination: Nomination) -> Nomination:
    """The nomination with the addresses that the nominee has as a user now."""
    return evolve(nomination, nominee=known_nominee(work, nomination.nominee))


def known_nominee(work: UnitOfWork, nominee: Nominee) -> Nominee:
    """The nominee with the addresses that they have as a user now: the one nominated, or one at that address since."""
    nominated = None if nominee.user_id is None else work.users.get(nominee.user_id)
    users = (user for user in (nominated, work.users.with_email(nominee.email)) if user is not None)
    return evolve(nominee, also_at=tuple(address for user in users for address in user.addresses))


def hold_people(work: UnitOfWork, nomination_id: NominationId, *acting: UserId) -> UserId | None:
    """Lock the nominee and the acting user, before the nomination itself, so that they cannot change meanwhile.

    Returns the user at the nominee's address. One who gets it later must not be locked later, because two who lock the
    same people in another order wait for each other.
    """
    nominee = known_nomination(work, nomination_id).nominee
    there = work.users.with_email(nominee.email)
    people = {*acting, nominee.user_id, None if there is None else there.id}
    work.users.hold(*(user_id for user_id in people if user_id is not None))
    return None if there is None else there.id


def held_nomination(work: UnitOfWork, nomination_id: NominationId, seen: FormDigest | None = None) -> Nomination:
    """The nomination, locked until the step is taken; `Overtaken` where it is not as a form had *seen* it."""
    work.nominations.hold(nomination_id)
    nomination = known_nomination(work, nomination_id)
    check_unchanged(seen, nomination.seen, "This nomination")
    return nomination


def users_at(work: UnitOfWork, nominee: Nominee) -> Iterable[User]:
    """The users who may be the nominee, by any spelling of the address."""
    return work.users.at_mailbox(nominee.email)


def check_not_suspended(user: User, act: Act) -> None:
    """Raise `ChangeRefused` for a user who is suspended; only support and policy are told why."""
    if user.suspended:
        _refuse_nominee(act, "This person is a user who is suspended. Reinstate them first.")


def check_not_second(user: User, nominee: Nominee, act: Act) -> None:
    """Raise `ChangeRefused` where a second address of this user keeps the nominee from being given access.

    It does where the nominee is another person at a spelling of it, because one of the two could be the other's, and
    where the user is nominated at either of their addresses, because access is confirmed for one. Only support and
    policy are told why.
    """
    second = user.second
    if second is None:
        return
    is_theirs = share_a_mailbox(second.email, nominee.email)
    if is_theirs and not second.counts:
        _refuse_nominee(act, "This address waits to be confirmed as a user's second address. Remove it there first.")
    if is_theirs and user.id != nominee.user_id:
        _refuse_nominee(act, TAKEN)
    if user.id == nominee.user_id and nominee.old_email is None:
        _refuse_nominee(act, SEVERAL_ADDRESSES)


def _refuse_nominee(act: Act, why: str) -> None:
    told = isinstance(act.by, Actor) and act.by.role in (Role.SUPPORT, Role.POLICY)
    raise ChangeRefused(why if told else "This person cannot be nominated. Ask support about them.")


def registered_contact(work: UnitOfWork, lead_provider_id: LeadProviderId) -> EmailAddress | None:
    """The address at which a lead provider confirms users; None where the feed gave none that can be written to."""
    lead = work.organisations.lead_provider(lead_provider_id)
    try:
        return None if lead is None else EmailAddress.of(lead.contact_email)
    except InvalidValue:
        return None


def agreements_for(work: UnitOfWork, nomination: Nomination) -> Sequence[Agreement]:
    """The agreements by which lead providers may vouch for the nominee; all there are for an appropriate body."""
    organisation, register = nomination.organisation, work.organisations
    is_partner = isinstance(organisation, DeliveryPartner)
    return register.agreements_of(organisation.id) if is_partner else register.agreements()


def held_agreements_for(work: UnitOfWork, nomination: Nomination) -> Sequence[Agreement]:
    """The same, locked until the step is taken."""
    work.organisations.rest_on_agreements()
    return agreements_for(work, nomination)


def add_nomination(work: UnitOfWork, nomination: Nomination) -> None:
    """Write a nomination that was received; of two users at once, only one succeeds."""
    with only_once("This person is already nominated for this organisation."):
        work.nominations.add(nomination)
    work.audit.record(_event(nomination))


def take_step(work: UnitOfWork, nomination: Nomination) -> None:
    """Write the newest step; links sent before it stop working. Of two users at once, only one succeeds.

    Who nominated is mailed how it ended.
    """
    with only_once("This nomination has changed since you looked at it. Check it again before you continue."):
        work.nominations.replace(nomination)
    work.confirmations.end(nomination.id, nomination.steps[-1].at)
    tell_nominator(work, nomination)
    if nomination.state is not NominationState.GRANTED:
        work.audit.record(_event(nomination))


def take_answer(work: UnitOfWork, nomination: Nomination, teams: TeamAddresses) -> None:
    """Write an answer and what follows from it: the end or the renewal of a grant, or support gives access."""
    take_step(work, nomination)
    tell_team(work, nomination, teams)
    if nomination.renews is not None:
        declined = nomination.state is NominationState.DECLINED
        _renew(work, nomination, nomination.steps[-1].at, declined=declined)


def renewed_grant(work: UnitOfWork, nomination: Nomination, at: datetime) -> tuple[User, Grant] | None:
    """The grant that a nomination is to renew, and whose it is; None where it has ended."""
    user_id, today = nomination.nominee.user_id, london_date(at)
    user = None if user_id is None else work.users.get(user_id)
    grants = () if user is None else work.users.grants_of(user.id)
    grant = next((grant for grant in grants if grant.id == nomination.renews and grant.active(today)), None)
    return None if user is None or grant is None else (user, grant)


def renewal_of(work: UnitOfWork, user: User, grant: Grant) -> Nomination | None:
    """The open nomination that is to renew a grant."""
    waiting = work.nominations.open_for(user.email, grant.organisation)
    return waiting if waiting is not None and waiting.renews == grant.id else None


def expire(work: UnitOfWork, nomination: Nomination, at: datetime) -> bool:
    """Close an open nomination that is over; whether it was so."""
    if not is_over(work, nomination, at):
        return False
    gone = _renews_nothing(work, nomination, at)
    take_step(work, nomination.expired(at, "The access that it was to reconfirm has ended." if gone else ""))
    return True


def is_over(work: UnitOfWork, nomination: Nomination, at: datetime) -> bool:
    """Whether an open nomination waited too long, or was to renew a grant that has ended."""
    return nomination.is_open and (nomination.is_overdue(at) or _renews_nothing(work, nomination, at))


def _renews_nothing(work: UnitOfWork, nomination: Nomination, at: datetime) -> bool:
    return nomination.renews is not None and renewed_grant(work, nomination, at) is None


def _renew(work: UnitOfWork, nomination: Nomination, at: datetime, *, declined: bool) -> None:
    found = renewed_grant(work, nomination, at)
    if found is None:
        raise ChangeRefused("This access has ended, so there is nothing to confirm.")
    user, grant = found
    step = nomination.steps[-1]
    change = AccessChange(
        at=at,
        by=step.by,
        reason="Not confirmed again" if declined else "Confirmed again",
        details={"nomination_id": nomination.id},
    )
    if declined:
        end_access(work, user, grant, change)
        return
    again = evolve(
        grant,
        confirmed_by=step.lead_provider_id,
        confirmed_on=change.today,
        nomination_id=nomination.id,
        warning=None,
    )
    work.users.replace_grant(again)
    work.audit.record(change.event(AuditKind.GRANT_RENEWED, user, grant.organisation))
    take_step(work, nomination.renewed(at))


def _event(nomination: Nomination) -> AuditEvent:
    step = nomination.steps[-1]
    details: dict[str, str | int | bool] = {"nomination_id": nomination.id}
    if step.lead_provider_id is not None:
        details["lead_provider_id"] = step.lead_provider_id
    return AuditEvent(
        kind=AuditKind.NOMINATION_CORRECTED if step.former_name else _KINDS[nomination.state],
        at=step.at,
        actor=step.by,
        subject=nomination.nominee.user_id,
        role=nomination.organisation.role,
        organisation_id=nomination.organisation.id,
        details=details,
    )


def ask_lead_provider(
    work: UnitOfWork, nomination: Nomination, lead_provider_id: LeadProviderId, act: Act, *, by_link: bool
) -> Nomination:
    """Ask a lead provider about a nominee; by a link, its registered contact is mailed."""
    contact = registered_contact(work, lead_provider_id) if by_link else None
    if by_link and contact is None:
        raise ChangeRefused("This lead provider has no registered contact. Ask it yourself, and record its answer.")
    address = "" if contact is None else contact.value
    asked = nomination.asked(act, lead_provider_id, held_agreements_for(work, nomination), contact=address)
    take_step(work, asked)
    if contact is not None:
        request = ConfirmationRequested(nomination_id=nomination.id, lead_provider_id=lead_provider_id)
        work.outbox.queue(contact, request, act.at)
    return asked


def known_organisation(work: UnitOfWork, role: Role, organisation_id: str) -> DeliveryPartner | AppropriateBody:
    """The organisation that a nomination is for; `ChangeRefused` where there is none, or it takes no nominations."""
    match work.organisations.find(role, organisation_id):
        case DeliveryPartner() | AppropriateBody() as organisation:
            return organisation
        case None:
            kind = role.value.replace("_", " ")
            raise ChangeRefused(f"There is no {kind} with this id.")
        case _:
            raise ChangeRefused("An operator adds users of this kind at the command line.")
