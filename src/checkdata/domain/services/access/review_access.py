"""The access review: grants that are not used, or that were confirmed long ago, are kept or removed one by one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from uuid import uuid4

from attrs import field, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.access.lapsing import LapseLimits, lapse_reasons, last_day_of_use
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.nominations.nomination import NOMINATION_LIVES, Nomination
from checkdata.domain.nominations.nominee import Nominee
from checkdata.domain.nominations.steps import Act
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner
from checkdata.domain.people.users import Grant, LapseReason, User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.access_changes import (
    AccessChange,
    change_of_access,
    check_manageable,
    check_support,
    end_access,
    held_user,
)
from checkdata.domain.services.task_steps.acting_user import actor_of
from checkdata.domain.services.task_steps.hand_overs import TeamAddresses, tell_team
from checkdata.domain.services.task_steps.nomination_changes import (
    add_nomination,
    ask_lead_provider,
    check_not_suspended,
    expire,
    held_agreements_for,
    registered_contact,
    renewal_of,
    take_step,
)
from checkdata.domain.values import EmailAddress, NominationId, UserId, london_date


@frozen(kw_only=True)
class ReviewLimits:
    """After how long without use, and how long after its confirmation, a grant is reviewed; each is a setting."""

    unused: timedelta = timedelta(days=90)
    confirmed: timedelta = timedelta(days=365)


class ReviewReason(Enum):
    """Why a grant has to be reviewed."""

    UNUSED = "unused"
    CONFIRMED_LONG_AGO = "confirmed_long_ago"
    NO_AGREEMENT = "no_agreement"


@frozen(kw_only=True)
class ReviewedGrant:
    """A grant that has to be kept or removed, and why; ``last_used`` is None if it was never used.

    ``renewal`` is the open nomination to reconfirm it, or None. ``by_operator`` means that it is a
    support or policy user's, which only an operator adds and removes.
    """

    user: User
    grant: Grant
    last_used: datetime | None
    reasons: tuple[ReviewReason, ...]
    renewal: Nomination | None
    by_operator: bool

    @property
    def seen(self) -> FormDigest:
        """The digest of what a form that shows it showed."""
        return form_digest(self.user, self.grant)


@frozen(kw_only=True)
class ReviewAccess:
    """The grants to review, and the two answers; each answer is recorded as a change of access.

    Raises `ChangeRefused` with a sentence where an answer is not allowed, `Overtaken` where user or grant are not as a
    form had *seen* them (`ReviewedGrant.seen`), and then changes nothing.
    """

    storage: Storage
    clock: Clock
    limits: ReviewLimits = field(factory=ReviewLimits)
    lapses: LapseLimits = field(factory=LapseLimits)
    lives: timedelta = NOMINATION_LIVES
    teams: TeamAddresses = field(factory=TeamAddresses)

    def due(self) -> Sequence[ReviewedGrant]:
        """The grants to review, by the address of their user."""
        today = london_date(self.clock())
        with self.storage.reading() as work:
            renewals = {n.renews: n for n in work.nominations.open() if not n.is_overdue(self.clock())}
            found = list(self._due(work, work.users.active_grants(today), renewals, today))
        return sorted(found, key=lambda reviewed: reviewed.user.email.value)

    def knows(self, grant_id: str) -> bool:
        """Whether there is or was such a grant, to be reviewed or not."""
        with self.storage.reading() as work:
            return work.users.grant(grant_id) is not None

    def keep(self, grant_id: str, *, by: Acting, note: str = "", seen: FormDigest | None = None) -> Nomination:
        """Ask for a grant to be reconfirmed, by a link to the contact of the lead provider that confirmed it.

        If it no longer has an agreement in force, or has no contact, policy chooses whom to ask, and is mailed. An
        appropriate body's user whom policy confirmed is reconfirmed by policy.
        """
        now = self.clock()
        with self.storage.writing() as work:
            user, grant = _held(work, grant_id, by.user_id, london_date(now), seen)
            actor = actor_of(work, by, london_date(now))
            act = Act(by=actor, at=now, note=note)
            nomination = self._received(work, user, grant, actor.user.email, act)
            nomination = _handed_on(work, nomination, grant, act)
            tell_team(work, nomination, self.teams)
            work.commit()
        return nomination

    def remove(self, grant_id: str, *, reason: str, by: UserId | None = None, seen: FormDigest | None = None) -> Grant:
        """End a grant; the next request is refused, and its holder is mailed."""
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            user, grant = _held(work, grant_id, by, change.today, seen)
            check_support(work, change)
            check_manageable(grant.organisation.role, by)
            end_access(work, user, grant, change)
            _close_renewal(work, user, grant, change)
            work.commit()
        return grant

    def _due(
        self, work: UnitOfWork, grants: Iterable[Grant], renewals: dict[str | None, Nomination], today: date
    ) -> Iterator[ReviewedGrant]:
        agreements = work.organisations.agreements()
        for grant in grants:
            user = work.users.get(grant.user_id)
            last_used = work.audit.last_used(grant.user_id, grant.organisation)
            reasons = self._reasons(grant, last_day_of_use(grant, last_used), agreements, today)
            if user is not None and reasons:
                yield ReviewedGrant(
                    user=user,
                    grant=grant,
                    last_used=last_used,
                    reasons=reasons,
                    renewal=renewals.get(grant.id),
                    by_operator=not isinstance(grant.organisation, DeliveryPartner | AppropriateBody),
                )

    def _reasons(
        self, grant: Grant, used_on: date, agreements: Sequence[Agreement], today: date
    ) -> tuple[ReviewReason, ...]:
        lapses = lapse_reasons(grant, used_on, agreements, today, self.lapses)
        asked = {
            ReviewReason.UNUSED: today - used_on >= self.limits.unused or LapseReason.UNUSED in lapses,
            ReviewReason.CONFIRMED_LONG_AGO: today - grant.vouched_for_on > self.limits.confirmed,
            ReviewReason.NO_AGREEMENT: LapseReason.NO_AGREEMENT in lapses,
        }
        return tuple(reason for reason, holds in asked.items() if holds)

    def _received(self, work: UnitOfWork, user: User, grant: Grant, asked_by: EmailAddress, act: Act) -> Nomination:
        organisation = grant.organisation
        if not isinstance(organisation, DeliveryPartner | AppropriateBody):
            raise ChangeRefused("An operator manages support and policy users at the command line.")
        check_not_suspended(user, act)
        waiting = work.nominations.open_for(user.email, organisation)
        if waiting is not None:
            expire(work, waiting, act.at)
        nomination = Nomination(
            id=NominationId(uuid4().hex),
            nominee=Nominee(email=user.email, name=user.name, user_id=user.id, also_at=user.addresses),
            organisation=organisation,
            nominated_by=asked_by,
            expires_at=act.at + self.lives,
            renews=grant.id,
        ).received(act, "Access review")
        add_nomination(work, nomination)
        return nomination


def _held(
    work: UnitOfWork, grant_id: str, by: UserId | None, today: date, seen: FormDigest | None
) -> tuple[User, Grant]:
    """The active grant and its user, locked until the change is made."""
    found = work.users.grant(grant_id)
    user = None if found is None else held_user(work, found.user_id, by)
    grant = work.users.grant(grant_id)
    if user is None or grant is None or not grant.active(today):
        raise Overtaken("This access has already ended.")
    check_unchanged(seen, form_digest(user, grant), "This access")
    return user, grant


def _handed_on(work: UnitOfWork, nomination: Nomination, grant: Grant, act: Act) -> Nomination:
    """Escalate it to policy and, if there is no choice to make, ask the lead provider that confirmed before."""
    nomination = nomination.escalated(act)
    take_step(work, nomination)
    lead, agreements = grant.confirmed_by, held_agreements_for(work, nomination)
    if lead is None or not nomination.may_vouch(lead, agreements, london_date(act.at)):
        return nomination
    contact = registered_contact(work, lead)
    if contact is None or nomination.nominee.is_at(contact):
        return nomination
    return ask_lead_provider(work, nomination, lead, act, by_link=True)


def _close_renewal(work: UnitOfWork, user: User, grant: Grant, change: AccessChange) -> None:
    waiting = renewal_of(work, user, grant)
    if waiting is not None:
        expire(work, waiting, change.at)
