"""Explains why a user can or can't see a participant, by the rules that decide it (service rules 1 to 3)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from attrs import evolve, frozen

from checkdata.domain.access.decision import AccessFacts, Acting, scope_of
from checkdata.domain.access.explanation import Explanation, explain
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.errors import ChangeRefused, InvalidValue
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Agreement, DeliveryPartner, Organisation
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.values import EmailAddress, ParticipantId, UserId, checked_identifier, london_date

_SUSPENSIONS: Final = {AuditKind.USER_SUSPENDED: True, AuditKind.USER_REINSTATED: False}


@frozen(kw_only=True)
class ExplainedRole:
    """The answer for one role at one organisation; ``listed`` tells whether its listing has the participant at all."""

    organisation: Organisation
    listed: bool
    explanation: Explanation


@frozen(kw_only=True)
class Explained:
    """Whether a user may see a participant on a day, in each role asked for; no roles if they never had any."""

    user: User
    participant_id: ParticipantId
    on: date
    roles: Sequence[ExplainedRole]

    @property
    def visible(self) -> bool:
        """Whether they may see the participant in any role."""
        return any(role.explanation.visible for role in self.roles)


@frozen(kw_only=True)
class ExplainAccess:
    """Explains by `checkdata.domain.access.explanation.explain`, and records who asked about whom.

    For a past day, grants, agreements and suspensions count as they were then, and the participant as the listings
    show them now.
    """

    storage: Storage
    clock: Clock

    def explain(
        self,
        email: EmailAddress,
        participant_id: ParticipantId,
        *,
        organisation: Organisation | None = None,
        on: date | None = None,
        by: UserId | None = None,
    ) -> Explained:
        """Explain for today or a past day; `ChangeRefused` for an address that no user has, and for a future day.

        Explains one *organisation*, whether they ever had access for it or not; unless set, each role that they ever
        had. *by* is the support user who asks, None for an operator at the command line.
        """
        now = self.clock()
        today = london_date(now)
        day = on or today
        _check_asked(participant_id, day, today)
        with self.storage.writing() as work:
            user = work.users.with_email(email)
            if user is None:
                raise ChangeRefused("There is no user with this email address.")
            facts = _facts_on(work, user, day, today)
            asked = _roles_of(facts, user) if organisation is None else [_acting(work, user, organisation)]
            roles = [_explained(work, acting, participant_id, facts, day) for acting in asked]
            work.audit.record(
                AuditEvent(
                    kind=AuditKind.ACCESS_EXPLAINED,
                    at=now,
                    actor=by,
                    subject=user.id,
                    participant_id=participant_id,
                    details={"on": day.isoformat()},
                )
            )
            work.commit()
        return Explained(user=user, participant_id=participant_id, on=day, roles=roles)


def _check_asked(participant_id: str, day: date, today: date) -> None:
    if day > today:
        raise ChangeRefused("Choose today or a day in the past.")
    try:
        checked_identifier(participant_id)
    except InvalidValue as error:
        raise ChangeRefused(f"This is not a participant's id: {error}.") from None


def _facts_on(work: UnitOfWork, user: User, day: date, today: date) -> AccessFacts:
    """The facts as they stood; grants and agreements keep their dates themselves."""
    facts = work.users.facts(user.id)
    return facts if day == today else evolve(facts, user=evolve(user, suspended=_suspended_on(work, user, day)))


def _suspended_on(work: UnitOfWork, user: User, day: date) -> bool:
    """Whether the user was suspended at the end of a past day."""
    changes = [event for event in work.audit.about(user.id) if event.kind in _SUSPENSIONS]
    before = [event for event in changes if london_date(event.at) <= day]
    if before:
        return _SUSPENSIONS[before[-1].kind]
    return not _SUSPENSIONS[changes[0].kind] if changes else user.suspended


def _roles_of(facts: AccessFacts, user: User) -> Iterable[Acting]:
    """Every role that the user was ever granted, in the order of their first grants."""
    return (Acting(user.id, organisation) for organisation in dict.fromkeys(g.organisation for g in facts.grants))


def _acting(work: UnitOfWork, user: User, organisation: Organisation) -> Acting:
    named = work.organisations.find(organisation.role, organisation.id)
    if named is None:
        raise ChangeRefused("There is no such organisation. Choose one from the feed.")
    return Acting(user.id, named)


def _explained(
    work: UnitOfWork, acting: Acting, participant_id: ParticipantId, facts: AccessFacts, day: date
) -> ExplainedRole:
    row = _row(work, acting.organisation, participant_id)
    explanation = explain(acting, row, facts, on=day)
    return ExplainedRole(organisation=acting.organisation, listed=row is not None, explanation=explanation)


def _row(work: UnitOfWork, organisation: Organisation, participant_id: ParticipantId) -> ListedParticipant | None:
    """The participant's row in the organisation's listing, in scope or not; it is never shown."""
    whole = scope_of(organisation, _agreements_with_all_lead_providers(work, organisation), on=date.min)
    return work.participants.one(whole, participant_id) if isinstance(whole, Scope) else None


def _agreements_with_all_lead_providers(work: UnitOfWork, organisation: Organisation) -> Sequence[Agreement]:
    if not isinstance(organisation, DeliveryPartner):
        return ()
    return [
        Agreement(id="", lead_provider_id=lead.id, delivery_partner_id=organisation.id, starts_on=date.min)
        for lead in work.organisations.lead_providers()
    ]
