"""The state of a user, as their page begins: what they see now, and what keeps them from it (service rules 1 to 7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from attrs import frozen

from checkdata.domain.access.decision import AccessFacts, Decision, Granted, available, decide
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.mail_records import MailRecord, MailState
from checkdata.domain.people.organisations import Agreement, Organisation
from checkdata.domain.people.users import User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.values import UserId, london_date

_MAILS_LOOKED_AT: Final = 5


@frozen(kw_only=True)
class RoleState:
    """What a user sees for one organisation: ``decision`` is that of its pages, ``participants`` how many they list.

    Where no agreement is in force, ``agreement_ended_on`` is the last day of the last one,
    ``agreement_starts_on`` the first day of the next one; None for none.
    """

    organisation: Organisation
    decision: Decision
    participants: int
    agreement_ended_on: date | None = None
    agreement_starts_on: date | None = None


@frozen(kw_only=True)
class UserState:
    """A user's state: one role for each organisation that they may choose, none for a suspended user.

    ``suspended_at`` is when they were suspended, ``bounced_at`` when mail to them came back after their last sign-in,
    ``access_ended_on`` when the last of their access ended; each None where it does not hold or is not known.
    """

    suspended: bool
    suspended_at: datetime | None
    bounced_at: datetime | None
    access_ended_on: date | None
    roles: Sequence[RoleState]


@frozen(kw_only=True)
class StateOfUsers:
    """Tells support in what state users are, by the decision that pages use; changes nothing."""

    storage: Storage
    clock: Clock

    def of(self, user: User) -> UserState:
        """The state of one user now."""
        today = london_date(self.clock())
        with self.storage.reading() as work:
            facts = work.users.facts(user.id)
            ended = [grant.ended_on for grant in facts.grants if grant.ended_on is not None and grant.ended_on <= today]
            return UserState(
                suspended=user.suspended,
                suspended_at=_suspended_at(work, user) if user.suspended else None,
                bounced_at=_bounced_at(work, user),
                access_ended_on=max(ended, default=None),
                roles=list(_roles(work, user.id, facts, today)),
            )

    def bounced(self, users: Iterable[User]) -> Mapping[UserId, datetime]:
        """Those of the users to whom mail does not get through, and since when."""
        with self.storage.reading() as work:
            found = {user.id: _bounced_at(work, user) for user in users}
        return {user_id: at for user_id, at in found.items() if at is not None}


def _roles(work: UnitOfWork, user_id: UserId, facts: AccessFacts, today: date) -> Iterator[RoleState]:
    for acting in available(user_id, facts, on=today):
        decision = decide(acting, facts, on=today)
        theirs = [each for each in facts.agreements if each.delivery_partner_id == acting.organisation.id]
        yield RoleState(
            organisation=acting.organisation,
            decision=decision,
            participants=_participants(work, decision),
            agreement_ended_on=None if decision else max(_ends(theirs, today), default=None),
            agreement_starts_on=None if decision else min(_starts(theirs, today), default=None),
        )


def _participants(work: UnitOfWork, decision: Decision) -> int:
    return work.participants.count(ParticipantQuery(scope=decision.scope)) if isinstance(decision, Granted) else 0


def _ends(agreements: Iterable[Agreement], today: date) -> Iterator[date]:
    """The last days of agreements that were in force before."""
    yield from (each.last_day for each in agreements if each.last_day and each.starts_on <= each.last_day < today)


def _starts(agreements: Iterable[Agreement], today: date) -> Iterator[date]:
    """The days on which agreements start that will be in force."""
    yield from (each.starts_on for each in agreements if each.starts_on > today and each.lasts_beyond(today))


def _suspended_at(work: UnitOfWork, user: User) -> datetime | None:
    suspensions = (event.at for event in work.audit.about(user.id) if event.kind is AuditKind.USER_SUSPENDED)
    return max(suspensions, default=None)


def _bounced_at(work: UnitOfWork, user: User) -> datetime | None:
    """When the last mail to each of their addresses came back; None if one got through, or they signed in since."""
    addresses = [address for address in user.addresses if user.signs_in_at(address)]
    returned = [_came_back_at(work.outbox.last_to(address, _MAILS_LOOKED_AT)) for address in addresses]
    at = None if None in returned else max(filter(None, returned), default=None)
    last_sign_in = None if at is None else work.audit.last_sign_in(user.id)
    return None if at is None or (last_sign_in is not None and last_sign_in > at) else at


def _came_back_at(mails: Sequence[MailRecord]) -> datetime | None:
    tried = (mail for mail in mails if mail.state not in {MailState.QUEUED, MailState.DROPPED, MailState.EXPIRED})
    newest = next(tried, None)
    if newest is None or newest.state is MailState.SENT:
        return None
    return newest.bounced_at or newest.tried_at
