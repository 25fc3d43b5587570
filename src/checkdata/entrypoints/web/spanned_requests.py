"""Records each request as a span: its route, status and decision, and the steps that it took."""

from attrs import frozen
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkdata.entrypoints.metrics.measures import reason_of
from checkdata.entrypoints.request_ids import request_id
from checkdata.entrypoints.spans.recording import Span, Spans
from checkdata.entrypoints.web.security.request_log import method_of, route_of

_FAILED = 500


@frozen
class SpannedRequests:
    """Records every request to *app* in *spans*."""

    app: ASGIApp
    spans: Spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, within its span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self.spans.request() as span:
            try:
                await self.app(scope, receive, send_noting)
            finally:
                _note(span, scope, status)


def _note(span: Span, scope: Scope, status: int) -> None:
    method, route = method_of(scope), route_of(scope)
    span.is_called(f"{method} {route}".strip())
    span.note("http.request.method", method)
    span.note("http.route", route)
    span.note("http.response.status_code", status)
    span.note("checkdata.request_id", request_id())
    decision = scope.get("state", {}).get("decision")
    if decision is not None:
        span.note("checkdata.decision", reason_of(decision))
    if status >= _FAILED:
        span.failed(str(status))
