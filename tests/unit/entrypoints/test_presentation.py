from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.access.decision import Acting
from checkdata.domain.keys import SHORTEST_KEY, Keys
from checkdata.domain.people.organisations import (
    AppropriateBody,
    DeliveryPartner,
    Organisation,
    PolicyTeam,
    Role,
    SupportTeam,
)
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status, StatusGroup
from checkdata.domain.training.who_acts import WHO_ACTS, WhoActs
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.presentation.addresses import HOME, acting_word, address, home, suits
from checkdata.entrypoints.web.presentation.days_and_times import (
    clock_time,
    counted,
    day_and_time,
    duration,
)
from checkdata.entrypoints.web.presentation.pagination import pagination
from checkdata.entrypoints.web.presentation.statuses import MOVERS, key_to_statuses, status_meaning
from checkdata.entrypoints.web.security.signing import is_signed, signature

NORTH = Acting(UserId("u-1"), DeliveryPartner("dp-north", "North"))
BODY = Acting(UserId("u-1"), AppropriateBody("ab-1", "Body"))


def shown(number: int, count: int) -> list[object]:
    items = pagination(number, count, str).get("items", [])
    assert isinstance(items, list)
    return [item.get("number", "…") for item in items]


@pytest.mark.parametrize(
    ("number", "count", "expected"),
    [
        (1, 1, []),
        (1, 2, [1, 2]),
        (1, 5, [1, 2, "…", 5]),
        (3, 5, [1, 2, 3, 4, 5]),
        (5, 5, [1, "…", 4, 5]),
        (6, 12, [1, "…", 5, 6, 7, "…", 12]),
    ],
)
def test_the_first_the_last_and_the_pages_around_are_linked(number: int, count: int, expected: list[object]) -> None:
    assert shown(number, count) == expected


@given(st.integers(1, 300).flatmap(lambda count: st.tuples(st.integers(1, count), st.just(count))))
def test_every_page_leads_to_its_neighbours(where: tuple[int, int]) -> None:
    number, count = where
    options = pagination(number, count, str)
    neighbours: Mapping[str, object] = {
        **({"previous": {"href": str(number - 1)}} if number > 1 else {}),
        **({"next": {"href": str(number + 1)}} if number < count else {}),
    }
    assert {name: link for name, link in options.items() if name != "items"} == neighbours
    current = [item for item in shown(number, count) if item == number]
    assert current == ([number] if count > 1 else [])


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2024, 6, 3, 13, 55, tzinfo=UTC), "3 June 2024 at 2:55pm"),
        (datetime(2024, 12, 31, 0, 5, tzinfo=UTC), "31 December 2024 at 12:05am"),
        (datetime(2024, 12, 31, 12, 0, tzinfo=UTC), "31 December 2024 at 12:00pm"),
        (datetime(2024, 6, 30, 23, 30, tzinfo=UTC), "1 July 2024 at 12:30am"),
    ],
)
def test_times_are_londons(moment: datetime, text: str) -> None:
    assert day_and_time(moment) == text
    assert text.endswith(clock_time(moment))


def test_lengths_and_numbers_read_as_govuk_writes_them() -> None:
    assert duration(timedelta(minutes=60)) == "60 minutes"
    assert duration(timedelta(minutes=1)) == "1 minute"
    assert counted(1, "participant", "participants") == "1 participant"
    assert counted(1234, "participant", "participants") == "1,234 participants"


def test_an_address_names_its_organisation_and_escapes_its_words() -> None:
    assert address("/participants", NORTH.organisation, {"query": "O'Neill & é", "role": "ect"}) == (
        "/participants?query=O%27Neill+%26+%C3%A9&role=ect&acting=delivery_partner:dp-north"
    )
    assert address("/choose-role") == "/choose-role"


@pytest.mark.parametrize("organisation", [NORTH.organisation, BODY.organisation, SupportTeam(), PolicyTeam()])
def test_every_user_has_a_first_page_in_their_own_area(organisation: Organisation) -> None:
    acting = Acting(UserId("u-1"), organisation)
    assert home(acting) == f"{HOME[organisation.role]}?acting={acting_word(organisation)}"
    assert suits(home(acting), acting)
    assert home(None) == "/choose-role"


