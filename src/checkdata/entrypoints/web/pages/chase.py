"""The chase list: whom to ring this morning, and what to say (service rules 8 and 11)."""

from attrs import evolve
from starlette.responses import Response

from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.orders import Order, Sort
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE, PAGE_SIZES, ParticipantQuery
from checkdata.domain.training.who_acts import WhoActs
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.downloads import send_file
from checkdata.entrypoints.web.pages.participants import not_understood, page_number_in, place_with_names, query_in
from checkdata.entrypoints.web.presentation.chase import chase_page
from checkdata.entrypoints.web.presentation.downloads import file_name
from checkdata.entrypoints.web.site import redirect


def chase_list(ask: Ask, access: Access) -> Response:
    """A page of those about whom a school needs to act, or another party that the address names, by school."""
    place = access.place
    if not ask.fields.get("next"):
        words = {name: word for name, word in ask.fields.items() if name != "acting"}
        return redirect(place.address(place.area.chase, {**words, "next": WhoActs.SCHOOL.value}))
    try:
        query = _by_school(ask, access)
    except InvalidQuery as error:
        return not_understood(ask, access, error)
    checking, number = ask.site.services.check_participants, page_number_in(ask.fields)
    size = PAGE_SIZES[-1] if query.search else DEFAULT_PAGE_SIZE  # so that few schools are too large for one email
    shown = checking.page(access.acting, query, number=number, size=size, seen=not ask.only_headers)
    context = {
        "found": chase_page(place_with_names(ask, access), query, shown.page),
        "as_of": shown.as_of,
        "area": place.area,
        "listing": place.address(place.area.path, evolve(query, order=Order()).words),
    }
    return ask.page("participants/chase.html", context)


def chase_workbook(ask: Ask, access: Access) -> Response:
    """All of the list as an Excel workbook, a row a participant."""
    try:
        query = _by_school(ask, access)
    except InvalidQuery as error:
        return not_understood(ask, access, error)
    name = file_name(access.acting.organisation, access.visit.today, FileKind.CHASE)
    checking = ask.site.services.check_participants
    return send_file(ask, access, name, lambda: checking.download(access.acting, query, FileKind.CHASE))


def _by_school(ask: Ask, access: Access) -> ParticipantQuery:
    return evolve(query_in(ask, access), order=Order(Sort.SCHOOL))
