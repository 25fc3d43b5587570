"""Headers that every answer carries, errors and static files included (security.md 31 and 32, ASVS 3.4)."""

from collections.abc import Sequence
from secrets import token_urlsafe
from typing import Final

from attrs import frozen
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkdata.entrypoints.fixed_headers import fixed_headers

_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self' 'nonce-{nonce}'",
    "style-src 'self' 'nonce-{nonce}'",
    "img-src 'self'",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'{handed_over_to}",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)


@frozen
class SecurityHeaders:
    """Adds the headers to every answer of *app*, and gives each request a nonce for the script and style in its page.

    An answer's own caching header stays; an answer without one may not be stored anywhere. *handed_over_to* are the
    origins of related services, to which the choice of a role may lead.
    """

    app: ASGIApp
    secure: bool
    whole_host: bool
    handed_over_to: Sequence[str] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(fixed_headers(secure=self.secure, whole_host=self.whole_host))
                headers["Content-Security-Policy"] = _policy(nonce, self.handed_over_to)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


def nonce_of(request: Request) -> str:
    """The nonce that the policy of this request's answer allows."""
    nonce: str = request.state.nonce
    return nonce


def _policy(nonce: str, handed_over_to: Sequence[str]) -> str:
    others = "".join(f" {origin}" for origin in handed_over_to)
    return "; ".join(_POLICY).format(nonce=nonce, handed_over_to=others)
