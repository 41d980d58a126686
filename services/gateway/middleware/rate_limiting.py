"""Behind the authentication: the quota of each key, told in every answer that counts.

The header fields are those of the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers),
in their form since its version 8: one field for the policy, one for what is left of it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from services.gateway.limits.callers_quota import CallersQuota, note_quota
from services.gateway.limits.costs import cost_of
from services.gateway.limits.quota import Quota, Taken
from services.gateway.limits.rate_limits import RateLimits
from services.gateway.problems import Problem

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = '"key"'


class RateLimiting(ASGIMiddleware):
    """Lets a call pass that its key has the quota for, else raises Problem (`rate_limited`).

    The operator's calls, and calls that cost nothing, are not counted.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, limits: RateLimits) -> None:
        self._limits = limits

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes the request on; its answer says what is left."""
        caller = scope["state"].get("caller")
        cost = cost_of(ASGIConnection(scope).route_handler.opt)
        if caller is None or caller.is_operator or not cost:
            await next_app(scope, receive, send)
            return
        taken = await self._limits.take(caller.key_id, cost)
        fields = _fields(self._limits.quota, taken)
        if not taken.is_granted:
            raise _refused(self._limits.quota, taken, cost, fields)
        note_quota(scope, CallersQuota(self._limits, caller.key_id))

        async def send_with_fields(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableScopeHeaders.from_message(message).update(fields)
            await send(message)

        await next_app(scope, receive, send_with_fields)


def _fields(quota: Quota, taken: Taken) -> dict[str, str]:
    return {
        "RateLimit-Policy": f"{_POLICY};q={quota.burst};w={math.ceil(quota.capacity_seconds)}",
        "RateLimit": f"{_POLICY};r={taken.left};t={math.ceil(taken.full_in)}",
    }


def _refused(quota: Quota, taken: Taken, cost: int, fields: dict[str, str]) -> Problem:
    wait = max(1, math.ceil(taken.wait))
    counts = "" if cost == 1 else f" (this one counts as {cost})"
    return Problem(
        "rate_limited",
        f"your key may make {quota.per_second:g} calls a second, and {quota.burst} at once{counts}; nothing was done "
        f"of this one, try again in {wait} s",
        headers={"Retry-After": str(wait), **fields},
    )
