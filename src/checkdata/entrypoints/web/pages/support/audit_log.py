"""Support searches the audit log by user, organisation, kind and time (service rule 15)."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve
from starlette.responses import Response

from checkdata.domain.audit.events import AuditKind, AuditQuery
from checkdata.domain.errors import ChangeRefused, InvalidValue, PageNotFound
from checkdata.domain.people.organisations import Organisation, PolicyTeam, SupportTeam
from checkdata.domain.services.audit.search_log import MOST_COUNTED, EventsFound
from checkdata.domain.values import EmailAddress, UserId, london_midnight
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.day_fields import day_fault, day_field_names, day_of
from checkdata.entrypoints.web.presentation.addresses import AUDIT, acting_word, address
from checkdata.entrypoints.web.presentation.audit import audit_lines, kinds
from checkdata.entrypoints.web.presentation.pagination import pagination

FIELDS: Final = ("user", "organisation", "kind", *day_field_names("from"), *day_field_names("to"))

_PAGE_NUMBER: Final = re.compile(r"[0-9]{1,9}")


def audit(ask: Ask, access: Access) -> Response:
    """A page of the events that match the filters of the address; 422 without events if a filter is not understood."""
    organisations = named_organisations(ask)
    faults: dict[str, str] = {}
    query = _query(ask, organisations, faults)
    if faults:
        return _page(ask, organisations, {"found": None, "errors": faults}, status=422)
    number, seen = _number(ask), not ask.only_headers
    found = ask.site.services.search_log.page(access.acting, query, number=number, seen=seen)
    context = {
        "found": found,
        "sentence": _sentence(found),
        "lines": audit_lines(found.events, found.users, organisations.values()),
        "pages": pagination(found.number, found.pages, lambda number: _link(ask, access, number)),
        "errors": {},
    }
    return _page(ask, organisations, context)


def named_organisations(ask: Ask) -> Mapping[str, Organisation]:
    """Every organisation by the word of a form."""
    choices = ask.site.services.manage_access.choices()
    every = (*choices.delivery_partners, *choices.appropriate_bodies, SupportTeam(), PolicyTeam())
    return {acting_word(organisation): organisation for organisation in every}


def moments(words: Mapping[str, str], faults: dict[str, str]) -> tuple[datetime | None, datetime | None]:
    """The first moment of the first day, and the first one after the last day; None if none was typed."""
    found = {**day_fault(words, "from", "From"), **day_fault(words, "to", "To")}
    if found:
        faults |= found
        return None, None
    first, last = day_of(words, "from"), day_of(words, "to")
    if first is not None and last is not None and last < first:
        faults["to-day"] = "“To” must be the same day as “From”, or later"
    start = None if first is None else london_midnight(first)
    return start, None if last is None else london_midnight(last + timedelta(days=1))


def _query(ask: Ask, organisations: Mapping[str, Organisation], faults: dict[str, str]) -> AuditQuery:
    words = ask.words
    start, end = moments(words, faults)
    query = AuditQuery(start=start, end=end)
    if word := words.get("organisation", ""):
        if word not in organisations:
            faults["organisation"] = "Select an organisation from the list"
        query = evolve(query, organisation=organisations.get(word))
    if word := words.get("kind", ""):
        if word not in {kind.value for kind in AuditKind}:
            faults["kind"] = "Select what happened from the list"
        else:
            query = evolve(query, kind=AuditKind(word))
    return evolve(query, user_id=_user(ask, faults))


def _user(ask: Ask, faults: dict[str, str]) -> UserId | None:
    """The user whose address was typed."""
    typed = ask.words.get("user", "").strip()
    if not typed:
        return None
    try:
        return ask.site.services.search_log.user_with(EmailAddress.of(typed))
    except (InvalidValue, ChangeRefused) as error:
        faults["user"] = str(error)
        return None


def _number(ask: Ask) -> int:
    word = ask.words.get("page", "") or "1"
    if not _PAGE_NUMBER.fullmatch(word):
        raise PageNotFound
    return int(word)


def _link(ask: Ask, access: Access, number: int) -> str:
    words = {field: ask.words[field] for field in FIELDS if ask.words.get(field)}
    return address(AUDIT, access.acting.organisation, {**words, "page": str(number)})


def _sentence(found: EventsFound) -> str:
    if found.found == MOST_COUNTED:
        return f"{found.found:,} events or more found"
    return f"{found.found:,} {'event' if found.found == 1 else 'events'} found"


def _page(
    ask: Ask, organisations: Mapping[str, Organisation], context: Mapping[str, object], *, status: int = 200
) -> Response:
    typed = {field: ask.words.get(field, "") for field in FIELDS}
    form = {"typed": typed, "organisations": organisations, "kinds": kinds()}
    return ask.page("support/audit.html", {**form, **context}, status=status)
