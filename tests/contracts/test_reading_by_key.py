"""A program reads every participant once, whatever is imported meanwhile, over every storage (service rule 12)."""

from collections.abc import Sequence
from typing import Final

import pytest
from attrs import evolve

from checkdata.domain.access.decision import require
from checkdata.domain.errors import InvalidQuery
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.ports import Storage
from checkdata.domain.services.listing.read_listing import (
    MARGIN,
    Marker,
    Place,
    ReadListing,
    scope_digest,
)
from checkdata.domain.services.task_steps.by_key import READ_WITHIN, ByKey
from checkdata.domain.values import ImportId
from tests.access_world import RECORDS, AccessWorld, a_record

KEY: Final = ByKey(key_id="k1", key_name="Nightly")
BEFORE: Final = [evolve(a_record(f"person-{number}"), email="old@x.example") for number in range(7)]
LATER: Final = [
    evolve(a_record("aaron"), email="new@x.example"),
    evolve(BEFORE[1], full_name="zoe", email="new@x.example"),
    evolve(BEFORE[5], full_name="abel", email="new@x.example"),
]
"""One who is new, one who moves behind what was read, and one who moves before what is read next."""


@pytest.fixture
def world(storage: Storage) -> AccessWorld:
    world = AccessWorld(storage=storage)
    world.load(*RECORDS, *BEFORE)
    world.pass_time(hours=1)
    return world


def asked(world: AccessWorld, **words: str) -> ParticipantQuery:
    with world.storage.reading() as work:
        scope = require(world.bob, work.users.facts(world.bob.user_id), on=world.today)
    return ParticipantQuery.of(scope, **words)


def reading(world: AccessWorld) -> ReadListing:
    return ReadListing(storage=world.storage, clock=world.clock)


def page(
    world: AccessWorld, query: ParticipantQuery, place: Place | None, size: int = 2
) -> tuple[Sequence[ListedParticipant], Place | None]:
    found = reading(world).page(world.bob, query, place, size=size, by_key=KEY)
    found.leaves(b"the page")
    return found.rows, found.following


def rest(world: AccessWorld, query: ParticipantQuery, place: Place | None) -> list[ListedParticipant]:
    rows: list[ListedParticipant] = []
    while place is not None:
        more, place = page(world, query, place)
        rows += more
    return rows


def whole(world: AccessWorld, query: ParticipantQuery) -> list[ListedParticipant]:
    with world.storage.reading() as work:
        return list(work.participants.rows(query))


@pytest.mark.parametrize("search", ["", "person", "nobody"])
def test_pages_are_the_list_and_stay_that_of_the_import_with_which_they_began(world: AccessWorld, search: str) -> None:
    query = asked(world, search=search)
    before = whole(world, query)
    place = reading(world).beginning(query, None)
    assert rest(world, query, place) == before
    first, following = page(world, query, place)
    world.load(*LATER)
    assert [*first, *rest(world, query, following)] == before
    assert whole(world, query) != before or search == "nobody"


def test_who_changed_while_pages_were_read_is_told_by_the_next_reading(world: AccessWorld) -> None:
    query = asked(world)
    place = reading(world).beginning(query, None)
    assert place is not None
    marker = Marker(import_id=place.import_id, scope=scope_digest(query.scope))
    first, following = page(world, query, place)
    world.load(*LATER)
    known = {row.participant_id: row for row in (*first, *rest(world, query, following))}
    updated = rest(world, query, reading(world).beginning(query, marker))
    assert sorted(row.email for row in updated) == ["new@x.example"] * len(LATER)
    known |= {row.participant_id: row for row in updated}
    assert known == {row.participant_id: row for row in whole(world, query)}


def test_an_import_is_read_on_for_a_day_after_it_was_replaced_and_not_longer(world: AccessWorld) -> None:
    query = asked(world)
    place = reading(world).beginning(query, None)
    assert place is not None
    world.pass_time(days=30)
    _, following = page(world, query, place)
    world.load(*LATER)
    world.now += READ_WITHIN / 2
    assert page(world, query, following)[0]
    world.now += READ_WITHIN
    for old in (place, following):
        with pytest.raises(InvalidQuery, match="more than a day ago"):
            page(world, query, old)
    assert page(world, query, reading(world).beginning(query, None))[0]


def test_a_marker_of_another_scope_tells_everybody_and_one_of_no_import_is_refused(world: AccessWorld) -> None:
    query = asked(world)
    place = reading(world).beginning(query, None)
    assert place is not None
    other = Marker(import_id=place.import_id, scope=FormDigest("another"))
    assert reading(world).beginning(query, other) == place
    unknown = Marker(import_id=ImportId("unknown"), scope=scope_digest(query.scope))
    with pytest.raises(InvalidQuery, match="names no import"):
        reading(world).beginning(query, unknown)
    with pytest.raises(InvalidQuery, match="names no import"):
        page(world, query, Place(import_id=ImportId("unknown")))


def test_a_moment_tells_who_changed_in_the_day_before_it_too(world: AccessWorld) -> None:
    query = asked(world)
    world.pass_time(days=2)
    made = world.now
    world.load(*LATER)
    for moment, found in ((made, len(LATER)), (made + MARGIN, 0), (made + MARGIN / 2, len(LATER))):
        assert len(rest(world, query, reading(world).beginning(query, moment))) == found


def test_before_the_first_import_there_is_nobody_and_nothing_is_on_record(storage: Storage) -> None:
    world = AccessWorld(storage=storage)
    query = asked(world)
    before = world.audit()
    assert reading(world).beginning(query, world.now) is None
    assert page(world, query, None) == ((), None)
    assert world.audit() == before
