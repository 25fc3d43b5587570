"""Choosing the role and organisation of a session, and signing out (service rule 6)."""

from collections.abc import Sequence
from typing import Final

from attrs import evolve
from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.access.decision import Acting
from checkdata.domain.errors import SessionOver
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.web.gate import Ask, NoAccessLeft, sign_in_first
from checkdata.entrypoints.web.pages.sign_in_by_provider import sign_out_place
from checkdata.entrypoints.web.presentation.addresses import (
    CHOOSE_ORGANISATION,
    CHOOSE_ROLE,
    SIGNED_OUT,
    address,
    home,
)
from checkdata.entrypoints.web.return_page import place_for
from checkdata.entrypoints.web.security.cookies import Cookie
from checkdata.entrypoints.web.site import redirect

_CACHE: Final = '"cache"'
_SITE_DATA: Final = f'{_CACHE}, "storage"'
"""Not ``"cookies"``: that would reach other services of the same domain; ours are cleared by name."""


def change(ask: Ask, visit: Visit) -> Response:
    """Go to the choice, or back if there is none."""
    choices = _choices(ask, visit)
    return redirect(home(visit.acting) if len(choices) == 1 else CHOOSE_ROLE)


def roles(ask: Ask, visit: Visit) -> Response:
    """Ask for the role; with one role, for the organisation at once."""
    choices = _choices(ask, visit)
    if len(choices) > 1 and len({choice.role for choice in choices}) == 1:
        return redirect(CHOOSE_ORGANISATION)
    return _roles(ask, choices)


def choose_role(ask: Ask, visit: Visit) -> Response:
    """Act in a role; if it has several organisations, ask for which."""
    choices = _choices(ask, visit)
    word = ask.form.get("role", "")
    chosen = [choice for choice in choices if choice.role.value == word]
    match chosen:
        case []:
            return _roles(ask, choices, {"role": "Select the role you want to act in"})
        case [only]:
            return _act(ask, visit, only)
        case _:
            return redirect(address(CHOOSE_ORGANISATION, words={"role": word}))


def organisations(ask: Ask, visit: Visit) -> Response:
    """Ask for the organisation, among those of the role."""
    choices = _choices(ask, visit)
    word = ask.fields.get("role", "")
    if not word and len({choice.role for choice in choices}) > 1:
        return redirect(CHOOSE_ROLE)
    return _organisations(ask, _of_role(choices, word))


def choose_organisation(ask: Ask, visit: Visit) -> Response:
    """Act for an organisation; one that the user cannot choose does not exist (security.md 22)."""
    choices = _of_role(_choices(ask, visit), ask.form.get("role", ""))
    word = ask.form.get("organisation", "")
    if not word:
        return _organisations(ask, choices, {"organisation": "Select the organisation you want to act for"})
    chosen = [choice for choice in choices if choice.organisation.id == word]
    if len(chosen) != 1:
        raise HTTPException(404)
    return _act(ask, visit, chosen[0])


def sign_out(ask: Ask) -> Response:
    """End the session; its cookie and what the browser kept are deleted (security.md 19).

    Who signed in at DfE Sign-in signs out there too, where it offers that.
    """
    ask.site.services.sign_in.sign_out(ask.visit, ask.site.cookies.read(ask.request, Cookie.BROWSER))
    response = redirect(sign_out_place(ask) or SIGNED_OUT)
    is_mounted = bool(ask.site.settings.base.path)  # then the storage is that of the application around it
    response.headers["Clear-Site-Data"] = _CACHE if is_mounted else _SITE_DATA
    for cookie in Cookie:
        ask.site.cookies.clear(response, cookie)
    return response


def signed_out(ask: Ask) -> Response:
    """Say that the user has signed out."""
    return ask.page("choose_organisation/signed_out.html")


def _choices(ask: Ask, visit: Visit) -> Sequence[Acting]:
    """What the user may choose; related services have the names that settings give them."""
    if not visit.choices:
        raise NoAccessLeft
    related = {choice: ask.site.settings.address_of(choice.organisation) for choice in visit.choices}
    return [choice if to is None else evolve(choice, organisation=to.service) for choice, to in related.items()]


def _of_role(choices: Sequence[Acting], word: str) -> Sequence[Acting]:
    """The choices in a role; a role that is not among them does not exist, and without a role all choices."""
    chosen = [choice for choice in choices if word in ("", choice.role.value)]
    if not chosen:
        raise HTTPException(404)
    return chosen


def _roles(ask: Ask, choices: Sequence[Acting], errors: dict[str, str] | None = None) -> Response:
    organisations = {role: [c.organisation for c in choices if c.role is role] for role in (c.role for c in choices)}
    context = {"organisations": organisations, "errors": errors or {}}
    return ask.page("choose_organisation/roles.html", context, status=422 if errors else 200)


def _organisations(ask: Ask, choices: Sequence[Acting], errors: dict[str, str] | None = None) -> Response:
    context = {"choices": choices, "role": choices[0].role, "errors": errors or {}}
    return ask.page("choose_organisation/organisations.html", context, status=422 if errors else 200)


def _act(ask: Ask, visit: Visit, acting: Acting) -> Response:
    try:
        token = ask.site.services.sign_in.choose(visit, acting.organisation)
    except SessionOver:
        return sign_in_first(ask)
    if token is None:
        raise HTTPException(404)
    related = ask.site.settings.address_of(acting.organisation)
    response = redirect(place_for(ask.site, ask.request, acting) if related is None else str(related))
    ask.site.cookies.write(response, Cookie.SESSION, token)
    ask.site.cookies.clear(response, Cookie.ASKED_FOR)
    return response
