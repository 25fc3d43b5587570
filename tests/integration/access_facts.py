"""What a storage holds about access at one moment, and which events should record how that changed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import frozen

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import Storage
from tests.recent_events import recent

STEPS: Final = {
    NominationState.RECEIVED: AuditKind.NOMINATION_RECEIVED,
    NominationState.ESCALATED: AuditKind.NOMINATION_ESCALATED,
    NominationState.ASKED: AuditKind.NOMINATION_ASKED,
    NominationState.CONFIRMED: AuditKind.NOMINATION_CONFIRMED,
    NominationState.DECLINED: AuditKind.NOMINATION_DECLINED,
    NominationState.WITHDRAWN: AuditKind.NOMINATION_WITHDRAWN,
    NominationState.EXPIRED: AuditKind.NOMINATION_EXPIRED,
}
"""A grant's step is told by the grant's own event."""

ELSE: Final = {
    AuditKind.SIGNED_IN,
    AuditKind.ACCESS_EXPLAINED,
    AuditKind.FEED_IMPORTED,
    AuditKind.CHANGE_PROPOSED,
}
"""Kinds of events that tell of no change of access."""


@frozen(kw_only=True)
class Facts:
    """Everything that decides who may see whom, by id, and the events so far, oldest first."""

    users: Mapping[str, User]
    grants: Mapping[str, Grant]
    agreements: Mapping[str, Agreement]
    nominations: Mapping[str, Nomination]
    events: tuple[AuditEvent, ...]


def facts_in(storage: Storage) -> Facts:
    """The facts as they are now."""
    with storage.reading() as work:
        users = work.users.search("")
        nominations = [*work.nominations.open(), *work.nominations.closed()]
        return Facts(
            users=_by_id(users),
            grants=_by_id(grant for user in users for grant in work.users.grants_of(user.id)),
            agreements=_by_id(work.organisations.agreements()),
            nominations=_by_id(nominations),
            events=tuple(reversed(recent(work, 10_000))),
        )


def recorded_between(before: Facts, after: Facts) -> Counter[AuditKind]:
    """How many events of each kind tell of changes of access."""
    assert after.events[: len(before.events)] == before.events
    new = after.events[len(before.events) :]
    return Counter(event.kind for event in new if event.kind not in ELSE)


def changes_between(before: Facts, after: Facts) -> Counter[AuditKind]:
    """The events that should tell how *before* became *after*, exactly one a change."""
    changes = Counter[AuditKind]()
    for user_id, user in after.users.items():
        changes += _changes_of_user(before.users.get(user_id), user)
    for grant_id, grant in after.grants.items():
        changes += _changes_of_grant(before.grants.get(grant_id), grant)
    for agreement_id, agreement in after.agreements.items():
        changes += _changes_of_agreement(before.agreements.get(agreement_id), agreement)
    for nomination_id, nomination in after.nominations.items():
        known = before.nominations.get(nomination_id)
        new = nomination.steps[0 if known is None else len(known.steps) :]
        changes += Counter(STEPS[step.state] for step in new if step.state in STEPS)
    return changes


def _changes_of_user(before: User | None, after: User) -> Counter[AuditKind]:
    if before is None:
        return Counter()
    turned = AuditKind.USER_SUSPENDED if after.suspended else AuditKind.USER_REINSTATED
    had, has = before.second, after.second
    return _those(
        {
            turned: before.suspended != after.suspended,
            AuditKind.ADDRESS_CHANGED: before.email != after.email,
            AuditKind.SECOND_ADDRESS_ADDED: had is None and has is not None,
            AuditKind.SECOND_ADDRESS_REMOVED: had is not None and has is None,
            AuditKind.SECOND_ADDRESS_CONFIRMED: had is not None and has is not None and had != has,
        }
    )


def _changes_of_grant(before: Grant | None, after: Grant) -> Counter[AuditKind]:
    if before is None:
        return Counter([AuditKind.GRANT_ADDED])
    renewed = (before.nomination_id, before.confirmed_on) != (after.nomination_id, after.confirmed_on)
    return _those({AuditKind.GRANT_ENDED: before.ended_on != after.ended_on, AuditKind.GRANT_RENEWED: renewed})


def _changes_of_agreement(before: Agreement | None, after: Agreement) -> Counter[AuditKind]:
    if before is None:
        return Counter([AuditKind.AGREEMENT_ADDED])
    return _those({AuditKind.AGREEMENT_ENDED: before.ended_on != after.ended_on})


def _those(happened: Mapping[AuditKind, bool]) -> Counter[AuditKind]:
    return Counter(kind for kind, did in happened.items() if did)


def _by_id(things: Iterable[Any]) -> dict[str, Any]:
    return {thing.id: thing for thing in things}
