"""Spans of HTTP requests: around the answering of one, and around the asking of another service.

Names and attributes are those of OpenTelemetry's conventions for HTTP, but no span holds the query: people's names
are searched for in it. Its ready-made instrumentations write it down, and so are not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.trace import Span, SpanKind
from opentelemetry.util.types import AttributeValue

from libs.telemetry.tracing import TRACEPARENT, TRACESTATE, current_trace_id, fail, span_below, trace_headers, traced

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
# Asked every second or so by supervisors and scrapers.
_WATCHED = re.compile(r"(/api/v1)?/health/(live|ready)/?|/metrics/?")


class Exchange:
    """A request's span. `headers` carry it on; `answered` says how the exchange ended."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self.headers = trace_headers(span)

    @property
    def traceparent(self) -> str | None:
        """The header that names this span; None where OpenTelemetry is switched off and the caller named no trace."""
        return self.headers.get(TRACEPARENT)

    def answered(self, status: int) -> None:
        """An answer with this status came. One below 500 is no failure: the asker knows what it means."""
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            fail(self._span, str(status))


@contextmanager
def answering(scope: Any) -> Iterator[Exchange]:
    """The span of an ASGI request, in the trace that its headers carry; named after its route when it is over.

    That of a request for live, ready or metrics is not sent.
    """
    method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
    given = {name: value.decode("latin-1") for name, value in scope["headers"]}
    with traced(
        given.get(TRACEPARENT.encode()),
        "HTTP" if method == "_OTHER" else method,
        tracestate=given.get(TRACESTATE.encode()),
        kind=SpanKind.SERVER,
        attributes={"http.request.method": method, "url.scheme": scope.get("scheme", "http")},
        quiet=_WATCHED.fullmatch(scope["path"]) is not None,
    ) as span:
        try:
            yield Exchange(span)
        finally:
            if route := scope.get("path_template"):
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)


def traced_app(app: Any) -> Any:
    """ASGI middleware: a span around each request."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        with answering(scope) as exchange:

            async def send_on(message: Any) -> None:
                if message["type"] == "http.response.start":
                    exchange.answered(message["status"])
                await send(message)

            await app(scope, receive, send_on)

    return answer


@contextmanager
def asking(part: str, method: str, address: str, path: str) -> Iterator[Exchange]:
    """The span of a request to another service, at one of its addresses (`http://host:port`).

    Outside any trace it is not sent: services look every second or so whether the others are ready.
    """
    server = urlsplit(address)
    attributes: dict[str, AttributeValue] = {
        "http.request.method": method,
        "url.path": path,
        "server.address": server.hostname or "",
        "server.port": server.port or (443 if server.scheme == "https" else 80),
        "service.peer.name": f"shortlist-{part}",
    }
    alone = current_trace_id() is None
    with span_below(f"{method} {part}", kind=SpanKind.CLIENT, attributes=attributes, quiet=alone) as span:
        yield Exchange(span)