@pytest.mark.parametrize(
    "place",
    [
        "/participants",
        "/participants?query=x",
        "/participants.csv?role=ect",
        "/participants/p-1",
        "/participants?acting=delivery_partner:dp-north",
    ],
)
def test_a_place_in_the_own_area_suits(place: str) -> None:
    assert suits(place, NORTH)


@pytest.mark.parametrize(
    "place",
    [
        "",
        "/",
        "/ects",
        "/participantsx",
        "//participants",
        "//evil.example/participants",
        "https://evil.example/participants",
        "javascript:alert(1)",
        "\\\\evil.example\\participants",
        "/\\evil.example/participants",
        "/participants?acting=delivery_partner:dp-south",
        "/participants?acting=x&acting=y",
    ],
)
def test_any_other_place_does_not(place: str) -> None:
    assert not suits(place, NORTH)


@pytest.mark.parametrize("group", StatusGroup)
@pytest.mark.parametrize("role", ParticipantRole)
def test_every_group_has_a_sentence(group: StatusGroup, role: ParticipantRole) -> None:
    meaning = status_meaning(group, role)
    assert meaning.sentence.endswith(".")
    assert "alert" not in meaning.sentence
    assert "flag" not in meaning.sentence


@pytest.mark.parametrize("group", StatusGroup)
@pytest.mark.parametrize("role", ParticipantRole)
def test_the_sentence_of_a_group_says_who_needs_to_act(group: StatusGroup, role: ParticipantRole) -> None:
    meaning = status_meaning(group, role)
    assert meaning.mover == MOVERS[WHO_ACTS[group]]
    moves = [who for who, move in MOVES.items() if any(each in meaning.sentence for each in move)]
    assert moves == ([] if WHO_ACTS[group] is WhoActs.NOBODY else [WHO_ACTS[group]])


MOVES: Final = {
    WhoActs.SCHOOL: ("The school can", "The school chooses"),
    WhoActs.LEAD_PROVIDER: ("Their lead provider will tell",),
    WhoActs.APPROPRIATE_BODY: ("The appropriate body can",),
    WhoActs.DFE: ("DfE is checking", "DfE has not finished"),
}
"""How a sentence says that somebody is to do something."""


@pytest.mark.parametrize("role", [Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY])
def test_the_key_has_every_status_with_its_label_and_colour(role: Role) -> None:
    key = key_to_statuses(role)
    assert [entry.label for entry in key] == [status.label_for(role) for status in Status]
    assert [entry.colour for entry in key] == ["blue", "yellow", "red", "purple", "green", "orange", "grey", "teal"]
    assert all(entry.meanings for entry in key)


SECRETS = st.text(min_size=SHORTEST_KEY, max_size=SHORTEST_KEY + 8)


@given(SECRETS.map(Keys.of), st.text(), st.text())
def test_a_signature_is_good_only_for_its_own_text_and_purpose(keys: Keys, text: str, other: str) -> None:
    given_one = signature(keys, "form", text)
    assert is_signed(keys, "form", text, given_one)
    assert not is_signed(keys, "asked for", text, given_one)
    assert text == other or not is_signed(keys, "form", other, given_one)
    assert not is_signed(keys, "form", text, "")


@given(st.lists(SECRETS, unique=True, min_size=2, max_size=4), st.data())
def test_what_a_key_signed_is_good_for_as_long_as_it_is_listed(secrets: list[str], data: st.DataObject) -> None:
    old = data.draw(st.sampled_from(secrets))
    given_one = signature(Keys.of(old), "form", "text")
    assert is_signed(Keys.of(*secrets), "form", "text", given_one)
    assert not is_signed(Keys.of(*(each for each in secrets if each != old)), "form", "text", given_one)
    assert signature(Keys.of(*secrets), "form", "text") == signature(Keys.of(secrets[0]), "form", "text")
