"""What every way to sign in ends with: the cookies of a new session, and the page to go to."""

from starlette.responses import Response

from checkdata.domain.services.sign_in.begin_session import NewSession
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.presentation.addresses import CHOOSE_ROLE
from checkdata.entrypoints.web.return_page import place_for
from checkdata.entrypoints.web.security.cookies import Cookie
from checkdata.entrypoints.web.site import redirect


def begin_visit(ask: Ask, signed_in: NewSession, browser: str) -> Response:
    """Go to the page that the user wanted, or to their choice of role."""
    cookies = ask.site.cookies
    place = place_for(ask.site, ask.request, signed_in.acting)
    response = redirect(place)
    cookies.write(response, Cookie.SESSION, signed_in.token)
    cookies.write(response, Cookie.BROWSER, browser)
    for cookie in (Cookie.TYPED_ADDRESS, Cookie.CODE, Cookie.DEPARTURE):
        cookies.clear(response, cookie)
    if place != CHOOSE_ROLE:
        cookies.clear(response, Cookie.ASKED_FOR)
    return response
