"""The cookies of the service (security.md 16, ASVS 3.3)."""

from enum import Enum

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response


class Cookie(Enum):
    """What a cookie is for."""

    SESSION = "session"
    BROWSER = "browser"
    """Ties forms to the browser that they were shown in, signed in or not."""
    ASKED_FOR = "asked_for"
    """The page that a user wanted before they had to sign in."""
    TYPED_ADDRESS = "typed_address"
    """The address to which a sign-in link was requested in this browser, known or not, to be shown there again."""
    CODE = "code"
    """The browser that asked for a sign-in link: the code beside the link works only there."""
    DEPARTURE = "departure"
    """What the browser left with to sign in at DfE Sign-in, sealed, until it comes back."""
    PROOF = "proof"
    """What DfE Sign-in wants to have shown when the user signs out, sealed."""
    CONFIRMATION = "confirmation"
    """Lets a lead provider's contact, who opened the link in their mail, answer it."""


@frozen
class Cookies:
    """Reads and writes cookies: with the ``__Host-`` prefix and Secure where the service is reached over https.

    Below a *prefix* they are sent to it only, which browsers allow for ``__Secure-`` and not for ``__Host-``. Its name
    is in theirs, so that applications that are mounted one below the other do not read each other's.
    """

    secure: bool
    prefix: str = ""

    def read(self, request: Request, cookie: Cookie) -> str:
        """The cookie's value; "" where there is none."""
        return request.cookies.get(self.name(cookie), "")

    def write(self, response: Response, cookie: Cookie, value: str) -> None:
        """Set a cookie until the browser is closed; what it stands for ends sooner."""
        response.set_cookie(self.name(cookie), value, path=self.path, secure=self.secure, httponly=True, samesite="lax")

    def clear(self, response: Response, cookie: Cookie) -> None:
        """Delete a cookie."""
        response.delete_cookie(self.name(cookie), path=self.path, secure=self.secure, httponly=True, samesite="lax")

    def name(self, cookie: Cookie) -> str:
        """The name under which browsers keep it."""
        held_by = ("__Secure-" if self.prefix else "__Host-") if self.secure else ""
        return f"{held_by}checkdata{self.prefix.replace('/', '_')}_{cookie.value}"

    @property
    def path(self) -> str:
        """The path below which browsers send them."""
        return self.prefix or "/"
