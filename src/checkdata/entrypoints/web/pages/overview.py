"""How things stand for a delivery partner or an appropriate body: who needs to act, and what changed."""

from typing import Any

from starlette.responses import Response

from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.values import london_midnight
from checkdata.entrypoints.web.compression import send_packed
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.presentation.addresses import TEAM
from checkdata.entrypoints.web.presentation.days_and_times import last_friday
from checkdata.entrypoints.web.presentation.overview import overview_page


def overview(ask: Ask, access: Access) -> Response:
    """The counts of the scope; 422 with those that are usually shown if a year or a role is not understood."""
    try:
        chosen, status = {name: _chosen(ask, name) for name in ("academic_year", "role")}, 200
    except InvalidQuery:
        chosen, status = {}, 422
    friday = last_friday(access.visit.today)
    viewing = ask.site.services.view_overview
    shown = viewing.overview(access.scope, london_midnight(friday), **chosen)
    context = {
        "area": access.place.area,
        "found": None if shown.academic_year is None else overview_page(access.place, shown, friday),
        "as_of": shown.as_of,
        "coverage": ask.site.services.check_participants.coverage(access.scope),
        "team": TEAM[access.acting.role] if ask.site.services.keep_team.are_due(access.acting) else "",
    }
    response = ask.page("overview.html", context, status=status)
    send_packed(ask.request, ask.fields.keys(), response)
    return response


def _chosen(ask: Ask, name: str) -> Any:  # noqa: ANN401 - a year or a role
    word = ask.fields.get(name, "")
    return FILTER_NAMED[name].value_of(word) if word else None
