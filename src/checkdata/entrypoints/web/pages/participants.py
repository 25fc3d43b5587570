"""Participants of a delivery partner and ECTs of an appropriate body: the same page, with what the role may see."""

import re
from collections.abc import Mapping
from typing import Final

from attrs import evolve
from starlette.responses import Response

from checkdata.domain.access.scope import Scope
from checkdata.domain.errors import InvalidQuery, PageNotFound
from checkdata.domain.listing.filters import FILTER_NAMED, refuse_filters_of_others
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE, PAGE_SIZES, ParticipantQuery
from checkdata.domain.listing.searches import LONGEST_SEARCH
from checkdata.entrypoints.web.compression import send_packed
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.closed_schools import closed_in_search
from checkdata.entrypoints.web.pages.filter_panel import filters_above
from checkdata.entrypoints.web.pages.search_help import search_help
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.presentation.listings import listing_page
from checkdata.entrypoints.web.sealed_search import opened_search, search_for_address
from checkdata.entrypoints.web.security.query_and_form_fields import Fields
from checkdata.entrypoints.web.site import redirect

_PAGE_NUMBER: Final = re.compile(r"[0-9]{1,9}")


def listing(ask: Ask, access: Access) -> Response:
    """A page of what the address asks for; 422 without rows if it is not understood.

    A search may be posted too, because the text of a long one does not belong in an address; its answer leads to the
    address that asks for the same.
    """
    words = words_asked(ask)
    try:
        query, size = query_in(ask, access), page_size_in(words)
    except InvalidQuery as error:
        return not_understood(ask, access, error)
    if ask.request.method == "POST":
        return redirect(access.place.address(access.place.area.path, {**query.words, **_size_word(size)}))
    number = page_number_in(ask.fields)
    checking, seen = ask.site.services.check_participants, not ask.only_headers
    shown = checking.page(access.acting, query, number=number, size=size, seen=seen)
    place = place_with_names(ask, access)
    context = {
        "found": listing_page(place, query, shown.page),
        "filters": filters_above(ask.site.templates, place, shown.tallies, query.words, counts=shown.searched),
        "closed": closed_in_search(ask, access, query.search.text),
        "help": search_help(ask, access, query, shown.page),
        "as_of": shown.as_of,
        "coverage": () if shown.page.found else checking.coverage(access.scope),
    }
    form = _form(access, query.search.text, query.order.words, size)
    response = ask.page("participants/listing.html", form | context)
    send_packed(ask.request, ask.fields.keys(), response)
    return response


def words_asked(ask: Ask) -> Fields:
    """What was asked for, by the address or by a posted search."""
    return ask.form if ask.request.method == "POST" else ask.fields


def place_with_names(ask: Ask, access: Access) -> OrganisationArea:
    """The pages of the user's organisation, with the names of lead providers where a page says one."""
    several = len({rule.lead_provider_id for rule in access.scope.rules} - {None}) > 1
    if not several and not words_asked(ask).get("lead_provider"):
        return access.place
    return evolve(access.place, lead_providers=ask.site.services.check_participants.lead_providers(access.scope))


def query_in(ask: Ask, access: Access) -> ParticipantQuery:
    """The query that was asked; a filter that the role does not have is not understood, never ignored."""
    words = words_asked(ask)
    keys, session, sealed = ask.site.settings.secret_keys, access.visit.session, words.get("list", "")
    if sealed and words.get("query"):
        raise InvalidQuery("query", "Search by a list that was pasted before, or by other words, but not by both")
    query = query_of(
        access.scope, words, search=opened_search(keys, session, sealed) if sealed else words.get("query", "")
    )
    search = evolve(query.search, sealed=sealed)
    return evolve(query, search=search_for_address(keys, session, search))


def query_of(scope: Scope, words: Fields, *, search: str) -> ParticipantQuery:
    """The query of the words of an address, for pages and programs; `InvalidQuery` names the word that is wrong."""
    refuse_filters_of_others(scope.organisation.role, words)
    _refuse_lead_providers_of_others(scope, words)
    return ParticipantQuery.of(
        scope,
        search=search,
        **{name: words.get(name, "") for name in FILTER_NAMED},
        sort=words.get("sort", ""),
        direction=words.get("direction", ""),
    )


def _refuse_lead_providers_of_others(scope: Scope, words: Fields) -> None:
    """Only those of the scope are on the list; others are unknown, and nothing is told of them."""
    of = FILTER_NAMED["lead_provider"]
    chosen = of.values_of(words[of.name]) if words.get(of.name) else ()
    if not {*chosen} <= {rule.lead_provider_id for rule in scope.rules}:
        raise InvalidQuery(of.name, of.unknown)


def page_size_in(words: Fields) -> int:
    """How many rows a page has; `InvalidQuery` for a number that is not offered."""
    word = words.get("per_page", "")
    sizes = {"": DEFAULT_PAGE_SIZE} | {str(size): size for size in PAGE_SIZES}
    if word not in sizes:
        raise InvalidQuery("per_page", f"Show {', '.join(map(str, PAGE_SIZES[:-1]))} or {PAGE_SIZES[-1]} on a page")
    return sizes[word]


def page_number_in(words: Fields) -> int:
    """The page number asked for; `PageNotFound` if it is not one."""
    word = words.get("page", "") or "1"
    if not _PAGE_NUMBER.fullmatch(word):
        raise PageNotFound
    return int(word)


def not_understood(ask: Ask, access: Access, error: InvalidQuery) -> Response:
    """422 without any rows: the search and the filters as they were typed, and what is wrong with them."""
    place, tallies = place_with_names(ask, access), ask.site.services.check_participants.tallies(access.scope)
    area = place.area
    fields, words = ("query", *(each.name for each in area.filters)), words_asked(ask)
    understood = {name: word for name, word in words.items() if name in fields and name != error.field}
    errors = {error.field if error.field in fields else "": str(error)}
    counts = None if words.get("query", "").strip() or words.get("list") else tallies
    context = {
        "filters": filters_above(ask.site.templates, place, tallies, understood, counts=counts, errors=errors),
        "errors": errors,
    }
    form = _form(access, words.get("query", ""), {}, DEFAULT_PAGE_SIZE)
    return ask.page("participants/not_understood.html", form | context, status=422)


def _size_word(size: int) -> Mapping[str, str]:
    return {} if size == DEFAULT_PAGE_SIZE else {"per_page": str(size)}


def _form(access: Access, typed: str, order: Mapping[str, str], size: int) -> dict[str, object]:
    """What the form of a search needs; the order and the number of rows are hidden fields."""
    area = access.place.area
    return {
        "area": area,
        "path": area.path,
        "query": typed,
        "kept": {**order, **_size_word(size)},
        "short": LONGEST_SEARCH,
    }
