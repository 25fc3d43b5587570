"""The measures as prometheus_client keeps them; loaded only where metrics are on, because it is an extra of its own.

Several processes write what they measure into files of one folder, and each of them tells the sum (the library's
multiprocess mode). It is on where ``PROMETHEUS_MULTIPROC_DIR`` was set before this module is loaded.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from checkdata.entrypoints.metrics.measures import Measures

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

OTHER: Final = "other"
"""The route of an address that is none of ours."""

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class PrometheusMeasures:
    """The measures of one application, together with what *others* collect when they are asked.

    Each has a registry of its own, so several applications of a process do not meet.
    """

    def __init__(self, *others: Collector) -> None:
        self.registry = CollectorRegistry()
        several = FOLDER in os.environ
        if several:
            MultiProcessCollector(self.registry)
        for other in others:
            self.registry.register(other)
        own = None if several else self.registry
        self._requests = Counter(
            "checkdata_http_requests",
            "Requests, by route, method and status.",
            ["method", "route", "status"],
            registry=own,
        )
        self._seconds = Histogram(
            "checkdata_http_request_duration_seconds",
            "Seconds until the first byte of an answer.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=own,
        )
        self._decisions = Counter(
            "checkdata_access_decisions", "Decided accesses; reason is granted, or why not.", ["reason"], registry=own
        )
        self._links = Counter(
            "checkdata_refused_links", "Links that did not work (dead) or were not sent.", ["why"], registry=own
        )
        self._downloads = _now("checkdata_downloads_under_way", "Downloads on their way to browsers.", own)
        self._in_use = _now("checkdata_pool_connections_in_use", "Connections to the database in use.", own)
        self._most = _now("checkdata_pool_connections_limit", "The most connections of all processes.", own)
        self._deaths = Counter("checkdata_worker_deaths", "Workers that died or were ended.", registry=own)
        self._events = Counter(
            "checkdata_analytics_events", "Events for analysts, by what became of them.", ["outcome"], registry=own
        )

    def answered(self, method: str, route: str, status: int, seconds: float, /) -> None:
        """Count the request, and note how long it took."""
        place = route or OTHER
        self._requests.labels(method, place, str(status) if status else "none").inc()
        self._seconds.labels(method, place).observe(seconds)

    def decided(self, reason: str, /) -> None:
        """Count the decision."""
        self._decisions.labels(reason).inc()

    def link_refused(self, why: str, /) -> None:
        """Count the link."""
        self._links.labels(why).inc()

    def downloads(self, under_way: int, /) -> None:
        """Note how many there are."""
        self._downloads.set(under_way)

    def pool(self, in_use: int, most: int, /) -> None:
        """Note how many there are."""
        self._in_use.set(in_use)
        self._most.set(most)

    def worker_died(self, process: int, /) -> None:
        """Count it, and forget what it said of its present."""
        self._deaths.inc()
        mark_process_dead(process)

    def events(self, outcome: str, number: int, /) -> None:
        """Count them."""
        self._events.labels(outcome).inc(number)

    def told(self, accept: str, /) -> tuple[bytes, str]:
        """All of it, in the format that is asked for."""
        encode, media_type = choose_encoder(accept)
        return encode(self.registry), media_type

    @contextmanager
    def served_at(self, host: str, port: int) -> Iterator[None]:
        """Answer those who scrape at a port of its own; `OSError` if it can't be listened at."""
        server, thread = start_http_server(port, host, self.registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _now(name: str, told: str, registry: CollectorRegistry | None) -> Gauge:
    """A number of the present: of all processes that live, the sum."""
    return Gauge(name, told, registry=registry, multiprocess_mode="livesum")


_conforms: type[Measures] = PrometheusMeasures
