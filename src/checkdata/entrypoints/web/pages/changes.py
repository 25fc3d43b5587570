"""What changed of a delivery partner's participants or an appropriate body's ECTs (service rule 16)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from starlette.responses import Response

from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.listing.history import ChangeKind
from checkdata.domain.listing.queries import DEFAULT_PAGE_SIZE
from checkdata.domain.listing.searches import LONGEST_SEARCH
from checkdata.domain.services.listing.follow_changes import WantedChanges
from checkdata.domain.values import london_date, london_midnight
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.downloads import send_file
from checkdata.entrypoints.web.pages.filter_panel import filters_above
from checkdata.entrypoints.web.pages.participants import (
    page_number_in,
    page_size_in,
    place_with_names,
    query_in,
    words_asked,
)
from checkdata.entrypoints.web.presentation.changes import FIRST_VISIT_DAYS, Asked, changes_found
from checkdata.entrypoints.web.presentation.downloads import file_name
from checkdata.entrypoints.web.site import redirect

_FIRST_YEAR: Final = 2000
"""Before it a day is a mistake."""

_FIELDS: Final = ("since", "query", *FILTER_NAMED)


def changes(ask: Ask, access: Access) -> Response:
    """A page of the changes since a date, or since the last visit; 422 without rows if it is not understood."""
    try:
        asked = _asked(ask, access)
        size = page_size_in(words_asked(ask))
    except InvalidQuery as error:
        return _not_understood(ask, access, error)
    kept = _kept(asked, size)
    if ask.request.method == "POST":
        words = {**asked.words, **asked.wanted.query.words, **kept}
        return redirect(access.place.address(access.place.area.changes, words))
    following = ask.site.services.follow_changes
    number, seen = page_number_in(ask.fields), not ask.only_headers
    shown = following.page(access.acting, asked.wanted, number=number, size=size, seen=seen)
    query, place = asked.wanted.query, place_with_names(ask, access)
    context = {
        "found": changes_found(place, asked, shown),
        "filters": filters_above(ask.site.templates, place, shown.tallies, query.words),
        "as_of": shown.as_of,
    }
    form = _form(access, ask.fields.get("since", "").partition("T")[0], query.search.text, kept)
    return ask.page("changes/changes.html", form | context)


def changes_csv(ask: Ask, access: Access) -> Response:
    """All the changes that the address asks for."""
    try:
        asked = _asked(ask, access)
    except InvalidQuery as error:
        return _not_understood(ask, access, error)
    name = file_name(access.acting.organisation, access.visit.today, FileKind.CHANGES)
    return send_file(ask, access, name, lambda: ask.site.services.follow_changes.download(access.acting, asked.wanted))


def _asked(ask: Ask, access: Access) -> Asked:
    words = words_asked(ask)
    today = access.visit.today
    query, kind = query_in(ask, access), kind_of(words.get("kind", ""))
    since = since_of(words.get("since", ""), access.visit.at)
    if since is not None:
        moment = since if isinstance(since, datetime) else london_midnight(since)
        return Asked(WantedChanges(query=query, since=moment, kind=kind), since, None, today)
    last_visit = ask.site.services.follow_changes.last_visit(access.acting, access.visit.session)
    since = last_visit or _for_a_first_visit(today)
    return Asked(WantedChanges(query=query, since=since, kind=kind), None, last_visit, today)


def _kept(asked: Asked, size: int) -> Mapping[str, str]:
    """What a search keeps of the page on which it is made."""
    kind = {} if asked.wanted.kind is None else {"kind": asked.wanted.kind.value}
    return {**kind, **({} if size == DEFAULT_PAGE_SIZE else {"per_page": str(size)})}


def _for_a_first_visit(today: date) -> datetime:
    return london_midnight(today - timedelta(days=FIRST_VISIT_DAYS))


def since_of(word: str, now: datetime) -> date | datetime | None:
    """A date as it is typed, or a moment as a mail's link has it."""
    if not word:
        return None
    try:
        since = datetime.fromisoformat(word) if "T" in word else date.fromisoformat(word)
    except ValueError:
        raise InvalidQuery("since", "Enter a real date, like 2024-06-30") from None
    if isinstance(since, datetime):
        is_known, is_past = since.tzinfo is not None, since.tzinfo is None or since <= now
    else:
        is_known, is_past = True, since <= london_date(now)
    if not is_known:
        raise InvalidQuery("since", "Enter a real date, like 2024-06-30")
    if since.year < _FIRST_YEAR:
        raise InvalidQuery("since", f"The year must be {_FIRST_YEAR} or later")
    if not is_past:
        raise InvalidQuery("since", "The date must be today or in the past")
    return since


def kind_of(word: str) -> ChangeKind | None:
    """The kind of change that a word names, None for ""; `InvalidQuery` for any other word."""
    if not word:
        return None
    try:
        return ChangeKind(word)
    except ValueError:
        raise InvalidQuery("kind", "Select a kind of change from the list") from None


def _not_understood(ask: Ask, access: Access, error: InvalidQuery) -> Response:
    tallies = ask.site.services.check_participants.tallies(access.scope)
    words = words_asked(ask)
    understood = {name: word for name, word in words.items() if name in _FIELDS and name != error.field}
    errors = {error.field if error.field in _FIELDS else "": str(error)}
    context = {
        "filters": filters_above(ask.site.templates, place_with_names(ask, access), tallies, understood, errors=errors),
        "errors": errors,
    }
    form = _form(access, words.get("since", ""), words.get("query", ""), {})
    return ask.page("changes/not_understood.html", form | context, status=422)


def _form(access: Access, since: str, query: str, kept: Mapping[str, str]) -> dict[str, object]:
    area = access.place.area
    return {"area": area, "path": area.changes, "since": since, "query": query, "kept": kept, "short": LONGEST_SEARCH}
