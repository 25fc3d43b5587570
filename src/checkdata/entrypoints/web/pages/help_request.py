"""A question to support about a page, from a link at the foot of every page (service rule 14)."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from checkdata.domain.access.decision import Acting
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.presentation.addresses import ACTING, GET_HELP, acting_word, address
from checkdata.entrypoints.web.site import redirect

FIELDS: Final = ("question", "page", ACTING)

_PAGE: Final = re.compile(r"(?:/(?:[a-z-]+|\{[a-z_:]+\}))*(?:\.[a-z]+)?")
"""The pattern of an address as `routes` has it, in which there is no id and nothing that was typed."""
_LONGEST_PAGE: Final = 100
_ID: Final = re.compile(r"\{[a-z_:]+\}")


def help_request(ask: Ask, visit: Visit) -> Response:
    """The form with the page that it is about, and sending it; the page of contacts where support has no address."""
    if not ask.site.settings.support_email:
        return ask.page("help/contact.html")
    if ask.request.method != "POST":
        return _form(ask, visit, ask.fields, {})
    page, acting = _page(ask.form), _acting(visit, ask.form)
    try:
        ask.site.services.request_help.ask(visit.user, ask.form.get("question", ""), page=page, acting=acting)
    except ChangeRefused as refused:
        return _form(ask, visit, ask.form, {"question": str(refused).removesuffix(".")})
    return redirect(address(GET_HELP, None if acting is None else acting.organisation, {"sent": "yes"}))


def _form(ask: Ask, visit: Visit, words: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    acting = _acting(visit, words)
    context = {
        "about": _page(words),
        "pattern": words.get("page", ""),
        "asked_for": None if acting is None else acting.organisation,
        "made_for": "" if acting is None else acting_word(acting.organisation),
        "question": words.get("question", "") if errors else "",
        "sent": ask.fields.get("sent", "") == "yes" and not errors,
        "errors": errors,
    }
    return ask.page("help/help_request.html", context, status=422 if errors else 200)


def _page(words: Mapping[str, str]) -> str:
    """The page that is meant, with dots for each id; "" for what is no page of ours."""
    page = words.get("page", "")
    return _ID.sub("…", page) if len(page) <= _LONGEST_PAGE and _PAGE.fullmatch(page) else ""


def _acting(visit: Visit, words: Mapping[str, str]) -> Acting | None:
    """For which organisation the page was made, among those of the user; else the one that the session acts for."""
    word = words.get(ACTING, "")
    return next((choice for choice in visit.choices if acting_word(choice.organisation) == word), visit.acting)
