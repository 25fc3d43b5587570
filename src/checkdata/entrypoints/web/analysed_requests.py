"""Tells the department's analysts of requests, by pseudonyms (docs/monitoring.md)."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from attrs import frozen
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.analytics.telling import Analytics
from checkdata.entrypoints.request_ids import request_id
from checkdata.entrypoints.web.measured_requests import METRICS
from checkdata.entrypoints.web.pages.health import PATHS
from checkdata.entrypoints.web.security.clients import client_of
from checkdata.entrypoints.web.security.request_log import method_of, route_of

_OF_NO_USER: Final = frozenset({*PATHS, METRICS, "/static", "/assets"})
"""Routes that programs ask for."""


@frozen
class AnalysedRequests:
    """Tells of every request of a person to *app*, when it is answered."""

    app: ASGIApp
    analytics: Analytics
    clock: Callable[[], datetime]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and queue its event."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, content_type = 0, ""

        async def send_noting(message: Message) -> None:
            nonlocal status, content_type
            if message["type"] == "http.response.start":
                status, content_type = message["status"], Headers(raw=message["headers"]).get("content-type", "")
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        finally:
            if route_of(scope) not in _OF_NO_USER:
                self._tell(scope, status, content_type)

    def _tell(self, scope: Scope, status: int, content_type: str) -> None:
        request = Request(scope)
        visit: Visit | None = scope.get("state", {}).get("visit")
        organisation = None if visit is None else visit.session.organisation
        event = self.analytics.maker.web_request(
            self.clock(),
            request=request_id(),
            method=method_of(scope),
            route=route_of(scope),
            status=status,
            content_type=content_type,
            role="" if organisation is None else organisation.role.value,
            user_id="" if visit is None else visit.user.id,
            client=f"{request.headers.get('user-agent', '')}{client_of(request)}",
        )
        self.analytics.send(event)
