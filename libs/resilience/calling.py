"""The one way to call out: behind a breaker, within a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.breaker import CircuitBreaker


@asynccontextmanager
async def calling(part: str, seconds: float, breaker: CircuitBreaker, what: str = "the call") -> AsyncIterator[None]:
    """Runs the block as one call of `part`; it is cancelled when `seconds` are over.

    Raises BreakerOpen at once, without running the block, while the part failed too often lately;
    DependencyUnavailable when the time is over; else what the block raises.
    """
    async with breaker.guard():
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            raise DependencyUnavailable(part, f"no answer to {what} within {seconds:g} s") from None
