"""Spans kept in memory in the place of a collector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs.telemetry import tracing

Spans = Callable[[], list[ReadableSpan]]


@contextmanager
def collected_spans() -> Iterator[Spans]:
    """Calling what it gives tells the spans that ended since, in the order in which they ended."""
    before = tracing._tracers
    memory = InMemorySpanExporter()
    tracing.set_up_tracing("tested", SimpleSpanProcessor(memory))
    try:
        yield lambda: list(memory.get_finished_spans())
    finally:
        tracing._tracers = before
