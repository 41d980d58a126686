"""Buckets in Valkey (or Redis), which all gateways share: one round trip a request, within a short deadline."""

from __future__ import annotations

import asyncio
from typing import Any

import redis.asyncio as redis
from redis.exceptions import RedisError

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.calling import calling
from services.gateway.limits.quota import Quota, Taken, told

PART = "rate-limits"
# Valkey answers within a millisecond; one that hangs must not be felt by those who call.
CALL_SECONDS = 0.05
AGAIN_SECONDS = 5.0
FAILURES = 3
# Calls at a time; redis-py refuses a call for which no connection is left, so others wait for their turn.
CALLS = 8
# Far longer than a bucket takes to fill: where the vector cache fills the same server, that gives way first what
# expires first, and a bucket that is dropped is full again.
KEPT_SECONDS = 30 * 86_400

# As `quota.take`, in microseconds of the server's own clock, so that the gateways' clocks say nothing.
# KEYS: the bucket. ARGV: what is asked, and the capacity, both as the time in which it comes back; how long to keep it.
# Returns whether it was granted, and in how many microseconds the bucket is full again.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local cost, capacity = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = tonumber(redis.call('GET', KEYS[1]) or now) or now
full_at = math.min(math.max(full_at, now), now + capacity)
local after = full_at + cost
if after > now + capacity + 1 then
    return {0, full_at - now}
end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'EX', ARGV[3])
return {1, after - now}
"""


class SharedBuckets:
    """A bucket for each key, the same at every gateway that has the same server."""

    def __init__(self, url: str, quota: Quota) -> None:
        self._quota = quota
        self._client = redis.from_url(
            url, socket_timeout=CALL_SECONDS, socket_connect_timeout=CALL_SECONDS, max_connections=CALLS
        )
        self._script = self._client.register_script(_TAKE)
        self._turns = asyncio.Semaphore(CALLS)
        self._breaker = CircuitBreaker(PART, fail_max=FAILURES, reset_seconds=AGAIN_SECONDS)

    @property
    def is_away(self) -> bool:
        """Whether the server failed several times in a row, so that it is left alone for a while."""
        return self._breaker.state != "closed"

    async def take(self, key: str, cost: int) -> Taken:
        """Asks the key's bucket for units. Raises DependencyUnavailable within CALL_SECONDS of its turn."""
        arguments = [
            _microseconds(self._quota.seconds_of(cost)),
            _microseconds(self._quota.capacity_seconds),
            KEPT_SECONDS,
        ]
        async with self._turns, calling(PART, CALL_SECONDS, self._breaker):
            try:
                granted, full_in = await self._run(_name(key), arguments)
            except (RedisError, OSError) as error:
                raise DependencyUnavailable(PART, str(error) or type(error).__name__) from error
        return told(self._quota, full_in / 1e6, cost, is_granted=bool(granted))

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def _run(self, name: str, arguments: list[Any]) -> tuple[int, int]:
        granted, full_in = await self._script(keys=[name], args=arguments)
        return int(granted), int(full_in)


def _name(key: str) -> str:
    return f"gateway:quota:{key}"


def _microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:.3f}"
