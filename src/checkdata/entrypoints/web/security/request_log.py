"""Logs a line for each request: its route, never its path, query or words (security.md 40)."""

import logging
from time import perf_counter
from typing import Final

from attrs import frozen
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkdata.entrypoints.error_kinds import kinds_of
from checkdata.entrypoints.json_log import told_of
from checkdata.entrypoints.request_ids import HEADER, begin_request

LOG: Final = logging.getLogger("checkdata.web")
"""Records carry the facts in ``details``, a dict of words and numbers."""


@frozen
class RequestLog:
    """Logs method, route, status and milliseconds of every request to *app*, and gives all its log lines one id.

    The id that a request brings is used, because the server lets through only one from a trusted proxy.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log it when it is done."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = perf_counter(), 0
        name = begin_request(Headers(scope=scope).get(HEADER, ""))

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        finally:
            milliseconds = round(1000 * (perf_counter() - begun), 1)
            details = {"method": method_of(scope), "route": route_of(scope), "status": status, "ms": milliseconds}
            LOG.info("request", extra={"details": details})


def log_failure(scope: Scope, error: Exception) -> None:
    """Log an error by its kind, where it came from and a storage's cause; its text may hold what people typed."""
    details = {"method": method_of(scope), "route": route_of(scope), **told_of(error)}
    LOG.error("failure", extra={"details": details, "kinds": kinds_of(error)})


def route_of(scope: Scope) -> str:
    """The pattern of the address that was asked for; "" where it is none of ours."""
    route = scope.get("route")
    return route.path if isinstance(route, Route | Mount) else ""


def method_of(scope: Scope) -> str:
    """The method, if pages answer to it; a client may send any word."""
    method: str = scope["method"]
    return method if method in {"GET", "HEAD", "POST"} else "other"
