"""A bound on the requests, and on the bytes of their bodies, that are worked on at once; more are told 429."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from prometheus_client import Counter

from services.gateway.problems import CODES, RETRY_SECONDS, TYPE_PREFIX, ProblemBody

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

# Requests that were told 429.
REFUSED = Counter("shortlist_gateway_overload_refusals_total", "Requests refused as too many at once")

# Always answered: whoever looks after a gateway must see one that is busy.
_OPEN = ("/health/", "/metrics")


class Overload(ASGIMiddleware):
    """Lets at most `requests` through at a time, with at most `body_bytes` of bodies, as their senders announce them.

    A body of unknown length counts as the largest that is taken, `largest_body`.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, requests: int, body_bytes: int, largest_body: int) -> None:
        self._requests = requests
        self._body_bytes = body_bytes
        self._largest_body = largest_body
        self._count = 0
        self._bytes = 0

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if any(part in scope["path"] for part in _OPEN):
            await next_app(scope, receive, send)
            return
        size = self._announced(Headers.from_scope(scope))
        if self._count >= self._requests or (self._bytes and self._bytes + size > self._body_bytes):
            REFUSED.inc()
            await _refuse(send)
            return
        self._count += 1
        self._bytes += size
        try:
            await next_app(scope, receive, send)
        finally:
            self._count -= 1
            self._bytes -= size

    def _announced(self, headers: Headers) -> int:
        length = headers.get("content-length", "")
        if length.isdecimal():
            return min(int(length), self._largest_body)
        return self._largest_body if "transfer-encoding" in headers else 0


async def _refuse(send: Send) -> None:
    status, title = CODES["overloaded"]
    detail = "this gateway works on as many requests as it can; nothing was done of this one, try again shortly"
    body = msgspec.json.encode(ProblemBody(TYPE_PREFIX + "overloaded", title, status, detail))
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_SECONDS).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
