"""What users newly see because agreements changed, counted before they are in force (service rule 2)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import TypeVar

from checkdata.domain.access.scope import Scope
from checkdata.domain.access.widening import (
    AccessWidened,
    ChangedAgreements,
    Count,
    ListedNumber,
    WiderView,
    newly_seen,
)
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Agreement, DeliveryPartner, Role
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.values import ImportId

OfPartner = TypeVar("OfPartner", Agreement, ListedNumber)


def widened_access(work: UnitOfWork, agreements: Sequence[Agreement], today: date) -> tuple[WiderView, ...]:
    """What users newly see once this import is shown, a partner each; *agreements* are those of before it.

    New training records under the same agreements are no widening, unless they come from a partner that was merged:
    one that by this import has lost its agreements with a lead provider, or all its participants. Nothing is widened
    where a partner has no users: people get access by a nomination, and see what is covered by then.
    """
    users = work.users.count_acting(Role.DELIVERY_PARTNER, today)
    if not users:
        return ()
    changes = {change.partner.id: change for change in _changes(work, agreements)}
    changed = {partner_id for partner_id, change in changes.items() if change.before != change.after}
    arrived = _of_partners(_arrived(work, {each for each in changed if changes[each].loses_a_lead_provider(today)}))
    concerned = sorted(users.keys() & changes.keys() & (changed | arrived.keys()))
    listed = _of_partners(work.feed_store.listed_numbers(concerned)) if concerned else arrived
    widened = []
    for partner_id in concerned:
        change, here, come = changes[partner_id], _counting(listed[partner_id]), _counting(arrived[partner_id])
        newly = newly_seen(change, here, today=today, arrived=come)
        if newly is not None:
            widened.append(WiderView(partner=change.partner, users=users[partner_id], newly=newly))
    return tuple(widened)


def widened_by(work: UnitOfWork, agreement: Agreement, today: date) -> WiderView | None:
    """What users of its partner newly see once this agreement is added; None if it covers no one else.

    Unlike `widened_access` it tells of a partner without users too, because the agreement is added for those to come.
    """
    found = work.organisations.find(Role.DELIVERY_PARTNER, agreement.delivery_partner_id)
    partner = found if isinstance(found, DeliveryPartner) else DeliveryPartner(agreement.delivery_partner_id)
    before = work.organisations.agreements_of(partner.id)
    change = ChangedAgreements(partner=partner, before=before, after=[*before, agreement])
    newly = newly_seen(change, lambda scope: work.participants.count(ParticipantQuery(scope=scope)), today=today)
    users = work.users.count_acting(Role.DELIVERY_PARTNER, today).get(partner.id, 0)
    return None if newly is None else WiderView(partner=partner, users=users, newly=newly)


def refuse_wider_access(widened: Iterable[WiderView], percent: int) -> None:
    """Raise `AccessWidened` where users of a partner would newly see more than this share of what they see."""
    too_much = [widening for widening in widened if widening.newly.is_more_than(percent)]
    if too_much:
        raise AccessWidened(too_much, percent)


def widening_events(
    kind: AuditKind, widened: Iterable[WiderView], at: datetime, import_id: ImportId | None = None
) -> Iterator[AuditEvent]:
    """One event for each partner, with the figures."""
    for widening in widened:
        yield AuditEvent(
            kind=kind,
            at=at,
            role=Role.DELIVERY_PARTNER,
            organisation_id=widening.partner.id,
            import_id=import_id,
            details={
                "users": widening.users,
                "participants": widening.newly.participants,
                "already": widening.newly.already,
                "from": widening.newly.on.isoformat(),
            },
        )


def _of_partners(things: Iterable[OfPartner]) -> defaultdict[str, list[OfPartner]]:
    found = defaultdict[str, list[OfPartner]](list)
    for thing in things:
        found[thing.delivery_partner_id].append(thing)
    return found


def _changes(work: UnitOfWork, agreements: Iterable[Agreement]) -> Iterator[ChangedAgreements]:
    """The agreements of every partner that has any, before and after."""
    before, after = _of_partners(agreements), _of_partners(work.organisations.agreements())
    names = {partner.id: partner.name for partner in work.organisations.all(Role.DELIVERY_PARTNER)}
    for partner_id in sorted(before.keys() | after.keys()):
        partner = DeliveryPartner(partner_id, names.get(partner_id, ""))
        yield ChangedAgreements(partner=partner, before=before[partner_id], after=after[partner_id])


def _arrived(work: UnitOfWork, narrowed: AbstractSet[str]) -> Sequence[ListedNumber]:
    """The participants who come from partners that were merged into others."""
    merged = narrowed | work.feed_store.partners_left_without()
    return work.feed_store.arrived_from(merged) if merged else ()


def _counting(numbers: Collection[ListedNumber]) -> Count:
    def count(scope: Scope) -> int:
        return sum(each.number for each in numbers if scope.covers(each))

    return count
