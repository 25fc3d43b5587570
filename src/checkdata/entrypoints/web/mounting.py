"""Where the application is mounted: inside it every place begins with ``/``, and what leaves it has the prefix before.

So no page, template or redirect can forget the prefix, because none knows it (docs/decisions, 23).
"""

import logging
import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG: Final = logging.getLogger("checkdata.web")

NOWHERE: Final = ""
"""A path that no route has: what is asked for does not lie below the prefix."""

_IN_PAGES: Final = re.compile(r'((?: href| src| action| formaction| data-address)=")/(?!/)')
"""Where a place of ours stands in HTML; text that was shown has no quotation mark of its own (security.md 36)."""

_IN_STYLESHEETS: Final = re.compile(rb"(?<=url\()/(?!/)")


@frozen
class Mounted:
    """Takes *prefix* from the path of each request to *app*, and puts it before the place that an answer leads to.

    The prefix is the path of the base address, of which mails are made too. It may stand in the request's ``root_path``
    or in its path only; a proxy in front may have taken its beginning from the path. A request that comes by another
    way finds nothing, because all links of its page and in mails would be wrong.
    """

    app: ASGIApp
    prefix: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as if the application were mounted nowhere."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_from_outside(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("location", "").startswith("/"):
                    headers["location"] = self.prefix + headers["location"]
            await send(message)

        inside = {**scope, "root_path": "", "path": path_inside(scope, self.prefix), "state": {}}
        await self.app(inside, receive, send_from_outside)


def path_inside(scope: Scope, prefix: str) -> str:
    """The path of a request without the prefix; `NOWHERE` for one that does not have it, and the log says so."""
    root, path = scope.get("root_path", "").rstrip("/"), scope["path"]
    if root not in ("", prefix):
        LOG.error("mounted elsewhere than CHECKDATA_BASE_URL says", extra={"details": {"at": root, "base": prefix}})
        return NOWHERE
    for end in _ends(prefix) if root else (prefix,):
        if path == end:
            return "/"
        if path.startswith(f"{end}/"):
            return str(path.removeprefix(end))
    LOG.warning("asked for a path outside CHECKDATA_BASE_URL", extra={"details": {"at": root, "base": prefix}})
    return NOWHERE


def _ends(prefix: str) -> Iterator[str]:
    """A path and each of its ends, the longest first: /a/b, and /b."""
    steps = prefix.split("/")[1:]
    for first in range(len(steps)):
        yield "".join(f"/{step}" for step in steps[first:])


def page_below(prefix: str, html: str) -> str:
    """A page whose links, forms and files lie below the prefix."""
    return _IN_PAGES.sub(rf"\1{prefix}/", html) if prefix else html


def stylesheet_below(prefix: str, css: bytes) -> bytes:
    """A stylesheet whose fonts and images lie below the prefix."""
    return _IN_STYLESHEETS.sub(prefix.encode() + b"/", css) if prefix else css
