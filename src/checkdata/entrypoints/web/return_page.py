"""The page that a user wanted before they had to sign in or choose, kept in their browser and signed."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from checkdata.domain.access.decision import Acting
from checkdata.entrypoints.web.presentation.addresses import FILES_TO_DELETE, home, suits
from checkdata.entrypoints.web.security.cookies import Cookie
from checkdata.entrypoints.web.security.signed_text import signed_text, text_signed
from checkdata.entrypoints.web.site import Site

_PURPOSE: Final = "asked for"
_LONGEST: Final = 1500
"""How long an address may be; browsers keep about 4,000 characters of a cookie."""


def remember(site: Site, request: Request, response: Response) -> None:
    """Keep the address of the page that was requested, unless it is a posted form or very long."""
    place = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method == "GET" and len(place) <= _LONGEST:
        site.cookies.write(response, Cookie.ASKED_FOR, signed_text(site.settings.secret_keys, _PURPOSE, place))


def place_for(site: Site, request: Request, acting: Acting | None) -> str:
    """Where to go on as *acting*: the requested page if it suits, else the role's first page (security.md 34).

    Without a role, only the page of files to delete suits.
    """
    place = text_signed(site.settings.secret_keys, _PURPOSE, site.cookies.read(request, Cookie.ASKED_FOR))
    suitable = place == FILES_TO_DELETE or (place and acting is not None and suits(place, acting))
    return place if place and suitable else home(acting)
