"""Support finds a participant by what people have; over every storage, as the service's role may read it (rule 15)."""

import pytest
from attrs import evolve

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.wanted import MOST_MEANT, WantedParticipant
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.people.organisations import SupportTeam
from checkdata.domain.ports import Storage
from checkdata.domain.services.audit.find_participant import FindParticipant
from checkdata.domain.values import ParticipantId
from tests.integration.web.world import (
    BODY,
    ELM,
    NORTH,
    RECORDS,
    REFERENCES,
    SAM,
    SOUTH,
    World,
    a_record,
    acting,
    with_feed_and_access,
)


@pytest.fixture
def world(storage: Storage) -> World:
    return with_feed_and_access(World(storage=storage))


def found(world: World, text: str, school: str = "", by: Acting | None = None) -> list[str]:
    finding = FindParticipant(storage=world.storage, clock=world.clock)
    return [one.participant_id for one in finding.find(text, school=school, by=by)]


@pytest.mark.parametrize(
    ("text", "school", "ids"),
    [
        ("p-1", "", ["p-1"]),
        (" p-1 ", "", ["p-1"]),
        ("0000001", "", ["p-1"]),
        ("00/00001", "", ["p-1"]),
        ("RP00/00001", "", ["p-1"]),
        ("\u200e0000001\u200b", "", ["p-1"]),
        ("00001", "", ["p-1"]),
        ("0000005", "", ["p-5"]),
        ("0000003", "elsewhere", ["p-3"]),
        ("Siobhan O'Neill", "Oak", ["p-2"]),
        ("O'Neill, Siobhán", "100001", ["p-2"]),
        ("zoe unal", "St Mary's", ["p-3"]),
        ("zoe", "100002", ["p-3"]),
        ("Sid South", "oak primary", ["p-5"]),
    ],
)
def test_a_participant_is_found_by_id_by_trn_and_by_name_with_a_school(
    world: World, text: str, school: str, ids: list[str]
) -> None:
    assert found(world, text, school) == ids


@pytest.mark.parametrize(
    ("text", "school", "sentence"),
    [
        ("Zoe Unal", "", "Enter the school too"),
        ("Zoe Unal", " - ", "Enter the school too"),
        ("", "Oak", "Enter the participant's id"),
        ("Jo", "Oak", "Enter the participant's id"),
        ("0000002", "", "Nobody was ever shown with this TRN."),
        (" p-nobody ", "", "No participant has this id."),
        ("Zoe Unal", "Oak", "Nobody of this name was ever shown at this school."),
        ("Zoe Unal", "100001", "Nobody of this name was ever shown at this school."),
    ],
)
def test_nobody_is_guessed(world: World, text: str, school: str, sentence: str) -> None:
    with pytest.raises(ChangeRefused, match=sentence):
        found(world, text, school)


def test_several_who_may_be_meant_are_all_named_once_and_as_they_are_shown_now(world: World) -> None:
    namesakes = [a_record(number, f"Jo Lee {number}") for number in (11, 12)]
    world.pass_time(days=1)
    world.load([*RECORDS, *namesakes], REFERENCES)
    finding = FindParticipant(storage=world.storage, clock=world.clock)
    world.pass_time(days=1)
    world.load([*RECORDS, namesakes[0], evolve(namesakes[1], academic_year=2022)], REFERENCES)
    both = finding.find("jo lee", school="oak")
    assert [one.participant_id for one in both] == ["p-11", "p-12"]
    assert [one.listed.academic_year for one in both] == [2023, 2022]


def test_who_has_left_every_listing_is_found_by_what_it_showed_last(world: World) -> None:
    left = a_record(11, "Ðorðe Left-Long")
    world.pass_time(days=1)
    world.load([*RECORDS, left], REFERENCES)
    world.pass_time(days=1)
    world.load(RECORDS, REFERENCES)
    assert found(world, "0000011") == ["p-11"]
    assert found(world, "dorde leftlong", "Oak") == ["p-11"]


def test_an_id_that_looks_like_a_trn_and_the_trn_of_another_are_both_named(world: World) -> None:
    odd = evolve(a_record(11, "Odd Id"), participant_id=ParticipantId("0000001"))
    world.pass_time(days=1)
    world.load([*RECORDS, odd], REFERENCES)
    assert sorted(found(world, "0000001")) == ["0000001", "p-1"]


def test_more_than_can_be_chosen_among_are_refused(world: World) -> None:
    many = [a_record(100 + number, f"Jo Lee {number}") for number in range(MOST_MEANT + 1)]
    world.pass_time(days=1)
    world.load([*RECORDS, *many], REFERENCES)
    with pytest.raises(ChangeRefused, match="More than 20 participants fit"):
        found(world, "Jo Lee", "Oak")


def test_a_look_up_is_on_record_and_never_by_the_trn_or_name(world: World) -> None:
    sam = acting(world, SAM, SupportTeam())
    found(world, "0000001", by=sam)
    found(world, "zoe unal", "St Mary's")
    with pytest.raises(ChangeRefused):
        found(world, "0000002")
    found(world, "p-1")
    with pytest.raises(ChangeRefused):
        found(world, "p-nobody")
    events = world.audit(AuditKind.PARTICIPANT_LOOKED_UP)
    assert [(event.actor, event.participant_id, dict(event.details)) for event in events] == [
        (sam.user_id, "p-1", {"by": "trn", "found": 1}),
        (None, "p-3", {"by": "name", "found": 1}),
        (None, None, {"by": "trn", "found": 0}),
        (None, "p-1", {"by": "id", "found": 1}),
        (None, None, {"by": "id", "found": 0}),
    ]


def test_rows_are_named_of_one_organisation_at_a_time(world: World) -> None:
    wanted = WantedParticipant.of("0000001", "")
    with world.storage.reading() as work:
        shown = {
            each: [row.organisation[1] for row in work.trails.named(each, wanted)] for each in (NORTH, SOUTH, BODY)
        }
        assert shown == {NORTH: ["dp-north"], SOUTH: [], BODY: ["ab-north"]}
        assert list(work.trails.named(SupportTeam(), wanted)) == []
        school = WantedParticipant.of("Zoe", ELM.urn)
        assert [row.listed.participant_id for row in work.trails.named(NORTH, school)] == ["p-3"]
