"""What every adapter of `checkdata.domain.ports.AuditLog` must do."""

from datetime import timedelta
from itertools import product

from checkdata.domain.audit.events import AuditEvent, AuditKind, AuditQuery
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation, Role, SupportTeam
from checkdata.domain.ports import Storage
from checkdata.domain.values import ImportId, ParticipantId, UserId
from tests.contracts.units_of_work import read
from tests.recent_events import recent
from tests.strategies import NOON


def record(storage: Storage, *events: AuditEvent) -> None:
    with storage.writing() as work:
        work.audit.record(*events)
        work.commit()


def an_event(minutes: int) -> AuditEvent:
    return AuditEvent(kind=AuditKind.SIGNED_IN, at=NOON + timedelta(minutes=minutes))


def test_nothing_is_recorded_at_first(storage: Storage) -> None:
    assert list(read(storage, lambda work: recent(work, 10))) == []


def test_an_event_comes_back_as_it_was_recorded_whatever_its_kind(storage: Storage) -> None:
    events = [AuditEvent(kind=kind, at=NOON) for kind in AuditKind]
    full = AuditEvent(
        kind=AuditKind.LIST_VIEWED,
        at=NOON + timedelta(microseconds=1),
        actor=UserId("ada"),
        role=Role.DELIVERY_PARTNER,
        organisation_id="north",
        subject=UserId("bea"),
        import_id=ImportId("i1"),
        participant_id=ParticipantId("p1"),
        details={"page": 2, "searched": True, "reason": "Zoë “said” so\n100%", "status": "checking_qts", "none": ""},
    )
    record(storage, *events, full)
    found = list(read(storage, lambda work: recent(work, 100)))
    assert found == [full, *reversed(events)]
    assert found[0].details["searched"] is True
    assert found[0].details["page"] == 2


def test_the_newest_are_told_first_and_no_more_than_asked_for(storage: Storage) -> None:
    record(storage, *map(an_event, range(5)))
    assert list(read(storage, lambda work: recent(work, 3))) == [an_event(4), an_event(3), an_event(2)]
    assert list(read(storage, lambda work: recent(work, 0))) == []


def test_the_same_may_happen_twice(storage: Storage) -> None:
    record(storage, an_event(0), an_event(0))
    assert list(read(storage, lambda work: recent(work, 10))) == [an_event(0), an_event(0)]


def test_what_is_not_committed_was_not_recorded(storage: Storage) -> None:
    with storage.writing() as work:
        work.audit.record(an_event(0))
    assert list(read(storage, lambda work: recent(work, 10))) == []


USERS = [None, UserId("ada"), UserId("Bea")]
PLACES: list[Organisation | None] = [None, DeliveryPartner("both"), AppropriateBody("both"), SupportTeam()]
TIMES = [NOON + timedelta(minutes=n) for n in range(4)]
KINDS = [AuditKind.SIGNED_IN, AuditKind.LIST_VIEWED]


def every_kind_of_event() -> list[AuditEvent]:
    combined = product(USERS, USERS, PLACES, KINDS, TIMES[:2])
    return [
        AuditEvent(
            kind=kind,
            at=at,
            actor=actor,
            subject=subject,
            role=None if place is None else place.role,
            organisation_id=None if place is None else place.id,
        )
        for actor, subject, place, kind, at in combined
    ]


def test_every_query_finds_what_it_matches_in_order_and_counts_it(storage: Storage) -> None:
    events = every_kind_of_event()
    record(storage, *events)
    for user, place, kind, start, end in product(USERS, PLACES, [None, *KINDS], [None, TIMES[1]], [None, TIMES[1]]):
        query = AuditQuery(user_id=user, organisation=place, kind=kind, start=start, end=end)
        expected = [event for event in events if query.matches(event)]
        with storage.reading() as work:
            found = list(work.audit.matching(query))
            assert [numbered.event for numbered in found] == expected
            assert list(work.audit.find(query, 1, 3)) == found[::-1][1:4]
            assert work.audit.count(query, 1000) == len(expected)
            assert work.audit.count(query, 2) == min(2, len(expected))


def test_numbers_grow_and_are_told_alike_wherever_they_are_asked_for(storage: Storage) -> None:
    record(storage, *map(an_event, range(3)))
    numbers = [found.number for found in read(storage, lambda work: list(work.audit.matching(AuditQuery())))]
    assert numbers == sorted(set(numbers))
    assert numbers == [link.number for link in read(storage, lambda work: list(work.audit_chain.links()))]
