"""The facts that decide access on a past day, as they are known now or as they were known at a moment (rule 3)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.people.agreement_history import agreements_as_known
from checkdata.domain.people.organisations import Agreement, DeliveryPartner, Organisation
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.values import london_date, london_midnight

_SUSPENSIONS: Final = {AuditKind.USER_SUSPENDED: True, AuditKind.USER_REINSTATED: False}


def end_of_day(day: date) -> datetime:
    """The last moment of a day in London."""
    return london_midnight(day + timedelta(days=1)) - timedelta(microseconds=1)


@frozen
class PastFacts:
    """The facts about one user: what is stored now, and the events that tell when it was recorded."""

    user: User
    stored: AccessFacts
    events: Sequence[AuditEvent]

    @classmethod
    def of(cls, work: UnitOfWork, user: User) -> "PastFacts":
        """Read them."""
        return cls(user, work.users.facts(user.id), work.audit.about(user.id))

    def known_now(self, moment: datetime | None) -> AccessFacts:
        """What is known now of a moment, None for now: suspensions are as they were, for they have no days."""
        return evolve(self.stored, user=evolve(self.user, suspended=self._suspended(moment)))

    def known_at(
        self, work: UnitOfWork, organisation: Organisation, at: datetime, moment: datetime | None
    ) -> AccessFacts:
        """What was known *at* one moment of another, with the agreements of this organisation."""
        return AccessFacts(
            user=evolve(self.user, suspended=self._suspended(moment)),
            grants=list(self._grants(at)),
            agreements=_agreements(work, organisation, at),
        )

    def _suspended(self, moment: datetime | None) -> bool:
        if moment is None:
            return self.user.suspended
        changes = [event for event in self.events if event.kind in _SUSPENSIONS]
        before = [event for event in changes if event.at <= moment]
        if before:
            return _SUSPENSIONS[before[-1].kind]
        return not _SUSPENSIONS[changes[0].kind] if changes else self.user.suspended

    def _grants(self, at: datetime) -> Iterator[Grant]:
        added, ended = self._recorded(AuditKind.GRANT_ADDED), self._recorded(AuditKind.GRANT_ENDED)
        for grant in self.stored.grants:
            if _was_recorded(added.get(grant.id), grant.granted_on, at):
                is_ended = grant.ended_on is not None and _was_recorded(ended.get(grant.id), grant.ended_on, at)
                yield grant if is_ended else evolve(grant, ended_on=None)

    def _recorded(self, kind: AuditKind) -> Mapping[object, datetime]:
        """When the log recorded it of each grant."""
        return {event.details.get("grant_id"): event.at for event in self.events if event.kind is kind}


def _was_recorded(recorded_at: datetime | None, day: date, at: datetime) -> bool:
    """Whether something of that *day* was recorded by then; only the day tells where the log was purged."""
    return day <= london_date(at) if recorded_at is None else recorded_at <= at


def _agreements(work: UnitOfWork, organisation: Organisation, at: datetime) -> Sequence[Agreement]:
    if not isinstance(organisation, DeliveryPartner):
        return ()
    return agreements_as_known(work.agreement_history.of_partner(organisation.id), at)
