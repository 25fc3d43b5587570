"""A lead provider's contact, who has no account, answers about one nominee (security.md 1, 2 and 4 to 8)."""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Final

from starlette.responses import Response

from checkdata.domain.errors import ChangeRefused, ConfirmationRefused
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.presentation.addresses import CONFIRM, CONFIRM_ANSWERED, CONFIRM_SENT_AGAIN
from checkdata.entrypoints.web.security.cookies import Cookie
from checkdata.entrypoints.web.site import redirect

CONFIRMS: Final = "confirmed"
DECLINES: Final = "declined"


def confirmation_link_page(ask: Ask) -> Response:
    """Show a button; nothing happens before it is pressed, because mail scanners follow links (security.md 6, 7)."""
    if not ask.site.services.answer_by_link.link_works(_token(ask)):
        return _dead_link(ask)
    return ask.page("answer_by_link/link.html", _lifetimes(ask))


def use_confirmation_link(ask: Ask) -> Response:
    """Open the question, at an address without the token; or send another link in place of a dead one."""
    if "again" in ask.form:
        ask.site.services.answer_by_link.send_again(_token(ask))
        return redirect(CONFIRM_SENT_AGAIN)
    try:
        cookie = ask.site.services.answer_by_link.open(_token(ask))
    except ConfirmationRefused:
        return _dead_link(ask)
    response = redirect(CONFIRM)
    ask.site.cookies.write(response, Cookie.CONFIRMATION, cookie)
    ask.site.cookies.write(response, Cookie.BROWSER, token_urlsafe(32))
    return response


def question(ask: Ask) -> Response:
    """The person to confirm, by name, address and organisation, and nothing else."""
    return _question(ask, {})


def record_answer(ask: Ask) -> Response:
    """Confirm, or decline with a reason; once."""
    given, note = ask.form.get("answer", ""), ask.form.get("reason", "")
    if faults := _faults(given, note):
        return _question(ask, faults)
    try:
        ask.site.services.answer_by_link.answer(_cookie(ask), confirms=given == CONFIRMS, note=note)
    except ConfirmationRefused:
        return _dead_link(ask)
    except ChangeRefused as refused:
        return _question(ask, {"": str(refused)})
    response = redirect(CONFIRM_ANSWERED)
    ask.site.cookies.clear(response, Cookie.CONFIRMATION)
    return response


def answered(ask: Ask) -> Response:
    """Say that the answer was recorded."""
    return ask.page("answer_by_link/answered.html")


def sent_again(ask: Ask) -> Response:
    """Say what happens after another link was requested; the same whether one is sent or not."""
    return ask.page("answer_by_link/sent_again.html")


def _faults(given: str, note: str) -> Mapping[str, str]:
    if given not in (CONFIRMS, DECLINES):
        return {"answer": "Select whether you confirm this person"}
    blank = "Enter the reason for declining" if given == DECLINES else ""
    fault = reason_fault(note, blank)
    return {"reason": fault} if fault else {}


def _question(ask: Ask, errors: Mapping[str, str]) -> Response:
    try:
        asked = ask.site.services.answer_by_link.question(_cookie(ask))
    except ConfirmationRefused:
        return _dead_link(ask)
    context = {
        "question": asked,
        "answer": ask.form.get("answer", ""),
        "note": ask.form.get("reason", ""),
        "errors": errors,
    }
    return ask.page("answer_by_link/question.html", context, status=422 if errors else 200)


def _dead_link(ask: Ask) -> Response:
    """One page for a link that is used, expired or unknown, and for an answer that comes too late (410)."""
    context = {**_lifetimes(ask), "has_token": "token" in ask.request.path_params}
    return ask.page("answer_by_link/dead_link.html", context, status=410)


def _lifetimes(ask: Ask) -> Mapping[str, object]:
    lifetimes = ask.site.services.answer_by_link.lifetimes
    return {"link_lives": lifetimes.link, "visit_lives": lifetimes.visit}


def _token(ask: Ask) -> str:
    token: str = ask.request.path_params["token"]
    return token


def _cookie(ask: Ask) -> str:
    return ask.site.cookies.read(ask.request, Cookie.CONFIRMATION)
