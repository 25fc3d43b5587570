"""Access that is not used, or that nobody vouches for any more, is warned about by mail, and then ends by itself."""

from collections.abc import Sequence
from datetime import date, datetime

from attrs import evolve, field, frozen

from checkdata.domain.access.lapsing import LapseLimits, lapse_reasons, last_day_of_use, may_lapse, still_stands
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.messages import AccessLapses
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.people.users import Grant, LapseReason, LapseWarning, User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.access_changes import AccessChange, end_access, held_user
from checkdata.domain.services.task_steps.each_by_itself import each_by_itself
from checkdata.domain.services.task_steps.nomination_changes import expire, renewal_of
from checkdata.domain.values import london_date

_REASONS = {
    LapseReason.UNUSED: "Lapsed: it was not used",
    LapseReason.NO_AGREEMENT: "Lapsed: the lead provider that confirmed it has no agreement in force",
}


@frozen(kw_only=True)
class LapseResult:
    """How many grants were warned about, and how many lapsed."""

    warned: int = 0
    lapsed: int = 0

    def __add__(self, other: "LapseResult") -> "LapseResult":
        """Both together."""
        return LapseResult(warned=self.warned + other.warned, lapsed=self.lapsed + other.lapsed)


@frozen(kw_only=True)
class LapseAccess:
    """Warns and ends, each grant by itself, so that several processes may do it at once."""

    storage: Storage
    clock: Clock
    limits: LapseLimits = field(factory=LapseLimits)

    def run(self) -> LapseResult:
        """Do what is due today.

        A grant that its reason does not hold for any more, because it was used or confirmed again, is no longer warned
        about. While it is asked to be reconfirmed, and was so by the day that the mail named, it does not lapse.
        """
        if not self.limits.warned:
            return LapseResult()
        with self.storage.reading() as work:
            today, agreements = london_date(self.clock()), work.organisations.agreements()
            due = [
                grant.id
                for grant in filter(may_lapse, work.users.active_grants(today))
                if grant.warning is not None
                or lapse_reasons(grant, self._used_on(work, grant, today), agreements, today, self.limits)
            ]
        return sum(each_by_itself(self._take, due), start=LapseResult())

    def _take(self, grant_id: str) -> LapseResult:
        """Look at one grant again, locked with its user and the agreements that it rests on."""
        with self.storage.writing() as work:
            found = work.users.grant(grant_id)
            if found is None:
                return LapseResult()
            user = held_user(work, found.user_id)
            work.organisations.rest_on_agreements()
            now, grant = self.clock(), work.users.grant(grant_id)
            if grant is None or not grant.active(london_date(now)):
                return LapseResult()
            done = self._moved_on(work, user, grant, now)
            work.commit()
        return done

    def _moved_on(self, work: UnitOfWork, user: User, grant: Grant, now: datetime) -> LapseResult:
        today, agreements, warning = london_date(now), work.organisations.agreements(), grant.warning
        used_on = self._used_on(work, grant, today)
        reasons = lapse_reasons(grant, used_on, agreements, today, self.limits)
        if warning is None or warning.reason not in reasons:
            return self._warn(work, user, grant, reasons, now)
        if not still_stands(warning, grant, used_on, agreements, today):
            return self._warn(work, user, grant, reasons, now)
        renewal = renewal_of(work, user, grant)
        if today < warning.ends_on or (renewal is not None and _holds(renewal, warning, now)):
            return LapseResult()
        end_access(work, user, grant, AccessChange(at=now, by=None, reason=_REASONS[warning.reason]))
        if renewal is not None:
            expire(work, renewal, now)
        return LapseResult(lapsed=1)

    def _warn(
        self, work: UnitOfWork, user: User, grant: Grant, reasons: Sequence[LapseReason], now: datetime
    ) -> LapseResult:
        """Warn of the first reason; without one, forget that another was warned of."""
        if not reasons:
            if grant.warning is not None:
                work.users.replace_grant(evolve(grant, warning=None))
            return LapseResult()
        today = london_date(now)
        warning = LapseWarning(reason=reasons[0], told_on=today, ends_on=today + self.limits.warned)
        work.users.replace_grant(evolve(grant, warning=warning))
        work.outbox.queue(user.email, _mail(user, grant, warning), now)
        work.audit.record(_event(user, grant, warning, now))
        return LapseResult(warned=1)

    def _used_on(self, work: UnitOfWork, grant: Grant, today: date) -> date:
        vouched = grant.vouched_for_on
        if today - vouched < self.limits.unused:  # so its use need not be looked up
            return vouched
        return last_day_of_use(grant, work.audit.last_used(grant.user_id, grant.organisation))


def _holds(renewal: Nomination, warning: LapseWarning, now: datetime) -> bool:
    """Whether it is open and was asked by the day that the mail named: asking later could put the end off for ever."""
    return london_date(renewal.received_at) <= warning.ends_on and not renewal.is_overdue(now)


def _mail(user: User, grant: Grant, warning: LapseWarning) -> AccessLapses:
    return AccessLapses(
        name=user.name,
        role=grant.organisation.role,
        organisation=grant.organisation.name,
        unused=warning.reason is LapseReason.UNUSED,
        ends_on=warning.ends_on.isoformat(),
    )


def _event(user: User, grant: Grant, warning: LapseWarning, now: datetime) -> AuditEvent:
    return AuditEvent(
        kind=AuditKind.LAPSE_WARNED,
        at=now,
        subject=user.id,
        role=grant.organisation.role,
        organisation_id=grant.organisation.id,
        details={"reason": warning.reason.value, "ends_on": warning.ends_on.isoformat()},
    )
