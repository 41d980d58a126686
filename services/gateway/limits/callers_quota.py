"""The quota of the caller who is being answered, for a route of which one call does the work of many."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from services.gateway.limits.rate_limits import RateLimits

_STATE_KEY: Final = "callers_quota"


class CallersQuota:
    """Grants one unit after another of one key's quota."""

    def __init__(self, limits: RateLimits, key: str) -> None:
        self._limits = limits
        self._key = key

    async def granted_within(self, seconds: float) -> bool:
        """Takes one unit, waiting for it; False, at once, where it does not come back within so many seconds."""
        ends = time.monotonic() + seconds
        while True:
            taken = await self._limits.ask(self._key, 1)
            if taken.is_granted or time.monotonic() + taken.wait > ends:
                return taken.is_granted
            await asyncio.sleep(taken.wait)


def note_quota(scope: Any, quota: CallersQuota) -> None:
    """Tells a request's route of its caller's quota."""
    scope["state"][_STATE_KEY] = quota


def callers_quota(scope: Any) -> CallersQuota | None:
    """The quota of a request's caller; None where it has no limit."""
    quota: CallersQuota | None = scope["state"].get(_STATE_KEY)
    return quota
