"""What every adapter of `checkdata.domain.ports.Participants` must do beside a search: count what it finds by kind."""

from collections import Counter
from typing import Final

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.filters import FILTERS
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.searches import Search
from checkdata.domain.ports import Storage
from tests.contracts.listings import ROWS, kind_of
from tests.contracts.test_participants import WHOLE
from tests.contracts.units_of_work import read
from tests.strategies import queries, scopes

OVER_EVERY_STORAGE: Final = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@OVER_EVERY_STORAGE
@given(data=st.data(), scope=scopes(), known=st.booleans())
def test_each_value_of_a_filter_counts_as_many_as_the_list_finds_once_it_is_chosen(
    listed: Storage, data: st.DataObject, scope: Scope, *, known: bool
) -> None:
    query = data.draw(queries(ROWS, scope))
    if known:  # an answer of one statement needs the numbers of the scope
        read(listed, lambda work: work.participants.find(ParticipantQuery(scope=scope), 0, 1))
    searched = read(listed, lambda work: work.participants.find(query, 0, 3)).searched
    for each in FILTERS:
        for value in each.choices(getattr(row, each.field) for row in ROWS):
            chosen = evolve(query, chosen={**query.chosen, each.name: (value,)})
            counted = chosen.number_in(searched)
            assert counted == sum(map(chosen.matches, ROWS)), (each.name, value)
            assert counted == read(listed, lambda work, chosen=chosen: work.participants.count(chosen))  # type: ignore[misc]


def test_what_is_counted_beside_a_search_does_not_depend_on_filters_nor_on_a_school(listed: Storage) -> None:
    search = Search.of("o")
    expected = Counter(map(kind_of, filter(ParticipantQuery(scope=WHOLE, search=search).matches, ROWS)))
    for filters in ({}, {"role": "mentor"}, {"academic_year": "2022 2021"}):
        for school in ("", ROWS[0].school_urn):
            query = evolve(ParticipantQuery.of(WHOLE, search=search.text, **filters), school_urn=school)
            for _ in range(2):
                found = read(listed, lambda work, query=query: work.participants.find(query, 0, 1))  # type: ignore[misc]
                assert Counter({tally.values: tally.number for tally in found.searched}) == expected
