"""A bound on the requests, and on the bytes of their bodies, that are worked on at once; more are told 429."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from prometheus_client import Counter

from services.gateway.middleware.body_arrival import Arrivals, WholeBody
from services.gateway.problems import CODES, RETRY_SECONDS, TYPE_PREFIX, Problem, ProblemBody

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send, WebSocketReceiveMessage
    from litestar.types.asgi_types import HTTPResponseStartEvent

REFUSED = Counter("shortlist_gateway_overload_refusals_total", "Requests answered 429, as too many were worked on")

# Always answered: whoever looks after a gateway must see one that is busy. Whole routes, never a part of a path:
# a document's id may be `health` or `metrics` too.
_ALWAYS_ANSWERED = re.compile(r"(/api/v1)?/health/(live|ready)/?|/api/v1/health/detailed/?|/metrics/?")
_ENDLESS = b"text/event-stream"
_DETAIL = "this gateway works on as many requests as it can; nothing was done of this one, try again shortly"


class Admission(ASGIMiddleware):
    """Lets at most `requests` be worked on at a time, with at most `body_bytes` of bodies; one body alone always is.

    While the body of a request is still arriving, nobody works on it, and it is not counted here but among the
    `arrivals`, which have bounds of their own. Nor is an answer counted that goes on for as long as its reader stays,
    once it has begun: whoever gives such answers bounds them.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, requests: int, body_bytes: int, arrivals: Arrivals) -> None:
        self._requests = requests
        self._body_bytes = body_bytes
        self._arrivals = arrivals
        self._count = 0
        self._bytes = 0

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes the request on, or answers 429 where there are as many as may be."""
        if _ALWAYS_ANSWERED.fullmatch(scope["path"]):
            await next_app(scope, receive, send)
            return
        request = _Admitted(self, receive, has_body=_has_body(Headers.from_scope(scope)))
        if not self.enter(0):
            REFUSED.inc()
            await _refuse(send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] >= 400:
                    request.refused()
                elif _has_no_end(message):
                    request.leave()
            await send(message)

        try:
            await next_app(scope, request.receive, send_on)
        finally:
            request.leave()

    def enter(self, size: int) -> bool:
        """Counts a request whose body has `size` bytes; False, counting nothing, where it is one too many."""
        if self._count >= self._requests or (size and self._bytes and self._bytes + size > self._body_bytes):
            return False
        self._count += 1
        self._bytes += size
        return True

    def leave(self, size: int) -> None:
        """Counts it no longer."""
        self._count -= 1
        self._bytes -= size

    async def arrived(self, receive: Receive) -> WholeBody:
        """A whole body. Raises Problem (`request_timeout`) where it does not come."""
        return await self._arrivals.whole(receive)


class _Admitted:
    """One request that was let in; it gives its place back for as long as its body arrives."""

    def __init__(self, admission: Admission, receive: Receive, *, has_body: bool) -> None:
        self._admission = admission
        self._receive = receive
        self._body: WholeBody | None = None
        self._awaits_body = has_body
        self._is_counted = True

    async def receive(self) -> HTTPReceiveMessage | WebSocketReceiveMessage:
        """Waits for the whole body when it is first asked for.

        Raises Problem: `request_timeout` where the body does not come, `overloaded` where it came too late for the
        request to be worked on.
        """
        if self._awaits_body:
            self._awaits_body = False
            self.leave()
            body = await self._admission.arrived(self._receive)
            self._is_counted = self._admission.enter(body.size)
            if not self._is_counted:
                REFUSED.inc()
                raise Problem("overloaded", _DETAIL, headers={"Retry-After": str(RETRY_SECONDS)})
            self._body = body
        return await (self._receive() if self._body is None else self._body.receive())

    def refused(self) -> None:
        """Gives its place back, and forgets what came of its body: nobody works on it any more.

        Before the answer goes, the rest of the body may be discarded, which takes as long as its sender wants.
        """
        self.leave()
        self._body = None

    def leave(self) -> None:
        """Gives its place back."""
        if self._is_counted:
            self._is_counted = False
            self._admission.leave(0 if self._body is None else self._body.size)


def _has_body(headers: Headers) -> bool:
    # Where both are sent, the transfer coding counts, whatever the length says.
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip() != "0"


def _has_no_end(start: HTTPResponseStartEvent) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(_ENDLESS) for name, value in start["headers"])


async def _refuse(send: Send) -> None:
    status, title = CODES["overloaded"]
    body = msgspec.json.encode(ProblemBody(TYPE_PREFIX + "overloaded", title, status, _DETAIL))
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_SECONDS).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
