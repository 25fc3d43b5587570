"""Each number on the overview and on the pages of schools is that of the list to which its link leads."""

from collections.abc import Iterator
from datetime import date
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.filters import BETWEEN_VALUES, FILTER_NAMED
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.ports import Storage
from checkdata.domain.services.listing.view_overview import ViewOverview
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.values import london_midnight
from checkdata.entrypoints.web.presentation.days_and_times import last_friday
from checkdata.entrypoints.web.presentation.listing_areas import AREAS, OrganisationArea
from checkdata.entrypoints.web.presentation.overview import OverviewPage, overview_page
from checkdata.entrypoints.web.presentation.schools import school_rows
from tests.contracts.test_participants import SCOPES
from tests.strategies import TODAY, YEARS, scopes

Numbers = Iterator[tuple[int, str]]

SHOWN: Final = st.sampled_from([scope for scope in SCOPES.values() if scope.organisation.role in AREAS]) | scopes()
"""Scopes of partners and bodies: of several agreements, of some years, of no lead provider, of nobody."""


def numbers_of(page: OverviewPage) -> Numbers:
    yield from ((tile.number, tile.href) for tile in page.tiles)
    yield from ((row.now.number, row.href) for row in page.rows)


def number_behind(storage: Storage, scope: Scope, href: str) -> int:
    """How many rows the list at an address finds."""
    asked = urlsplit(href)
    words = {
        name: BETWEEN_VALUES.join(values) for name, values in parse_qs(asked.query).items() if name in FILTER_NAMED
    }
    query = ParticipantQuery.of(scope, **words)
    if "/schools/" in asked.path:
        query = evolve(query, school_urn=unquote(asked.path.split("/")[-1]))
    with storage.reading() as work:
        return work.participants.count(query)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scope=SHOWN, year=st.none() | st.sampled_from(YEARS), role=st.none() | st.sampled_from(ParticipantRole))
def test_a_number_of_the_overview_is_that_of_its_list(
    listed: Storage, scope: Scope, year: int | None, role: ParticipantRole | None
) -> None:
    area, friday = AREAS.get(scope.organisation.role), last_friday(TODAY)
    if area is None:
        return
    place = OrganisationArea(area, scope.organisation)
    if FILTER_NAMED["role"] not in area.filters:
        role = None
    viewing = ViewOverview(storage=listed)
    shown = viewing.overview(scope, london_midnight(friday), academic_year=year, role=role)
    if shown.academic_year is None:
        with listed.reading() as work:
            assert work.participants.count(ParticipantQuery(scope=scope)) == 0
        return
    page = overview_page(place, shown, friday)
    assert page.heading.startswith(f"{page.rows[-1].now.number:,} ")
    for number, href in numbers_of(page):
        assert number == number_behind(listed, scope, href), href
    for school in school_rows(place, viewing.schools(scope).schools):
        assert school.number == number_behind(listed, scope, school.href)
        assert school.to_act == number_behind(listed, scope, school.to_act_href)
        assert school.to_resolve == number_behind(listed, scope, school.to_resolve_href)


@given(today=st.dates(min_value=date(2000, 1, 1)))
def test_the_friday_is_the_last_one_before_today(today: date) -> None:
    friday = last_friday(today)
    assert f"{friday:%A}" == "Friday"
    assert 0 < (today - friday).days <= 7
