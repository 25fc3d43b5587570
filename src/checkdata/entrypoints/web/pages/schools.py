"""The schools of a delivery partner or an appropriate body, and the participants of one of them."""

from attrs import evolve
from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.schools import SchoolQuery
from checkdata.domain.training.who_acts import WhoActs
from checkdata.entrypoints.web.compression import send_packed
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.closed_schools import closed_at, closed_in_search
from checkdata.entrypoints.web.pages.paging import page_of
from checkdata.entrypoints.web.pages.participants import not_understood, page_number_in, page_size_in, query_in
from checkdata.entrypoints.web.presentation.listings import listing_page
from checkdata.entrypoints.web.presentation.schools import (
    order_of,
    school_headings,
    school_rows,
    school_views,
    words_of,
)
from checkdata.entrypoints.web.site import redirect


def schools(ask: Ask, access: Access) -> Response:
    """A page of the schools that are searched for; 422 without rows if that is not understood."""
    area, errors, status = access.place.area, dict[str, str](), 200
    shown = ask.site.services.view_overview.schools(access.scope)
    words = {name: ask.fields.get(name, "") for name in ("query", "next", "sort", "direction")}
    try:
        query = SchoolQuery.of(
            search=words["query"], who_acts=words["next"], sort=words["sort"], direction=words["direction"]
        )
        found = query.found_in(shown.schools)
    except InvalidQuery as error:
        query, found, status = SchoolQuery(), (), 422
        errors = {error.field if error.field == "query" else "": str(error)}
    page = page_of(ask, access, area.schools, found, {**words_of(query), **order_of(query)})
    context = {
        "area": area,
        "errors": errors,
        "query": words["query"],
        "kept": {name: word for name, word in {**words_of(query), **order_of(query)}.items() if name != "query"},
        "found": page,
        "rows": school_rows(access.place, page.shown),
        "headings": school_headings(access.place, query),
        "to_chase": query.next is WhoActs.SCHOOL,
        "closed": closed_in_search(ask, access, "" if errors else words["query"]),
        "everything": access.place.address(area.schools),
        "is_narrowed": bool(words_of(query)),
        "as_of": shown.as_of,
    }
    response = ask.page("schools/schools.html", context, status=status)
    send_packed(ask.request, ask.fields.keys(), response)
    return response


def school(ask: Ask, access: Access) -> Response:
    """The participants at one school; 404 where there are none in scope, as for a school that does not exist.

    If a school without any closed, the search for it tells which follow it.
    """
    urn, services = ask.request.path_params["urn"], ask.site.services
    counts = services.view_overview.school(access.scope, urn)
    closed = closed_at(ask, access, urn)
    if counts is None and closed:
        return redirect(access.place.address(access.place.area.path, {"query": urn}))
    if counts is None:
        raise HTTPException(404)
    try:
        query, size = evolve(query_in(ask, access), school_urn=urn), page_size_in(ask.fields)
    except InvalidQuery as error:
        return not_understood(ask, access, error)
    number, seen = page_number_in(ask.fields), not ask.only_headers
    shown = services.check_participants.page(access.acting, query, number=number, size=size, seen=seen)
    context = {
        "area": access.place.area,
        "school": counts,
        "closed": closed,
        "views": school_views(access.place, counts, query),
        "found": listing_page(access.place, query, shown.page),
        "schools": access.place.address(access.place.area.schools),
        "as_of": shown.as_of,
    }
    response = ask.page("schools/school.html", context)
    send_packed(ask.request, ask.fields.keys(), response)
    return response
