"""How many bytes a list is, with rows as long as those of a feed, before it is compressed."""

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from checkdata.domain.feed.contents import References
from checkdata.domain.people.organisations import School
from checkdata.domain.training.facts import DetailsGiven, Eligibility, TrainingStatus
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.values import ParticipantId
from tests.integration.web.client import Client
from tests.integration.web.test_listing import rows
from tests.integration.web.world import ELM, LEAD, OAK, OTHER_LEAD, REFERENCES, World, a_record

NAMES = ("Adam Allen", "Adam Arthur Evans", "Aoife O'Neill", "Chloe Price", "Mary-Ann Adeyemi", "Siân Wright")
SCHOOLS = (
    "Mansfield Grove Junior School",
    "Lincoln Grove Primary School",
    "St Mary's Primary School",
    "The Braithwaite Community School, Ilford",
    "Hill Top Infant School",
)
STATES: Sequence[Mapping[str, Any]] = (
    {},
    {"training_status": TrainingStatus.WITHDRAWN},
    {},
    {"training_status": TrainingStatus.DEFERRED},
    {"eligibility": Eligibility.MANUAL_CHECK},
    {},
    {"trn_validated": False, "details_given": DetailsGiven.NONE, "eligibility": None},
    {"training_status": TrainingStatus.WITHDRAWN},
)


def feed(number: int) -> tuple[list[TrainingRecord], References]:
    """So many records, and the reference data that they name."""
    schools = [School(str(300_000 + place), name) for place, name in enumerate(SCHOOLS)]
    given = (cycle(NAMES), cycle(schools), cycle([*[LEAD.id] * 6, None]), cycle(STATES))
    records = [
        a_record(
            1_000_000 + place,
            name,
            participant_id=ParticipantId(str(UUID(int=place << 64 | 0xA7B46AD4))),
            email=f"{name.split()[0].lower()}.{name.split()[-1].lower()}{place % 100}@school{7000 + place}.example.org",
            school_urn=school.urn,
            lead_provider_id=lead,
            **state,
        )
        for place, (name, school, lead, state) in enumerate(islice(zip(*given, strict=False), number))
    ]
    more = evolve(
        REFERENCES,
        schools=[OAK, ELM, *schools],
        lead_providers=[evolve(LEAD, name="Beacon Teacher Development"), OTHER_LEAD],
    )
    return records, more


@pytest.mark.parametrize(("number", "most"), [(50, 38_500), (100, 61_000)])
def test_a_list_of_so_many_rows_weighs_no_more(ann: Client, world: World, number: int, most: int) -> None:
    world.load(*feed(500))
    answer = ann.http.get(f"/participants?per_page={number}", headers={"accept-encoding": "identity"})
    page = ann.get(f"/participants?per_page={number}")
    texts = sum(len(row.text.encode()) for row in rows(page)) / number
    assert len(rows(page)) == number
    assert texts > 150, f"{texts} bytes of text in a row"
    assert len(answer.content) <= most, texts
