"""Signing in by a link in an e-mail (service rule 7)."""

from secrets import token_urlsafe
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.errors import AskedTooOften, InvalidValue, SignInRefused
from checkdata.domain.services.sign_in.sign_in_by_code import CodeTry
from checkdata.domain.sign_in.sessions import LinkPurpose
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.pages.begin_visit import begin_visit
from checkdata.entrypoints.web.pages.sign_in_by_provider import depart
from checkdata.entrypoints.web.presentation.addresses import CHECK_YOUR_EMAIL, SIGN_IN
from checkdata.entrypoints.web.security.clients import client_of
from checkdata.entrypoints.web.security.cookies import Cookie
from checkdata.entrypoints.web.security.signed_text import signed_text, text_signed
from checkdata.entrypoints.web.site import redirect

_TYPED: Final = "typed address"


def form(ask: Ask) -> Response:
    """Ask for the address; say once that the session is over, if it is."""
    over = ask.visit is None and bool(ask.site.cookies.read(ask.request, Cookie.SESSION))
    response = ask.page("sign_in/form.html", {"email": "", "session_over": over})
    if over:
        ask.site.cookies.clear(response, Cookie.SESSION)
    return response


def send_link(ask: Ask) -> Response:
    """Queue a mail, or send the browser to DfE Sign-in; the answer tells nothing about the address (security.md 11)."""
    if (by_provider := ask.site.services.sign_in_by_provider) is not None:
        return depart(ask, by_provider)
    typed = ask.form.get("email", "")
    browser = _browser_of_codes(ask)
    try:
        ask.site.services.sign_in.request_link(typed, client_of(ask.request), browser=browser)
    except InvalidValue as error:
        errors = {"email": str(error) if typed.strip() else "Enter your email address"}
        return ask.page("sign_in/form.html", {"email": typed, "session_over": False, "errors": errors}, status=422)
    response = redirect(CHECK_YOUR_EMAIL)
    shown = signed_text(ask.site.settings.secret_keys, _TYPED, str(EmailAddress.of(typed)))
    ask.site.cookies.write(response, Cookie.TYPED_ADDRESS, shown)
    if browser:
        ask.site.cookies.write(response, Cookie.CODE, browser)
    return response


def check_your_email(ask: Ask) -> Response:
    """Say that a mail is on its way to the address that was typed, whether or not it is a user's."""
    return _mail_sent(ask)


def use_code(ask: Ask) -> Response:
    """Sign in by the code in the mail; what is said of a wrong one is the same for every address."""
    by_code = ask.site.services.sign_in_by_code
    if by_code is None:
        raise HTTPException(404)
    asked, address = ask.site.cookies.read(ask.request, Cookie.CODE), _typed_address(ask)
    if not asked or not address:
        return _mail_sent(ask, "Codes only work in the browser in which you asked for them. Ask for another email")
    browser = token_urlsafe(32)
    tried = CodeTry(typed=ask.form.get("code", ""), address=EmailAddress(address), browser=asked)
    try:
        signed_in = by_code.sign_in(tried, instead_of=ask.visit, browser=browser)
    except (InvalidValue, SignInRefused) as refused:
        return _mail_sent(ask, str(refused))
    except AskedTooOften as refused:
        response = _mail_sent(ask, str(refused))
        ask.site.cookies.clear(response, Cookie.CODE)  # the next mail may be for a browser that was never wrong
        return response
    return begin_visit(ask, signed_in, browser)


def sign_in_link_page(ask: Ask) -> Response:
    """Show a button; nothing happens before it is pressed, because mail scanners follow links (security.md 6, 7)."""
    purpose = ask.site.services.sign_in.link_works(ask.request.path_params["token"])
    if purpose is None or not (purpose is LinkPurpose.CONFIRM_SECOND or _links_sign_in(ask)):
        return _dead_link(ask)
    return ask.page("sign_in/link.html", {"confirms": purpose is LinkPurpose.CONFIRM_SECOND})


def use_sign_in_link(ask: Ask) -> Response:
    """Sign in, and go to the page that the user wanted, or to their choice of role.

    Where users sign in at DfE Sign-in, a link only confirms a second address.
    """
    signing_in, browser = ask.site.services.sign_in, token_urlsafe(32)
    try:
        if not _links_sign_in(ask):
            signing_in.confirm_second(ask.request.path_params["token"])
            return redirect(SIGN_IN)
        signed_in = signing_in.sign_in(ask.request.path_params["token"], instead_of=ask.visit, browser=browser)
    except SignInRefused:
        return _dead_link(ask)
    return begin_visit(ask, signed_in, browser)


def _links_sign_in(ask: Ask) -> bool:
    return ask.site.services.sign_in_by_provider is None


def _typed_address(ask: Ask) -> str:
    kept = ask.site.cookies.read(ask.request, Cookie.TYPED_ADDRESS)
    return text_signed(ask.site.settings.secret_keys, _TYPED, kept)


def _browser_of_codes(ask: Ask) -> str:
    """The token by which codes are tied to this browser, "" where mail has no codes.

    It is that of the mail before, so that the code of an earlier mail, which came late, still works.
    """
    if ask.site.services.sign_in_by_code is None:
        return ""
    kept = ask.site.cookies.read(ask.request, Cookie.CODE)
    return kept or token_urlsafe(32)


def _mail_sent(ask: Ask, fault: str = "") -> Response:
    context = {
        "email": _typed_address(ask),
        "has_code": ask.site.services.sign_in_by_code is not None,
        "errors": {"code": fault} if fault else {},
    }
    return ask.page("sign_in/check_your_email.html", context, status=422 if fault else 200)


def _dead_link(ask: Ask) -> Response:
    """One page for a link that is used, expired or unknown; it offers to send another (rules.md: 410)."""
    return ask.page("sign_in/dead_link.html", {"email": ""}, status=410)
