"""Where the time of a request goes: its steps as OpenTelemetry sends them, with nothing of a person in them."""

from collections.abc import Iterator
from typing import Any, Final, Self

import pytest
from attrs import frozen
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from checkdata.domain.errors import StorageUnavailable
from checkdata.entrypoints.spans.otlp import OtlpSpans
from checkdata.entrypoints.spans.storage import StorageInSteps
from tests.integration.web.client import Client
from tests.integration.web.http_listener import Listener, listening
from tests.integration.web.world import ANN, NORTH, World, with_feed_and_access

RELEASE: Final = "3f2a9c1"
PERSONAL: Final = ("Siobh", str(ANN), "Ann", "p-1", "0000001", "192.0.2.1", NORTH.id, "Mozilla", "db-1")


@frozen
class Collector:
    """A collector, and what sends spans to it."""

    listener: Listener
    spans: OtlpSpans

    def told(self) -> tuple[list[Span], str]:
        """All spans that were sent, and all bytes in which they came."""
        self.spans.close()
        bodies = [sent.body for sent in self.listener.all() if sent.path == "/v1/traces"]
        requests = [ExportTraceServiceRequest.FromString(body) for body in bodies]
        groups = [group for request in requests for each in request.resource_spans for group in each.scope_spans]
        return [span for group in groups for span in group.spans], b"".join(bodies).decode(errors="replace")


@pytest.fixture
def collector() -> Iterator[Collector]:
    with listening(b"") as listener:
        spans = OtlpSpans(listener.address, release=RELEASE, environment="staging")
        yield Collector(listener, spans)
        spans.close()


def watched(world: World, collector: Collector) -> Client:
    world.storage, world.spans = StorageInSteps(world.storage, collector.spans), collector.spans
    return Client(world)


def notes(span: Span) -> dict[str, str | int]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def test_a_request_is_told_with_its_access_its_questions_and_its_page_and_nothing_of_a_person(
    collector: Collector,
) -> None:
    client = watched(with_feed_and_access(World()), collector)
    client.sign_in(ANN)
    agent = {"User-Agent": "Mozilla", "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"}
    answer = client.http.get("/participants?search=Siobh", headers=agent)
    client.get("/participants/p-1")
    spans, text = collector.told()
    (request,) = [span for span in spans if span.name == "GET /participants"]
    assert notes(request) == {
        "http.request.method": "GET",
        "http.route": "/participants",
        "http.response.status_code": 200,
        "checkdata.request_id": answer.headers["x-request-id"],
        "checkdata.decision": "granted",
    }
    assert not request.parent_span_id
    trace = [span for span in spans if span.trace_id == request.trace_id]
    of_the_request = [span.name for span in trace if span.parent_span_id == request.span_id]
    assert "access" in of_the_request
    assert "page" in of_the_request
    assert "sql participants.find" in of_the_request
    (access,) = [span for span in trace if span.name == "access"]
    assert "sql sign_ins.visitor" in [span.name for span in trace if span.parent_span_id == access.span_id]
    assert {name for span in spans for name in notes(span)} == {*notes(request), "template"}
    for personal in PERSONAL:
        assert personal not in text
    assert RELEASE in text


class Unreachable:
    """A storage that no unit of work reaches."""

    def reading(self) -> Self:
        return self

    writing = at_once = reading

    def __enter__(self) -> Self:
        raise StorageUnavailable("db-1")

    def __exit__(self, *_: object) -> None:
        """Nothing."""


def test_a_step_that_fails_is_told_by_the_kind_of_its_error_only(collector: Collector) -> None:
    unreachable: Any = Unreachable()
    watched(World(storage=unreachable), collector).get("/sign-in/some-token", 503)
    spans, text = collector.told()
    (request,) = [span for span in spans if not span.parent_span_id]
    assert request.status.code == request.status.STATUS_CODE_ERROR
    assert notes(request)["http.route"] == "/sign-in/{token}"
    connecting = [span for span in spans if span.name == "sql connect"]
    assert {notes(span)["error.type"] for span in connecting} == {"StorageUnavailable"}
    assert not any(span.events for span in spans)
    assert "db-1" not in text
    assert "some-token" not in text


def test_work_beside_requests_is_not_told(collector: Collector) -> None:
    world = World()
    watched(world, collector)
    world.mails_sent()
    assert collector.told() == ([], "")


def test_a_collector_that_does_not_answer_delays_no_page() -> None:
    spans = OtlpSpans("http://127.0.0.1:9", release=RELEASE, environment="staging")
    world = World(spans=spans)
    for _ in range(3):
        Client(world).get("/sign-in")
    spans.close()
