"""Traces through OpenTelemetry: spans, the W3C trace context they are carried in, and where they are sent.

Ids are made and passed on in every process; spans are sent only where `OTEL_EXPORTER_OTLP_ENDPOINT` is set and the
extra `otlp` is installed. The other `OTEL_*` variables are read by OpenTelemetry itself.

A span says nothing about an error but its class: messages and stack traces may quote a document.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, get_current_span, set_span_in_context, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

TRACEPARENT = "traceparent"
TRACESTATE = "tracestate"
# The longest a stopping process waits for its last spans to be sent.
FLUSH_SECONDS = 3.0

# Set, and not empty: traces are sent.
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"
_NAME = "shortlist"
_PROPAGATOR = TraceContextTextMapPropagator()
# It warns of every tracestate that is not of the form, and quotes it: whatever any caller sends would be in our logs.
logging.getLogger("opentelemetry.trace.span").setLevel(logging.ERROR)


class ImpossibleTracing(Exception):
    """Traces cannot be sent as the environment asks; the message says what to change."""


class _Tracers:
    """The process's tracers: one for spans that are sent, and one whose spans only have ids."""

    def __init__(self, provider: TracerProvider, *, is_service: bool) -> None:
        self.provider = provider
        self.is_service = is_service
        self.sending = provider.get_tracer(_NAME)
        self.quiet = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False).get_tracer(_NAME)


_tracers = _Tracers(TracerProvider(shutdown_on_exit=False), is_service=False)


def set_up_tracing(service: str, *processors: SpanProcessor) -> None:
    """From now on spans are of this service, and go to the collector that the environment names. Call once, at start.

    `processors` get the spans as well. Raises ImpossibleTracing.
    """
    global _tracers
    exporting = _exporting()
    provider = TracerProvider(resource=_resource(service), shutdown_on_exit=False)
    for processor in (*exporting, *processors):
        provider.add_span_processor(processor)
    _tracers = _Tracers(provider, is_service=True)


def is_set_up() -> bool:
    """Whether this process is a service, whose spans have a name; the command is none."""
    return _tracers.is_service


def shut_down_tracing() -> None:
    """Sends what is left, for at most FLUSH_SECONDS; spans that end later are lost. Blocks."""
    stopping = Thread(target=_tracers.provider.shutdown, name="last-spans", daemon=True)
    stopping.start()
    stopping.join(FLUSH_SECONDS)


@contextmanager
def traced(
    traceparent: str | None,
    name: str = "work",
    *,
    tracestate: str | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, AttributeValue] | None = None,
    since: int | None = None,
    quiet: bool = False,
) -> Iterator[Span]:
    """Continues the given trace with a span around the block, or starts a trace where none is given.

    `since`: when the span began, in ns since 1970; else now. A `quiet` span is not sent, nor are those below it.
    """
    span = _tracer(quiet).start_span(
        name, context=context_of(traceparent, tracestate), kind=kind, attributes=attributes, start_time=since
    )
    with active(span):
        yield span


@contextmanager
def span_below(
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, AttributeValue] | None = None,
    quiet: bool = False,
) -> Iterator[Span]:
    """A span around the block, below the current one. A `quiet` span is not sent, nor are those below it."""
    with active(_tracer(quiet).start_span(name, kind=kind, attributes=attributes)) as span:
        yield span


def start_span(
    name: str, *, context: Context | None, kind: SpanKind, attributes: Mapping[str, AttributeValue] | None = None
) -> Span:
    """A span that its caller ends. Without a context it is below the current one."""
    return _tracer().start_span(name, context=context, kind=kind, attributes=attributes)


@contextmanager
def active(span: Span) -> Iterator[Span]:
    """Makes the span the current one during the block; ends it behind it, as failed where the block raises."""
    with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield span
        except BaseException as error:
            fail(span, type(error).__name__)
            raise


def fail(span: Span, error_type: str) -> None:
    """Marks a span as failed, by an error of this type."""
    span.set_attribute("error.type", error_type)
    span.set_status(StatusCode.ERROR)


def context_of(traceparent: str | None, tracestate: str | None = None) -> Context:
    """The context that these headers carry; an empty one, below which a trace begins, where they carry none."""
    carrier = {TRACEPARENT: traceparent} if traceparent else {}
    if tracestate:
        carrier[TRACESTATE] = tracestate
    return _PROPAGATOR.extract(carrier, Context())


def trace_headers(span: Span | None = None) -> dict[str, str]:
    """The headers that carry the current trace on, or a given span's; none outside any trace."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, None if span is None else set_span_in_context(span, Context()))
    return carrier


def current_traceparent() -> str | None:
    """The current span's traceparent; None outside any trace."""
    return trace_headers().get(TRACEPARENT)


def current_trace_id() -> str | None:
    """The current trace's id, 32 hexadecimal digits; None outside any trace."""
    found = get_current_span().get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else None


def _tracer(quiet: bool = False) -> Tracer:
    return _tracers.quiet if quiet else _tracers.sending


def _resource(service: str) -> Resource:
    own = {SERVICE_NAME: f"{_NAME}-{service}", SERVICE_INSTANCE_ID: uuid.uuid4().hex}
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES count before ours.
    return Resource.create(own).merge(OTELResourceDetector().detect())


def _exporting() -> list[SpanProcessor]:
    name, endpoint = _first_set(_ENDPOINTS)
    if not endpoint or os.environ.get("OTEL_TRACES_EXPORTER", "").lower() == "none":
        return []
    if not endpoint.startswith(("http://", "https://")):
        raise ImpossibleTracing(f"{name}: {endpoint!r} must begin with http:// or https://")
    asked, protocol = _first_set(_PROTOCOLS)
    if protocol not in ("", _PROTOCOL):
        raise ImpossibleTracing(f"{asked}: traces are sent by {_PROTOCOL} only, not by {protocol!r}")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError:
        raise ImpossibleTracing(
            f"{name} is set, but what sends traces is not installed: run pip install 'shortlist[otlp]', or unset {name}"
        ) from None
    return [BatchSpanProcessor(OTLPSpanExporter())]


def _first_set(names: tuple[str, ...]) -> tuple[str, str]:
    """The first of these variables that is set, and its value; empty where none is."""
    return next(((name, os.environ[name]) for name in names if os.environ.get(name)), (names[-1], ""))
