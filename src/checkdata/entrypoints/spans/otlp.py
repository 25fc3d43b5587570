"""Spans as OpenTelemetry records and sends them (OTLP over HTTP); an extra of its own, ``otel``.

It has a provider of its own and no instrumentation of the library, which would take addresses and statements.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from attrs import frozen
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

from checkdata import __version__
from checkdata.entrypoints.spans.recording import Span, Spans

_TRACES: Final = "/v1/traces"

_SECONDS: Final = 2.0
"""How long sending may take, with all its tries: the end of the process waits for it."""


class OtlpSpans:
    """Sends spans to the collector at *url*, in a thread; what does not fit in its queue is dropped.

    ``OTEL_TRACES_SAMPLER``, ``OTEL_EXPORTER_OTLP_HEADERS``, ``OTEL_BSP_…`` and ``OTEL_RESOURCE_ATTRIBUTES`` mean what
    OpenTelemetry says.
    """

    def __init__(self, url: str, *, release: str, environment: str) -> None:
        about = {
            "service.name": "checkdata",
            "service.version": release,
            "deployment.environment.name": environment,
        }
        self._provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=True)
        self._provider.add_span_processor(BatchSpanProcessor(_exporter(url)))
        self._tracer = self._provider.get_tracer("checkdata", __version__)

    @contextmanager
    def request(self) -> Iterator[Span]:
        """A root, whatever a client says: one that no proxy of ours began would otherwise choose what is recorded."""
        with self._tracer.start_as_current_span(
            "request",
            context=trace.set_span_in_context(trace.INVALID_SPAN),
            kind=SpanKind.SERVER,
            record_exception=False,  # its text may hold what people typed
            set_status_on_exception=False,
        ) as span:
            yield _OtlpSpan(span)

    def step(self, name: str, /, **notes: str | int) -> AbstractContextManager[object]:
        """A part of what is recorded now, if anything is."""
        return self._step(name, notes) if self.records() else nullcontext()

    @contextmanager
    def _step(self, name: str, notes: dict[str, str | int]) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name, attributes=notes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except Exception as error:
                _OtlpSpan(span).failed(type(error).__name__)
                raise

    def records(self) -> bool:
        """Whether the current span is one that is sent."""
        return trace.get_current_span().is_recording()

    def close(self) -> None:
        """Send what waits, and no more."""
        self._provider.shutdown()


def _exporter(url: str) -> OTLPSpanExporter:
    return OTLPSpanExporter(endpoint=f"{url}{_TRACES}", timeout=_SECONDS)


@frozen
class _OtlpSpan:
    span: trace.Span

    def note(self, name: str, value: str | int, /) -> None:
        self.span.set_attribute(name, value)

    def is_called(self, name: str, /) -> None:
        self.span.update_name(name)

    def failed(self, kind: str, /) -> None:
        self.span.set_attribute("error.type", kind)
        self.span.set_status(StatusCode.ERROR)


_conforms: type[Spans] = OtlpSpans
