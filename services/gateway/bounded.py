"""No more requests at once than the process can hold: one more is answered 429, before its body is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from services.gateway.problems import CODES, RETRY_SECONDS, TYPE_PREFIX

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

# Health and metrics are answered even then.
_WATCHED = ("/health/", "/api/v1/health/", "/metrics")


class Bounded(ASGIMiddleware):
    """Lets at most `most` requests in at once."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside = 0

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["path"].startswith(_WATCHED):
            await next_app(scope, receive, send)
            return
        if self._inside >= self._most:
            await _refuse(send, self._most)
            return
        self._inside += 1
        try:
            await next_app(scope, receive, send)
        finally:
            self._inside -= 1


async def _refuse(send: Send, most: int) -> None:
    status, title = CODES["overloaded"]
    detail = f"{most} requests are being answered already; try again in {RETRY_SECONDS} s"
    body = {"type": TYPE_PREFIX + "overloaded", "title": title, "status": status, "detail": detail}
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"retry-after", str(RETRY_SECONDS).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode(), "more_body": False})
