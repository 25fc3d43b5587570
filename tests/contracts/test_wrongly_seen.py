"""Whom partners saw wrongly, as it is known now: the list that a breach report needs (service rule 15)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.audit.tracing import SightingKind
from checkdata.domain.audit.wrong_sightings import WronglySeen, WrongReason
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.services.audit.find_wrongly_seen import FindWronglySeen, WronglySeenQuery
from checkdata.domain.services.listing.look_up_participant import LookUpParticipant
from checkdata.domain.training.facts import TrainingStatus
from checkdata.domain.values import ParticipantId
from tests.contracts.recalling import AGREEMENT, the_agreement, without_the_agreement
from tests.contracts.test_tracing import ADA, SIOBHAN, acting, checking, downloaded, query, tracing
from tests.integration.web.world import ANN, LEAD, NORTH, RECORDS, SOUTH, World, a_record, with_feed_and_access

EVERYTHING: Final = WronglySeenQuery()


@pytest.fixture
def world(storage: Storage) -> World:
    return with_feed_and_access(World(storage=storage))


def finding(world: World) -> FindWronglySeen:
    return FindWronglySeen(storage=world.storage, clock=world.clock)


def found(world: World, **asked: Any) -> Sequence[WronglySeen]:  # noqa: ANN401 - any part of a question
    return finding(world).find(evolve(EVERYTHING, **asked))


def told(world: World, **asked: Any) -> list[tuple[str, WrongReason, list[SightingKind], list[SightingKind]]]:  # noqa: ANN401 - as above
    return [
        (
            each.participant_id,
            each.reason,
            [sighting.how for sighting in each.sightings.certainly],
            [possible.first.how for possible in each.sightings.possibly],
        )
        for each in found(world, **asked)
    ]


def looked_at(world: World, participant_id: ParticipantId = ADA) -> None:
    looking = LookUpParticipant(storage=world.storage, clock=world.clock)
    looking.participant(acting(world), query(world).scope, participant_id)


def corrected(world: World, **terms: Any) -> None:  # noqa: ANN401 - any term
    """A feed a day later has other terms of the agreement."""
    world.pass_time(days=1)
    world.load(RECORDS, References(agreements=[evolve(the_agreement(), **terms)]), wider=True)


def without(*participants: str) -> Sequence[Any]:
    return [record for record in RECORDS if record.participant_id not in participants]


def test_as_long_as_nothing_is_corrected_nobody_was_seen_wrongly(world: World) -> None:
    looked_at(world)
    downloaded(world)
    checking(world).page(acting(world), query(world))
    world.pass_time(days=1)
    world.load([evolve(RECORDS[0], full_name="Ada Bolder"), *RECORDS[1:]])
    assert found(world) == []


def test_an_agreement_that_began_later_as_is_known_now_did_not_cover_whom_users_saw_before(world: World) -> None:
    looked_at(world)
    downloaded(world, academic_year="2023")
    checking(world).page(acting(world), query(world, role="ect", academic_year="2023"))
    corrected(world, starts_on=world.now.date() + timedelta(days=1))
    looked_at(world)
    both = [SightingKind.OWN_PAGE, SightingKind.FILE]
    assert told(world) == [
        ("p-1", WrongReason.AGREEMENT, both, [SightingKind.LIST]),
        ("p-3", WrongReason.AGREEMENT, [SightingKind.FILE], []),
        ("p-4", WrongReason.AGREEMENT, [SightingKind.FILE], [SightingKind.LIST]),
    ]
    [ada, *_] = found(world)
    assert (ada.organisation, ada.organisation.name) == (NORTH, NORTH.name)
    assert [user.email for user in ada.sightings.users.values()] == [ANN]
    assert ada.sightings.certainly[1].receipt is not None


def test_years_that_were_corrected_make_wrong_whom_they_leave_out_and_no_other(world: World) -> None:
    downloaded(world)
    corrected(world, last_academic_year=2022)
    assert [participant for participant, *_ in told(world)] == ["p-1", "p-3", "p-4"]


def test_a_last_day_that_had_passed_makes_wrong_what_was_seen_after_it(world: World) -> None:
    looked_at(world)
    world.pass_time(days=10)
    looked_at(world)
    corrected(world, ends_on=world.now.date() - timedelta(days=5))
    [(_, _, certainly, _)] = told(world)
    assert certainly == [SightingKind.OWN_PAGE]
    assert found(world)[0].sightings.certainly[0].at == world.now - timedelta(days=1)


def test_an_agreement_that_ends_today_by_hand_or_by_a_complete_feed_was_right_until_then(world: World) -> None:
    looked_at(world)
    world.pass_time(hours=1)
    world.load(RECORDS, without_the_agreement(), complete=True)
    assert found(world) == []
    world.load(RECORDS, References(agreements=[the_agreement()]), wider=True)
    looked_at(world)
    world.pass_time(hours=1)
    world.services().manage_agreements.end(AGREEMENT, reason="Over")
    assert found(world) == []
    world.pass_time(days=30)
    assert found(world) == []


def test_what_another_agreement_covers_as_is_known_now_was_right(world: World) -> None:
    looked_at(world)
    corrected(world, starts_on=world.now.date() + timedelta(days=1))
    new = NewAgreement(
        lead_provider_id=LEAD.id, delivery_partner_id=NORTH.id, starts_on=date(2022, 1, 1), reason="Found"
    )
    world.services().manage_agreements.add(new)
    assert found(world) == []


def at_south(record: Any) -> Any:  # noqa: ANN401 - a record
    return evolve(record, delivery_partner_id=SOUTH.id)


def test_a_participant_of_a_partner_whom_the_school_chose_by_mistake_was_seen_wrongly_there(world: World) -> None:
    looked_at(world)
    checking(world).page(acting(world), query(world, role="ect", academic_year="2023"))
    world.pass_time(days=1)
    world.load([at_south(RECORDS[0])])
    world.pass_time(days=400)
    world.load([evolve(at_south(RECORDS[0]), full_name="Ada Bolder")])
    assert told(world) == [("p-1", WrongReason.PARTNER, [SightingKind.OWN_PAGE], [SightingKind.LIST])]


def test_a_participant_who_moved_was_not_seen_wrongly_before(world: World) -> None:
    looked_at(world)
    world.pass_time(days=1)
    moved = evolve(at_south(a_record(11, "Ada Bold")), participant_id=ADA, starts_on=world.now.date())
    world.load([moved])
    assert found(world) == []
    world.pass_time(days=800)
    world.load([evolve(moved, full_name="Ada Bolder")])
    assert found(world) == []


def test_a_participant_who_withdrew_and_begins_elsewhere_later_was_not_seen_wrongly(world: World) -> None:
    looked_at(world)
    world.pass_time(days=1)
    withdrawn = evolve(RECORDS[0], training_status=TrainingStatus.WITHDRAWN)
    world.load([withdrawn])
    world.pass_time(days=400)
    world.load([withdrawn, evolve(at_south(a_record(11, "Ada Bold")), participant_id=ADA, starts_on=world.now.date())])
    assert found(world) == []


def test_a_participant_who_is_gone_from_the_feed_was_not_seen_wrongly(world: World) -> None:
    looked_at(world)
    world.pass_time(days=1)
    world.load(without("p-1"), complete=True)
    assert found(world) == []


def test_a_file_on_its_way_when_it_was_corrected_is_told_with_who_has_it(world: World) -> None:
    download = checking(world).download(acting(world), query(world, search="ada"), FileKind.CSV)
    body = list(download.body())
    assert body
    world.load([at_south(RECORDS[0])])
    world.pass_time(hours=1)
    download.end()
    [(participant, reason, certainly, _)] = told(world)
    assert (participant, reason, certainly) == ("p-1", WrongReason.PARTNER, [SightingKind.FILE])


def test_one_asks_for_a_participant_an_agreement_and_a_time(world: World) -> None:
    downloaded(world)
    world.pass_time(hours=1)
    looked_at(world)
    between = world.now
    corrected(world, starts_on=world.now.date() + timedelta(days=1))
    assert [each[0] for each in told(world, participant_id=SIOBHAN)] == ["p-2"]
    assert len(told(world, agreement_id=AGREEMENT)) == 4
    assert told(world, agreement_id="ag-dp-south") == []
    assert told(world, participant_id=ADA, start=between) == [
        ("p-1", WrongReason.AGREEMENT, [SightingKind.OWN_PAGE], [])
    ]
    assert told(world, participant_id=ADA, end=between) == [("p-1", WrongReason.AGREEMENT, [SightingKind.FILE], [])]
    for unknown in ({"participant_id": "p-99"}, {"agreement_id": "no-such"}):
        with pytest.raises(ChangeRefused):
            found(world, **unknown)


def test_that_it_was_asked_is_on_record(world: World) -> None:
    looked_at(world)
    corrected(world, last_academic_year=2022)
    finding(world).find(evolve(EVERYTHING, agreement_id=AGREEMENT), by=acting(world))
    [event] = world.audit(AuditKind.WRONGLY_SEEN_ASKED)
    assert event.actor == acting(world).user_id
    assert event.details == {"agreement_id": AGREEMENT, "participants": 1}


def test_a_partner_lists_the_trails_of_all_who_were_ever_listed_for_it_by_id(world: World) -> None:
    world.pass_time(days=1)
    world.load([at_south(RECORDS[0]), evolve(RECORDS[1], full_name="Siobhán Ó Neill")])
    with world.storage.reading() as work:
        trails = list(work.trails.of_partner(NORTH.id))
        ids = [trail.stood[0].listed.participant_id for trail in trails]
        whole = {participant_id: work.trails.trail(participant_id) for participant_id in ids}
        assert list(work.trails.of_partner("no-such")) == []
    assert list(whole) == ["p-1", "p-2", "p-3", "p-4"]
    for trail in trails:
        same = whole[trail.stood[0].listed.participant_id]
        theirs = [stood for stood in same.stood if stood.organisation == (NORTH.role, NORTH.id)]
        assert sorted(trail.stood, key=lambda stood: stood.began) == sorted(theirs, key=lambda stood: stood.began)
        assert (trail.imports, trail.made) == (same.imports, same.made)


terms = st.fixed_dictionaries(
    {
        "starts_on": st.integers(-3, 3),
        "ends_on": st.none() | st.integers(3, 9),
        "last_academic_year": st.none() | st.sampled_from([2022, 2023]),
    }
)
steps = st.lists(st.one_of(st.sampled_from(["look", "wait"]), terms), max_size=8)


@given(steps)
def test_each_participant_who_is_told_was_seen_under_terms_that_do_not_hold_as_they_are_known_now_and_no_other(
    done: list[Any],
) -> None:
    world = with_feed_and_access(World())
    first, looks, today = world.now.date(), list[tuple[date, ParticipantId]](), the_agreement()
    for step in done:
        if step == "look":
            with world.storage.reading() as work:
                known: Agreement | None = work.organisations.agreement(AGREEMENT)
            assert known is not None
            if known.in_force(world.now.date()):
                for participant_id in (ADA, SIOBHAN):
                    looked_at(world, participant_id)
                    looks.append((world.now.date(), participant_id))
            world.pass_time(minutes=1)
        elif step == "wait":
            world.pass_time(days=1)
        else:
            world.pass_time(days=1)
            today = evolve(
                the_agreement(),
                starts_on=first + timedelta(days=step["starts_on"]),
                ends_on=None if step["ends_on"] is None else first + timedelta(days=step["ends_on"]),
                last_academic_year=step["last_academic_year"],
            )
            world.load(RECORDS, References(agreements=[today]), wider=True)
            world.pass_time(minutes=1)
    years = {ADA: 2023, SIOBHAN: 2022}
    limit = today.last_academic_year
    wrong = [
        (day, participant_id)
        for day, participant_id in looks
        if not today.in_force(day) or (limit is not None and years[participant_id] > limit)
    ]
    seen = {(sighting.at.date(), each.participant_id) for each in found(world) for sighting in each.sightings.certainly}
    shown = {(day, who) for day, who in wrong if any(s.at.date() == day for s in tracing(world).seen(who).certainly)}
    assert seen == shown
