"""Gives the access that a nomination was confirmed for; a nominee without an account gets one (service rule 4)."""

from uuid import uuid4

from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.steps import Act
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.services.task_steps.access_changes import (
    AccessChange,
    active_grants,
    end_access,
    give_access,
    new_user,
)
from checkdata.domain.services.task_steps.address_changes import (
    add_second,
    check_may_have_second,
    check_may_move,
    check_one_address,
    move_user,
)
from checkdata.domain.services.task_steps.nomination_changes import (
    check_not_suspended,
    held_agreements_for,
    known_organisation,
    take_step,
    users_at,
)
from checkdata.domain.values import UserId


def give_confirmed_access(work: UnitOfWork, nomination: Nomination, act: Act, there: UserId | None) -> User:
    """Give the access that was confirmed; the nominee is mailed that they can sign in (service rule 5).

    *there* is the user at the nominee's address, whom `hold_people` locked; `Overtaken` if there is another one now.
    """
    granted = nomination.granted(act, held_agreements_for(work, nomination))
    known_organisation(work, nomination.organisation.role, nomination.organisation.id)
    for other in users_at(work, nomination.nominee):
        check_not_suspended(other, act)
    change = _change(granted)
    if nomination.nominee.old_email is None:
        user = _checked_user(work, nomination, there)
        give_access(work, user, _grant(granted, user, change), change)
    else:
        user = _moved_user(work, granted, change)
    take_step(work, granted)
    return user


def _moved_user(work: UnitOfWork, granted: Nomination, change: AccessChange) -> User:
    """The nominee at the address that was confirmed, with the access for which it was confirmed and no other."""
    nominee = granted.nominee
    user = None if nominee.user_id is None else work.users.get(nominee.user_id)
    if user is None or user.email != nominee.old_email:
        raise ChangeRefused("This user’s email address has changed since they were nominated. Nominate them again.")
    if nominee.is_second:
        check_may_have_second(work, user, granted.organisation, change)
        return add_second(work, user, nominee.email, change)
    check_may_move(work, user, granted.organisation, change)
    for grant in list(active_grants(work, user, change.today)):
        if grant.organisation == granted.organisation:
            _renew(work, user, grant, granted, change)
        else:
            end_access(work, user, grant, change)
    return move_user(work, user, nominee.email, change)


def _renew(work: UnitOfWork, user: User, grant: Grant, granted: Nomination, change: AccessChange) -> None:
    confirmed_by = granted.steps[-1].lead_provider_id
    again = evolve(grant, confirmed_by=confirmed_by, confirmed_on=change.today, nomination_id=granted.id, warning=None)
    work.users.replace_grant(again)
    work.audit.record(change.event(AuditKind.GRANT_RENEWED, user, grant.organisation))


def _checked_user(work: UnitOfWork, nomination: Nomination, held: UserId | None) -> User:
    """The nominee, made a user if they are not one; never another user who has taken their address since.

    A nominee who was not a user, and was made one at this address under this name since, is the same person. A user
    whose address was changed to this one is not.
    """
    nominee = nomination.nominee
    there = work.users.with_email(nominee.email)
    if there is not None and there.id != held:
        raise Overtaken("This person has become a user since you looked. Check again before you continue.")
    if nominee.user_id is not None and (there is None or there.id != nominee.user_id):
        raise ChangeRefused("The nominee's email address has changed. Nominate them again with the new one.")
    if there is None:
        return new_user(work, nominee.email, nominee.name)
    if nominee.user_id is None and (not nominee.is_named(there.name) or _was_moved(work, there)):
        raise ChangeRefused(
            "Since this person was nominated, their email address has become that of a user who was not confirmed. "
            "Check whose address it is, withdraw this nomination and nominate them again."
        )
    check_one_address(there)
    return there


def _was_moved(work: UnitOfWork, user: User) -> bool:
    """Whether the user ever had another address."""
    kinds = AuditKind.ADDRESS_CHANGED, AuditKind.SECOND_ADDRESS_ADDED
    return any(event.kind in kinds for event in work.audit.about(user.id))


def _change(granted: Nomination) -> AccessChange:
    step = granted.steps[-1]
    reason = step.note or "Nominated and confirmed"
    return AccessChange(at=step.at, by=step.by, reason=reason, details={"nomination_id": granted.id})


def _grant(granted: Nomination, user: User, change: AccessChange) -> Grant:
    return Grant(
        id=uuid4().hex,
        user_id=user.id,
        organisation=granted.organisation,
        granted_on=change.today,
        granted_by=change.by or "",
        reason=change.reason,
        confirmed_by=granted.steps[-1].lead_provider_id,
        nomination_id=granted.id,
    )
