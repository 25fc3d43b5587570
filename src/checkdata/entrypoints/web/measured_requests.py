"""Measures what is asked and answered, and tells a Prometheus that shows its token."""

from collections.abc import Sequence
from time import perf_counter
from typing import Final

from anyio import CapacityLimiter, to_thread
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkdata.entrypoints.metrics.measures import Measures, reason_of
from checkdata.entrypoints.web.presentation.addresses import SIGN_IN
from checkdata.entrypoints.web.security.bearer_token import shows_token, wrong_token
from checkdata.entrypoints.web.security.request_log import method_of, route_of

METRICS: Final = "/metrics"

_WHY_REFUSED: Final = {410: "dead"}
_LINKS_ASKED_TOO_OFTEN: Final = (429, SIGN_IN)


@frozen
class MeasuredRequests:
    """Tells *measures* of every request to *app*, and of the access that was decided for it.

    A request takes until the first byte of its answer: after that its client may read as slowly as it likes.
    """

    app: ASGIApp
    measures: Measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell of it when it is done."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status, seconds = perf_counter(), 0, None

        async def send_noting(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], perf_counter() - begun
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        finally:
            self._tell(scope, status, perf_counter() - begun if seconds is None else seconds)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self.measures.answered(method_of(scope), route, status, seconds)
        decision = scope.get("state", {}).get("decision")
        if decision is not None:
            self.measures.decided(reason_of(decision))
        if status in _WHY_REFUSED:
            self.measures.link_refused(_WHY_REFUSED[status])
        elif (status, route) == _LINKS_ASKED_TOO_OFTEN:
            self.measures.link_refused("asked_too_often")


@frozen
class Scraped:
    """The address that a Prometheus scrapes; *token* is what it shows."""

    measures: Measures
    token: str = field(repr=False)
    _thread: CapacityLimiter = field(init=False, factory=lambda: CapacityLimiter(1))
    """Not one of those that pages need, because the database is asked."""

    async def told(self, request: Request) -> Response:
        """All that is measured; 401 for a wrong token."""
        if not shows_token(request, self.token):
            return wrong_token()
        accept = request.headers.get("accept", "")
        content, media_type = await to_thread.run_sync(self.measures.told, accept, limiter=self._thread)
        return Response(content, headers={"Content-Type": media_type})


def scraped_routes(measures: Measures | None, token: str | None) -> Sequence[Route]:
    """That address, where something is measured and there is a token for it."""
    return [] if measures is None or token is None else [Route(METRICS, Scraped(measures, token).told)]
