"""Support sets a notice for every page, or closes the service for maintenance."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from starlette.responses import Response

from checkdata.domain.notices import LONGEST_NOTICE, NoticeKind
from checkdata.domain.services.operations.service_notices import digest_of
from checkdata.domain.typed_text import text_fault
from checkdata.domain.values import london_midnight
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.confirm_change import REFUSALS, NotDone, not_done, seen_in
from checkdata.entrypoints.web.pages.day_fields import day_field_names, day_of, moment_fault, moment_of
from checkdata.entrypoints.web.presentation.addresses import NOTICES, address
from checkdata.entrypoints.web.site import redirect

FIELDS: Final = ("kind", "text", *day_field_names("from"), "from-time", *day_field_names("until"), "until-time")

DONE: Final[Mapping[str, str]] = {"set": "Saved.", "ended": "Ended."}
"""What to say after a change, by the word of the address."""

_KINDS: Final = frozenset(kind.value for kind in NoticeKind)


def notices(ask: Ask, access: Access) -> Response:
    """The notices that stand, the form for another, and setting it."""
    if ask.request.method != "POST":
        return _page(ask)
    if faults := _faults(ask):
        return _page(ask, NotDone(faults))
    ends_at = moment_of(ask.form, "until")
    if ends_at is None:
        raise ValueError("a day that has no fault is a day")
    try:
        ask.site.services.service_notices.set(
            NoticeKind(ask.form["kind"]),
            ask.form["text"],
            starts_at=_start(ask),
            ends_at=ends_at,
            by=access.acting.user_id,
            seen=seen_in(ask),
        )
    except REFUSALS as refused:
        return _page(ask, not_done(refused, "until-day"))
    return _done(ask, access, "set")


def end_notice(ask: Ask, access: Access) -> Response:
    """End a notice now."""
    kind = ask.form.get("kind", "")
    if kind not in _KINDS:
        return _page(ask, NotDone({"": "Select which notice to end"}))
    try:
        ask.site.services.service_notices.end(NoticeKind(kind), by=access.acting.user_id, seen=seen_in(ask))
    except REFUSALS as refused:
        return _page(ask, not_done(refused))
    return _done(ask, access, "ended")


def _done(ask: Ask, access: Access, word: str) -> Response:
    ask.site.notice_board.look_at_once()
    return redirect(address(NOTICES, access.acting.organisation, {"done": word}))


def _start(ask: Ask) -> datetime | None:
    """When it starts: the beginning of the day where no time was typed, now where no day was."""
    day = day_of(ask.form, "from")
    if day is None or ask.form.get("from-time", "").strip():
        return moment_of(ask.form, "from")
    return london_midnight(day)


def _faults(ask: Ask) -> Mapping[str, str]:
    form, text = ask.form, ask.form.get("text", "")
    found = {"kind": "" if form.get("kind") in _KINDS else "Select where it is shown", "text": _text_fault(text)}
    found |= moment_fault(form, "from", "Start date") | moment_fault(form, "until", "End date")
    if not any(form.get(field, "").strip() for field in day_field_names("until")):
        found.setdefault("until-day", "Enter the end date")
    return {field: fault for field, fault in found.items() if fault}


def _text_fault(text: str) -> str:
    if not text.strip():
        return "Enter the text of the notice"
    if len(text) > LONGEST_NOTICE:
        return f"Text must be {LONGEST_NOTICE} characters or fewer"
    return text_fault(text, "Text", lines=True)


def _page(ask: Ask, refused: NotDone | None = None) -> Response:
    noticing = ask.site.services.service_notices
    standing, now = noticing.standing(), noticing.clock()
    context = {
        "standing": standing,
        "now": now,
        "seen": digest_of(standing, now),
        "typed": {field: ask.form.get(field, "") for field in FIELDS},
        "done": DONE.get(ask.fields.get("done", ""), ""),
        "errors": {} if refused is None else refused.errors,
    }
    return ask.page("support/notices.html", context, status=200 if refused is None else refused.status)
