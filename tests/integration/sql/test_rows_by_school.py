"""Pages in the order of schools, cut out by the numbers of each school, are the pages of that order."""

import json
from collections import Counter
from typing import Final

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql.listings import LISTINGS
from checkdata.adapters.sql.rows_by_school import cut_out, in_cut, rows_of_schools
from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.orders import Direction, Order, Sort
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation
from checkdata.domain.values import ParticipantId
from tests.contracts.listings import a_record, load
from tests.contracts.test_participants import WHOLE
from tests.strategies import SCHOOLS
from tests.unit.reconciliation.examples import ANNA

PARTNER: Final = DeliveryPartner("dp-1")
ORGANISATIONS: Final[list[Organisation]] = [PARTNER, AppropriateBody("ab-1")]


@st.composite
def listings(draw: st.DrawFn) -> tuple[Organisation, list[ListedParticipant]]:
    """Rows of few schools, of which some are folded alike, and some are shown under two names."""
    organisation = draw(st.sampled_from(ORGANISATIONS))
    ids = (organisation.id, None) if organisation == PARTNER else (None, organisation.id)
    schools = draw(
        st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(["Oak", "oak", "Élm", "elm", ""])), max_size=25)
    )
    names = ("Ann", "ann", "Bo")
    rows = [
        evolve(
            ANNA,
            delivery_partner_id=ids[0],
            appropriate_body_id=ids[1],
            participant_id=ParticipantId(f"p-{number}"),
            full_name=names[number % len(names)],
            school_urn=urn,
            school=name,
        )
        for number, (urn, name) in enumerate(schools)
    ]
    return organisation, rows


@given(listed=listings(), direction=st.sampled_from(Direction), offset=st.integers(0, 30), limit=st.integers(1, 10))
def test_what_is_cut_out_is_that_page_of_the_order(
    listed: tuple[Organisation, list[ListedParticipant]], direction: Direction, offset: int, limit: int
) -> None:
    organisation, rows = listed
    listing = next(each for each in LISTINGS if isinstance(organisation, each.viewer))
    query = evolve(ParticipantQuery(scope=Scope(organisation=organisation)), order=Order(Sort.SCHOOL, direction))
    counted = [(urn, name, number) for (urn, name), number in Counter((r.school_urn, r.school) for r in rows).items()]
    cut = cut_out(rows_of_schools(counted, listing), query.order, offset, limit)
    at_schools = [row for row in rows if row.school_urn in json.loads(cut.urns)]
    assert in_cut(at_schools, query, cut)[:limit] == query.order.arranged(rows)[offset : offset + limit]


def test_only_the_rows_of_the_schools_of_a_page_are_read_for_it(storage: SqlStorage, engine: Engine) -> None:
    at_schools = [evolve(a_record(number), school_urn=SCHOOLS[number % 2].urn) for number in range(60)]
    load(storage, *at_schools)
    query = evolve(ParticipantQuery(scope=WHOLE), order=Order(Sort.SCHOOL))
    with storage.reading() as work:
        first = work.participants.find(query, 0, 10)
    asked = list[str]()

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    with storage.reading() as work:
        assert work.participants.find(query, 0, 10) == first
        assert [row.participant_id for row in work.participants.find(query, 30, 10).rows] == [
            row.participant_id for row in work.participants.slice(query, 30, 10)
        ]
    event.remove(engine, "before_cursor_execute", note)
    assert not any("ORDER BY" in statement and "partner_listing" in statement for statement in asked)
