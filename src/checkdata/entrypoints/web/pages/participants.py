"""Participants of a delivery partner and ECTs of an appropriate body: the same page, with what the role may see."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from checkdata.domain.errors import InvalidQuery, PageNotFound
from checkdata.domain.listing.filters import FILTER_NAMED, FILTERS
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE, PAGE_SIZES, ParticipantQuery
from checkdata.entrypoints.web.compression import send_packed
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.filter_panel import filters_above
from checkdata.entrypoints.web.presentation.listings import listing_page
from checkdata.entrypoints.web.security.query_and_form_fields import Words

_PAGE_NUMBER: Final = re.compile(r"[0-9]{1,9}")


def listing(ask: Ask, access: Access) -> Response:
    """A page of what the address asks for; 422 without rows if it is not understood."""
    try:
        query, size = query_in(ask.words, access), page_size_in(ask.words)
    except InvalidQuery as error:
        return not_understood(ask, access, error)
    number = page_number_in(ask.words)
    checking, seen = ask.site.services.check_participants, not ask.only_headers
    shown = checking.page(access.acting, query, number=number, size=size, seen=seen)
    place = access.place
    context = {
        "found": listing_page(place, query, shown.page),
        "filters": filters_above(ask.site.templates, place.area, shown.tallies, query.words),
        "as_of": shown.as_of,
    }
    form = _form(access, query.words, query.order.words, size)
    response = ask.page("participants/listing.html", form | context)
    send_packed(ask.request, ask.words.keys(), response)
    return response


def query_in(words: Words, access: Access) -> ParticipantQuery:
    """The query of the address; a filter that the role does not have is not understood, never ignored."""
    for each in FILTERS:
        if words.get(each.name) and access.acting.role not in each.roles:
            raise InvalidQuery(each.name, f"This list cannot be filtered by {each.label.lower()}")
    return ParticipantQuery.of(
        access.scope,
        search=words.get("query", ""),
        **{name: words.get(name, "") for name in FILTER_NAMED},
        sort=words.get("sort", ""),
        direction=words.get("direction", ""),
    )


def page_size_in(words: Words) -> int:
    """How many rows a page has; `InvalidQuery` for a number that is not offered."""
    word = words.get("per_page", "")
    sizes = {"": DEFAULT_PAGE_SIZE} | {str(size): size for size in PAGE_SIZES}
    if word not in sizes:
        raise InvalidQuery("per_page", f"Show {', '.join(map(str, PAGE_SIZES[:-1]))} or {PAGE_SIZES[-1]} on a page")
    return sizes[word]


def page_number_in(words: Words) -> int:
    """The page number asked for; `PageNotFound` if it is not one."""
    word = words.get("page", "") or "1"
    if not _PAGE_NUMBER.fullmatch(word):
        raise PageNotFound
    return int(word)


def not_understood(ask: Ask, access: Access, error: InvalidQuery) -> Response:
    """422 without any rows: the search and the filters as they were typed, and what is wrong with them."""
    area, tallies = access.place.area, ask.site.services.check_participants.tallies(access.scope)
    fields = ("query", *(each.name for each in area.filters))
    understood = {name: word for name, word in ask.words.items() if name in fields and name != error.field}
    errors = {error.field if error.field in fields else "": str(error)}
    context = {
        "filters": filters_above(ask.site.templates, area, tallies, understood, errors=errors),
        "errors": errors,
    }
    form = _form(access, ask.words, {}, DEFAULT_PAGE_SIZE)
    return ask.page("participants/not_understood.html", form | context, status=422)


def _form(access: Access, typed: Mapping[str, str], order: Mapping[str, str], size: int) -> dict[str, object]:
    """What the form of a search needs; the order and the number of rows are hidden fields."""
    area = access.place.area
    kept = {**order, **({} if size == DEFAULT_PAGE_SIZE else {"per_page": str(size)})}
    return {"area": area, "path": area.path, "query": typed.get("query", ""), "kept": kept}
