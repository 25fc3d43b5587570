"""A line for each request: its route, never its path, query or words (security.md 40)."""

import logging
import traceback
from time import perf_counter
from typing import Final

from attrs import frozen
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG: Final = logging.getLogger("checkdata.web")
"""Records carry what there is to tell in ``details``, a dict of words and numbers."""


@frozen
class RequestLog:
    """Logs method, route, status and milliseconds of every request to *app*."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log it when it is done."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = perf_counter(), 0

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        finally:
            milliseconds = round(1000 * (perf_counter() - begun), 1)
            details = {"method": _method(scope), "route": route_of(scope), "status": status, "ms": milliseconds}
            LOG.info("request", extra={"details": details})


def log_failure(scope: Scope, error: Exception) -> None:
    """Log an error by its kind and where it came from; its text may hold what people typed."""
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    details = {"method": _method(scope), "route": route_of(scope), "error": type(error).__name__, "where": where}
    LOG.error("failure", extra={"details": details})


def route_of(scope: Scope) -> str:
    """The pattern of the address that was asked for; "" where it is none of ours."""
    route = scope.get("route")
    return route.path if isinstance(route, Route | Mount) else ""


def _method(scope: Scope) -> str:
    """The method, which may be any word, as one of those that pages answer to."""
    method: str = scope["method"]
    return method if method in {"GET", "HEAD", "POST"} else "other"
