"""How things stand for a delivery partner or an appropriate body: who needs to act, and what changed."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from attrs import define, field, frozen
from markupsafe import Markup
from starlette.responses import Response

from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.services.listing.view_overview import Overview
from checkdata.domain.values import london_midnight
from checkdata.entrypoints.web.compression import send_packed
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.presentation.addresses import TEAM
from checkdata.entrypoints.web.presentation.days_and_times import last_friday
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.presentation.overview import OverviewPage, overview_page

_MOST_KEPT: Final = 50
"""How many pages' numbers are kept; each holds the counts that it is made of."""


def overview(ask: Ask, access: Access) -> Response:
    """The counts of the scope; 422 with those that are usually shown if a year or a role is not understood."""
    try:
        chosen, status = {name: _chosen(ask, name) for name in ("academic_year", "role")}, 200
    except InvalidQuery:
        chosen, status = {}, 422
    friday = last_friday(access.visit.today)
    viewing = ask.site.services.view_overview
    shown = viewing.overview(access.scope, london_midnight(friday), **chosen)
    found = None if shown.academic_year is None else _KEPT_NUMBERS.of(ask, access.place, shown, friday)
    context = {
        "area": access.place.area,
        "found": None if found is None else found.page,
        "numbers": found,
        "as_of": shown.as_of,
        "coverage": ask.site.services.check_participants.coverage(access.scope),
        "team": TEAM[access.acting.role] if ask.site.services.keep_team.are_due(access.acting) else "",
    }
    response = ask.page("overview.html", context, status=status)
    send_packed(ask.request, ask.fields.keys(), response)
    return response


@frozen
class _Numbers:
    """A page's numbers with their links, and what is drawn of them, with the headings of its tables."""

    page: OverviewPage
    drawn: Markup
    tables: Sequence[Any]
    shown: Overview


@define
class _KeptNumbers:
    """The numbers of pages by what they are made of: counts that a storage keeps until another import."""

    _known: dict[tuple[object, ...], _Numbers] = field(factory=dict)

    def of(self, ask: Ask, place: OrganisationArea, shown: Overview, friday: date) -> _Numbers:
        """The numbers of these counts. They hold the counts, so that no others can be taken for them."""
        counts = (shown.tallies, shown.days, shown.schools)
        others = (shown.academic_year, shown.role, shown.changes, shown.as_of, friday)
        asked = (place.organisation, *map(id, counts), *others)
        found = self._known.get(asked)
        if found is None:
            page = overview_page(place, shown, friday)
            tables = list[Any]()
            drawn = ask.site.templates.get_template("overview_numbers.html").render(found=page, tables=tables)
            found = _Numbers(page, Markup(drawn), tables, shown)  # noqa: S704 - drawn by a template
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[asked] = found
        return found


_KEPT_NUMBERS: Final = _KeptNumbers()


def _chosen(ask: Ask, name: str) -> Any:  # noqa: ANN401 - a year or a role
    word = ask.fields.get(name, "")
    return FILTER_NAMED[name].value_of(word) if word else None
