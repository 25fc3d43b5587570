"""Explains why a user can or can't see a participant, by the rules that decide it (service rules 1 to 3)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from attrs import frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.access.explanation import Explanation, explain
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.tracing import Trail
from checkdata.domain.audit.wanted import NO_PARTICIPANT_HAS_ID
from checkdata.domain.errors import ChangeRefused, InvalidValue
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.people.users import NO_USER_HAS_ADDRESS, User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.access.past_facts import PastFacts, end_of_day
from checkdata.domain.values import EmailAddress, ParticipantId, UserId, checked_identifier, london_date


@frozen(kw_only=True)
class ExplainedRole:
    """The answer for one role at one organisation; ``listed`` tells whether its listing had the participant at all.

    ``corrected`` means that the answer was the other one by what was known at the end of that day: an agreement was
    added, changed or removed since for days that had passed.
    """

    organisation: Organisation
    listed: bool
    explanation: Explanation
    corrected: bool = False


@frozen(kw_only=True)
class Explained:
    """Whether a user may see a participant on a day, in each role asked for; no roles if they never had any.

    ``as_known_at`` is None for what is known now.
    """

    user: User
    participant_id: ParticipantId
    on: date
    as_known_at: datetime | None
    roles: Sequence[ExplainedRole]

    @property
    def visible(self) -> bool:
        """Whether they may see the participant in any role."""
        return any(role.explanation.visible for role in self.roles)


@frozen(kw_only=True)
class ExplainAccess:
    """Explains by `checkdata.domain.access.explanation.explain`, and records who asked about whom.

    For a past day, grants, agreements and suspensions count as they stood at its end, and the participant as the
    listings showed them then.
    """

    storage: Storage
    clock: Clock

    def explain(  # noqa: PLR0913 - what can be asked
        self,
        email: EmailAddress,
        participant_id: ParticipantId,
        *,
        organisation: Organisation | None = None,
        on: date | None = None,
        as_known_at: datetime | None = None,
        by: UserId | None = None,
    ) -> Explained:
        """Explain for today or a past day.

        `ChangeRefused` for an address that no user has, an id that no listing ever showed, and for what is to come.

        Explains one *organisation*, whether they ever had access for it or not; unless set, each role that they ever
        had. Terms of agreements count as they are known now or, with *as_known_at*, as they were known at that moment;
        *on* is then its day unless set. *by* is the support user who asks, None for an operator at the command line.
        """
        now = self.clock()
        asked = _Asked(now=now, on=on or london_date(as_known_at or now), as_known_at=as_known_at)
        _check_asked(participant_id, asked)
        with self.storage.writing() as work:
            user = work.users.with_email(email)
            if user is None:
                raise ChangeRefused(NO_USER_HAS_ADDRESS)
            facts, trail = PastFacts.of(work, user), work.trails.trail(participant_id)
            if not trail.stood:
                raise ChangeRefused(NO_PARTICIPANT_HAS_ID)
            acting = _roles_of(facts) if organisation is None else [_acting(work, user, organisation)]
            roles = [_explained(work, each, facts, trail, asked) for each in acting]
            work.audit.record(_event(user, participant_id, asked, by))
            work.commit()
        return Explained(user=user, participant_id=participant_id, on=asked.on, as_known_at=as_known_at, roles=roles)


@frozen(kw_only=True)
class _Asked:
    """The day that is asked about, and the moment whose knowledge counts; None for what is known now."""

    now: datetime
    on: date
    as_known_at: datetime | None

    @property
    def moment(self) -> datetime | None:
        """The moment whose state counts: the end of that day, and none that was not known yet; None for now."""
        if self.as_known_at is None:
            return end_of_day(self.on) if self.on < london_date(self.now) else None
        return min(end_of_day(self.on), self.as_known_at)


def _check_asked(participant_id: str, asked: _Asked) -> None:
    if asked.on > london_date(asked.now):
        raise ChangeRefused("Choose today or a day in the past.")
    if asked.as_known_at is not None and asked.as_known_at > asked.now:
        raise ChangeRefused("Choose a moment in the past.")
    try:
        checked_identifier(participant_id)
    except InvalidValue as error:
        raise ChangeRefused(f"This is not a participant's id: {error}.") from None


def _roles_of(facts: PastFacts) -> Iterable[Acting]:
    """Every role that the user was ever granted, in the order of their first grants."""
    organisations = dict.fromkeys(grant.organisation for grant in facts.stored.grants)
    return [Acting(facts.user.id, organisation) for organisation in organisations]


def _acting(work: UnitOfWork, user: User, organisation: Organisation) -> Acting:
    named = work.organisations.find(organisation.role, organisation.id)
    if named is None:
        raise ChangeRefused("There is no such organisation. Choose one from the feed.")
    return Acting(user.id, named)


def _explained(work: UnitOfWork, acting: Acting, facts: PastFacts, trail: Trail, asked: _Asked) -> ExplainedRole:
    moment, organisation = asked.moment, acting.organisation
    row = trail.row_of(organisation, moment)

    def as_known_at(at: datetime) -> Explanation:
        return explain(acting, row, facts.known_at(work, organisation, at, moment), on=asked.on)

    if asked.as_known_at is not None:
        return ExplainedRole(
            organisation=organisation, listed=row is not None, explanation=as_known_at(asked.as_known_at)
        )
    explanation = explain(acting, row, facts.known_now(moment), on=asked.on)
    corrected = moment is not None and as_known_at(moment).visible != explanation.visible
    return ExplainedRole(
        organisation=organisation, listed=row is not None, explanation=explanation, corrected=corrected
    )


def _event(user: User, participant_id: ParticipantId, asked: _Asked, by: UserId | None) -> AuditEvent:
    known_at = {} if asked.as_known_at is None else {"as_known_at": asked.as_known_at.isoformat()}
    return AuditEvent(
        kind=AuditKind.ACCESS_EXPLAINED,
        at=asked.now,
        actor=by,
        subject=user.id,
        participant_id=participant_id,
        details={"on": asked.on.isoformat(), **known_at},
    )
