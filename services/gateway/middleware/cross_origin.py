"""Which web sites' pages may call the API from a browser (CORS): those that are named, and no others.

The framework's own middleware matches origins by their beginning and tells every page which methods and headers there
are; this one answers the named origins alone, and all others as if it were not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
# What the API reads of a request, and what of an answer a page may read beside the body.
REQUEST_HEADERS = (
    "Authorization, Content-Type, Content-Encoding, Prefer, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, "
    "Shortlist-Actor, X-Request-Id, traceparent, tracestate"
)
ANSWER_HEADERS = "ETag, Location, Preference-Applied, Retry-After, WWW-Authenticate, X-Request-Id, traceparent"
PREFLIGHT_SECONDS = 600


class CrossOrigin(ASGIMiddleware):
    """Lets the pages of these origins read answers, and answers their browsers' preflight requests."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, origins: frozenset[str]) -> None:
        self._origins = origins

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answers a preflight; passes on all else."""
        headers = Headers.from_scope(scope)
        origin = headers.get("origin")
        is_named = origin in self._origins
        if (
            is_named
            and scope["type"] == ScopeType.HTTP
            and scope["method"] == "OPTIONS"
            and "access-control-request-method" in headers
        ):
            await _allow(origin or "", send)
            return

        async def send_with_origin(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableScopeHeaders.from_message(message)
                answered.extend_header_value("Vary", "Origin")
                if is_named and origin is not None:
                    answered["Access-Control-Allow-Origin"] = origin
                    answered["Access-Control-Expose-Headers"] = ANSWER_HEADERS
            await send(message)

        await next_app(scope, receive, send_with_origin)


async def _allow(origin: str, send: Send) -> None:
    allowed = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": REQUEST_HEADERS,
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        "Vary": "Origin",
    }
    headers = [(name.lower().encode(), value.encode()) for name, value in allowed.items()]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
