"""A collector of traces: takes what services send by OTLP over HTTP, and keeps the spans."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class CollectedSpan:
    """A span as it was sent; ids in hexadecimal digits, no `parent` where the trace begins."""

    service: str
    name: str
    trace: str
    id: str
    parent: str


@dataclass
class TraceCollector:
    """`bodies`: all that came, unpacked. `url`: what OTEL_EXPORTER_OTLP_ENDPOINT is to be."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        """Keeps what one request brought."""
        self.bodies.append(body)

    def trace(self, trace_id: str) -> list[CollectedSpan]:
        """The spans of a trace."""
        return [span for span in self.spans() if span.trace == trace_id]

    def spans(self) -> list[CollectedSpan]:
        """All spans that came."""
        return [span for body in list(self.bodies) for span in _spans(body)]


def _spans(body: bytes) -> Iterator[CollectedSpan]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        named = {attribute.key: attribute.value.string_value for attribute in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                yield CollectedSpan(named["service.name"], span.name, *ids)


@contextmanager
def collecting() -> Iterator[TraceCollector]:
    """Serves a collector on a free port of 127.0.0.1."""
    collector = TraceCollector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collector.take(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join(20)
