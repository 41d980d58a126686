"""Around every request: its id, the trace it continues, one line in the log, and its metrics."""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from prometheus_client import Counter, Histogram
from structlog.contextvars import bound_contextvars

from libs.telemetry.http_spans import answering
from libs.telemetry.logs import get_logger

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

# Requests answered, by route (with {id} in place of ids), method and status.
REQUESTS = Counter("shortlist_gateway_requests_total", "Requests answered", ["method", "route", "status"])
# From the first byte of a request to the last of its answer.
SECONDS = Histogram(
    "shortlist_gateway_request_seconds",
    "Seconds to answer a request",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)

REQUEST_ID = "x-request-id"
_REQUEST_ID_FORM = re.compile(r"[A-Za-z0-9._:/@+=-]{1,128}")
_DOCUMENT_PATH = re.compile(r"/api/v1/(resume|job)s/([^/]+)")
_WATCHED = re.compile(r"(/api/v1)?/health/(live|ready)/?|/metrics/?")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})

log = get_logger("gateway.access")


class Access(ASGIMiddleware):
    """Continues X-Request-Id and traceparent (or starts them), logs and counts what was answered."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes the request on; logs and counts it once its answer has gone, or it raised."""
        if scope["type"] != ScopeType.HTTP:
            await next_app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "other"
        headers = Headers.from_scope(scope)
        given = headers.get(REQUEST_ID, "")
        request_id = given if _REQUEST_ID_FORM.fullmatch(given) else uuid.uuid4().hex
        began = time.monotonic()
        status = 500
        noted: dict[str, str] = {}

        # Every line of the log that this request makes has its id.
        with bound_contextvars(request_id=request_id), answering(scope) as exchange:

            async def send_with_ids(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    exchange.answered(status)
                    answered = MutableScopeHeaders.from_message(message)
                    answered["X-Request-Id"] = request_id
                    if exchange.traceparent:
                        answered["traceparent"] = exchange.traceparent
                    if location := answered.get("location"):
                        noted["location"] = location
                await send(message)

            try:
                await next_app(scope, receive, send_with_ids)
            finally:
                route = scope.get("path_template") or "unknown"
                took = time.monotonic() - began
                REQUESTS.labels(method, route, str(status)).inc()
                SECONDS.labels(method, route).observe(took)
                # Supervisors and scrapers ask every second; their lines would bury the others.
                write = log.debug if _WATCHED.fullmatch(scope["path"]) else log.info
                write(
                    "request",
                    method=method,
                    path=scope["path"][:300],
                    status=status,
                    milliseconds=round(took * 1000, 1),
                    # What is sent with POST has no address before.
                    document=_document(noted.get("location") or ("" if method == "POST" else scope["path"])),
                    **_who(scope),
                )


def _who(scope: Scope) -> dict[str, str]:
    """Who called: the tenant, the key's public id and the person whom the caller named; nothing where nobody knows."""
    caller = scope["state"].get("caller")
    if caller is None:
        return {}
    actor = scope["state"].get("actor") or caller.actor
    return {"tenant": caller.tenant, "key": caller.key_id, **({"actor": actor} if actor else {})}


def _document(path: str) -> str | None:
    """kind/id of the document that a path names."""
    match = _DOCUMENT_PATH.match(path)
    return f"{match[1]}/{match[2]}" if match else None
