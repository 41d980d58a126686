"""A bound on the requests, and on the bytes of their bodies, that are worked on at once; more are told 429.

Requests are let in before anybody knows who sends them. Once that is known they count for their tenant, of which none
may hold more than its fair share while others want theirs.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from prometheus_client import Counter

from services.gateway.access.caller import Caller
from services.gateway.body_stream import STATE_KEY
from services.gateway.limits.fair_shares import FairShares
from services.gateway.middleware.body_arrival import Arrivals, WholeBody, paced
from services.gateway.problems import RETRY_SECONDS, Problem, send_problem

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send, WebSocketReceiveMessage

REFUSED = Counter("shortlist_gateway_overload_refusals_total", "Requests answered 429, as too many were worked on")

# Always answered: whoever looks after a gateway must see one that is busy. Whole routes, never a part of a path:
# a document's id may be `health` or `metrics` too.
_ALWAYS_ANSWERED = re.compile(r"(/api/v1)?/health/(live|ready)/?|/api/v1/health/detailed/?|/metrics/?")
_DETAIL = (
    "this gateway works on as many requests as it can, or on as many of yours as leave room for others; nothing was "
    "done of this one, try again shortly"
)
# Where a request's place is found in its scope's state.
_PLACE = "place"


class Admission(ASGIMiddleware):
    """Lets at most `requests` be worked on at a time, with at most `body_bytes` of bodies; one body alone always is.

    While the body of a request is still arriving, nobody works on it, and it is not counted here but among the
    `arrivals`, which have bounds of their own.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, requests: int, body_bytes: int, arrivals: Arrivals) -> None:
        self._requests = FairShares("requests", requests)
        self._bytes = FairShares("bodies", body_bytes)
        self._arrivals = arrivals

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes the request on, or answers 429 where there are as many as may be."""
        if _ALWAYS_ANSWERED.fullmatch(scope["path"]):
            await next_app(scope, receive, send)
            return
        request = _Admitted(self, receive, has_body=_has_body(Headers.from_scope(scope)))
        if not self.enter(0):
            REFUSED.inc()
            await send_problem(_overloaded(), send)
            return
        scope.setdefault("state", {}).update({_PLACE: request, STATE_KEY: request.stream})

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                request.refused()
            await send(message)

        try:
            await next_app(scope, request.receive, send_on)
        finally:
            request.leave()

    def enter(self, size: int, tenant: str | None = None) -> bool:
        """Counts a request whose body has `size` bytes; False, counting nothing, where it is one too many.

        `tenant`: whose it is; None where nobody knows yet.
        """
        if not self._requests.take(tenant):
            return False
        if size and not self._bytes.take(tenant, size):
            self._requests.give_back(tenant)
            return False
        return True

    def leave(self, size: int, tenant: str | None = None) -> None:
        """Counts it no longer."""
        self._requests.give_back(tenant)
        if size:
            self._bytes.give_back(tenant, size)

    async def arrived(self, receive: Receive) -> WholeBody:
        """A whole body. Raises Problem (`request_timeout`) where it does not come."""
        return await self._arrivals.whole(receive)

    def stream(self, receive: Receive) -> AsyncIterator[bytes]:
        """A body's pieces as they come, with the pace that any body must keep."""
        return paced(receive, self._arrivals.pace)


class TenantPlaces(ASGIMiddleware):
    """Behind the authentication: has a request count for its tenant. Raises Problem (`overloaded`)."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes the request on, unless its tenant holds its share already."""
        place, caller = scope["state"].get(_PLACE), scope["state"].get("caller")
        if isinstance(place, _Admitted) and isinstance(caller, Caller):
            place.belongs_to(caller.tenant)
        await next_app(scope, receive, send)


class _Admitted:
    """One request that was let in; it gives its place back for as long as its body arrives."""

    def __init__(self, admission: Admission, receive: Receive, *, has_body: bool) -> None:
        self._admission = admission
        self._receive = receive
        self._body: WholeBody | None = None
        self._awaits_body = has_body
        self._tenant: str | None = None
        self._is_counted = True

    def belongs_to(self, tenant: str) -> None:
        """Counts it for its tenant from now on. Raises Problem (`overloaded`) where that holds its share already."""
        self.leave()
        self._tenant = tenant
        self._enter(0)

    async def receive(self) -> HTTPReceiveMessage | WebSocketReceiveMessage:
        """Waits for the whole body when it is first asked for.

        Raises Problem: `request_timeout` where the body does not come, `overloaded` where it came too late for the
        request to be worked on.
        """
        if self._awaits_body:
            self._awaits_body = False
            self.leave()
            body = await self._admission.arrived(self._receive)
            self._enter(body.size)
            self._body = body
        return await (self._receive() if self._body is None else self._body.receive())

    def stream(self) -> AsyncIterator[bytes]:
        """The body as it comes, for a route that reads it so: its request keeps its place, and nothing is kept."""
        self._awaits_body = False
        return self._admission.stream(self._receive)

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
            self._admission.leave(0 if self._body is None else self._body.size, self._tenant)

    def _enter(self, size: int) -> None:
        self._is_counted = self._admission.enter(size, self._tenant)
        if not self._is_counted:
            REFUSED.inc()
            raise _overloaded()


def _has_body(headers: Headers) -> bool:
    # Where both are sent, the transfer coding counts, whatever the length says.
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip() != "0"


def _overloaded() -> Problem:
    return Problem("overloaded", _DETAIL, headers={"Retry-After": str(RETRY_SECONDS)})
