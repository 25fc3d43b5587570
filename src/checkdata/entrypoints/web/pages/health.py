"""Whether the service is alive and can serve, for the platform: it uses neither the threads nor the pool of pages."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from anyio import CapacityLimiter, to_thread
from attrs import define, field, frozen
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from checkdata.domain.services.operations.check_health import NO_ANSWER, CheckHealth, HealthReport
from checkdata.entrypoints.json_log import told_of

LOG: Final = logging.getLogger("checkdata.health")

PATHS: Final = ("/healthcheck", "/readiness")

LONGEST_SECONDS: Final = 1.5
"""How long an answer waits for a check; after two seconds a platform takes the service for dead."""

KEPT_SECONDS: Final = 1.0
"""How long a result is reused, so that many probes cost no more than one."""


@define
class Lookout:
    """Checks the storage, one check at a time, in a thread of its own; logs when the result changes."""

    check_health: CheckHealth
    _last: HealthReport | None = None
    _at: float = 0.0
    _look: "asyncio.Task[HealthReport] | None" = None
    _thread: CapacityLimiter = field(factory=lambda: CapacityLimiter(1))

    async def seen(self) -> HealthReport:
        """The result of now, or of up to a second ago; `NO_ANSWER` if a check takes too long."""
        if self._last is not None and asyncio.get_running_loop().time() - self._at < KEPT_SECONDS:
            return self._last
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._looked())
        done, _ = await asyncio.wait({self._look}, timeout=LONGEST_SECONDS)
        seen = self._look.result() if done else NO_ANSWER
        self._tell(seen)
        return seen

    async def _looked(self) -> HealthReport:
        try:
            seen = await to_thread.run_sync(self.check_health.look, limiter=self._thread)
        except Exception:
            LOG.exception("the look at the database failed")
            seen = NO_ANSWER
        self._at = asyncio.get_running_loop().time()
        return seen

    def _tell(self, seen: HealthReport) -> None:
        told = [*seen.hindrances, *seen.overdue]
        if self._last is None or told != [*self._last.hindrances, *self._last.overdue]:
            why = {} if seen.error is None else told_of(seen.error)
            details = {"database": seen.database.value, "reasons": told, **why}
            LOG.log(logging.WARNING if told else logging.INFO, "health", extra={"details": details})
        self._last = seen


@frozen
class Health:
    """The two addresses for probes; they answer any host, and need no sign-in."""

    lookout: Lookout
    commit: str

    @property
    def routes(self) -> Sequence[Route]:
        """Both; probes may name any host, and do not wait for a thread of pages."""
        return [Route(path, endpoint) for path, endpoint in zip(PATHS, (self.alive, self.ready), strict=True)]

    async def alive(self, _request: Request) -> Response:
        """200 while the process can answer, with what it knows of its database: platforms restart on anything else."""
        seen = await self.lookout.seen()
        told = {"commit": self.commit, "database": seen.database.value, "overdue": list(seen.overdue)}
        return JSONResponse(told)

    async def ready(self, _request: Request) -> Response:
        """200 where pages would be answered and no watched job is late, else 503 with the reasons.

        Statuses that are overdue take no service away, because users would then see nothing at all.
        """
        seen = await self.lookout.seen()
        ready = not seen.hindrances
        told = {"ready": ready, "reasons": list(seen.hindrances), "overdue": list(seen.overdue)}
        return JSONResponse(told, 200 if ready else 503)
