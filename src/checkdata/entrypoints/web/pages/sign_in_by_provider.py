"""Signing in at DfE Sign-in: the browser leaves, and comes back with an answer."""

from secrets import token_urlsafe
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.errors import IdentityRefused, ProviderUnavailable, SignInRefused
from checkdata.domain.services.sign_in.sign_in_by_provider import SignInByProvider
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.pages.begin_visit import begin_visit
from checkdata.entrypoints.web.presentation.addresses import SIGN_IN
from checkdata.entrypoints.web.security.clients import client_of
from checkdata.entrypoints.web.security.cookies import Cookie
from checkdata.entrypoints.web.security.sealing import SealBroken, seal, unseal
from checkdata.entrypoints.web.site import redirect

_LONGEST_PROOF: Final = 3500
"""Browsers keep about 4,000 characters of a cookie; without a longer one, only the session here ends."""


def depart(ask: Ask, by_provider: SignInByProvider) -> Response:
    """Send the browser to the provider; what it left with is sealed for it."""
    try:
        departure = by_provider.depart(client_of(ask.request))
    except ProviderUnavailable:
        return _failed(ask, 503)
    response = redirect(departure.address)
    browser = ask.site.cookies.read(ask.request, Cookie.BROWSER)
    _keep(ask, response, Cookie.DEPARTURE, browser, departure.kept)
    return response


def come_back(ask: Ask) -> Response:
    """Sign in a user who comes back with an answer to their own departure; one without access is told the same."""
    by_provider = ask.site.services.sign_in_by_provider
    if by_provider is None:
        raise HTTPException(404)
    if ask.only_headers:
        return redirect(SIGN_IN)
    try:
        who = by_provider.identify(_kept(ask, Cookie.DEPARTURE), ask.fields)
    except IdentityRefused:
        return _failed(ask, 400)
    except ProviderUnavailable:
        return _failed(ask, 503)
    browser = token_urlsafe(32)
    try:
        response = begin_visit(ask, by_provider.sign_in(who, instead_of=ask.visit, browser=browser), browser)
    except SignInRefused:
        response = ask.page("sign_in/no_access_with_account.html", status=403)
        browser = ask.site.cookies.read(ask.request, Cookie.BROWSER)
        ask.site.cookies.clear(response, Cookie.DEPARTURE)
    _keep(ask, response, Cookie.PROOF, browser, who.proof)
    return response


def sign_out_place(ask: Ask) -> str | None:
    """Where the browser signs out at the provider too; None if it did not sign in there."""
    by_provider, proof = ask.site.services.sign_in_by_provider, _kept(ask, Cookie.PROOF)
    return None if by_provider is None or not proof else by_provider.sign_out_at(proof)


def _failed(ask: Ask, status: int) -> Response:
    response = ask.page("sign_in/provider_failed.html", {"unavailable": status == 503}, status=status)  # noqa: PLR2004 - HTTP's own
    ask.site.cookies.clear(response, Cookie.DEPARTURE)
    return response


def _keep(ask: Ask, response: Response, cookie: Cookie, browser: str, text: str) -> None:
    """Let the browser keep a text that only this service reads, and only from this browser."""
    sealed = seal(ask.site.settings.secret_keys, f"{cookie.value} of {browser}", text.encode())
    if len(sealed) <= _LONGEST_PROOF:
        ask.site.cookies.write(response, cookie, sealed)


def _kept(ask: Ask, cookie: Cookie) -> str:
    """What the browser was let keep; "" for anything else."""
    sealed, browser = (ask.site.cookies.read(ask.request, each) for each in (cookie, Cookie.BROWSER))
    try:
        return unseal(ask.site.settings.secret_keys, f"{cookie.value} of {browser}", sealed).decode()
    except SealBroken:
        return ""
