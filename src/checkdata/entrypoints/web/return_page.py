"""The page that a user wanted before they had to sign in or choose, kept in their browser and signed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from checkdata.domain.access.decision import Acting
from checkdata.entrypoints.web.presentation.addresses import home, suits
from checkdata.entrypoints.web.security.cookies import Cookie
from checkdata.entrypoints.web.security.signing import is_signed, signature
from checkdata.entrypoints.web.site import Site

_PURPOSE: Final = "asked for"
_LONGEST: Final = 1500
"""How long an address may be; browsers keep about 4,000 characters of a cookie."""


def remember(site: Site, request: Request, response: Response) -> None:
    """Keep the address of the page that was requested, unless it is a posted form or very long."""
    place = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method == "GET" and len(place) <= _LONGEST:
        text = urlsafe_b64encode(place.encode()).decode()
        value = f"{text}.{signature(site.settings.secret_keys, _PURPOSE, text)}"
        site.cookies.write(response, Cookie.ASKED_FOR, value)


def place_for(site: Site, request: Request, acting: Acting) -> str:
    """Where to go on as *acting*: the requested page if it suits, else the role's first page (security.md 34)."""
    text, _, given = site.cookies.read(request, Cookie.ASKED_FOR).partition(".")
    if not text or not is_signed(site.settings.secret_keys, _PURPOSE, text, given):
        return home(acting)
    place = urlsafe_b64decode(text).decode()
    return place if suits(place, acting) else home(acting)
