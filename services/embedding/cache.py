"""The vector cache in Valkey or Redis: a whole batch in one round trip, and never a reason to fail."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping, Sequence

import numpy as np
import redis.asyncio as redis
from numpy.typing import NDArray
from redis.exceptions import RedisError

from libs.contracts.errors import SurroundingsFault
from libs.resilience.breaker import BreakerOpen, CircuitBreaker
from libs.telemetry.logs import get_logger
from services.embedding.metrics import CACHE, CACHE_ERRORS

log = get_logger(__name__)

Vector = NDArray[np.float32]
CALL_SECONDS = 0.5


def cache_key(space: str, text: str) -> str:
    """`embedding:{space}:{sha256 of the text}`."""
    return f"embedding:{space}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


class VectorCache:
    """Vectors by text. While the server is away every look-up is a miss and nothing is kept."""

    def __init__(self, url: str, *, space: str, dimension: int, ttl_seconds: int) -> None:
        self._space = space
        self._bytes = dimension * 4
        self._ttl = ttl_seconds
        self._client = redis.from_url(
            url, socket_timeout=CALL_SECONDS, socket_connect_timeout=CALL_SECONDS, max_connections=8
        )
        self._breaker = CircuitBreaker("cache", fail_max=3, reset_seconds=5.0)

    async def ping(self) -> float:
        """Milliseconds until the server answered, whatever it did lately. Raises SurroundingsFault within a second."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(2 * CALL_SECONDS):
                # Not through the breaker: an idle cache is asked by nobody else, neither when it dies nor when it
                # comes back.
                await self._client.execute_command("PING")  # type: ignore[no-untyped-call]
        except (RedisError, OSError, TimeoutError) as error:
            raise SurroundingsFault("cache", str(error) or "no answer within a second") from error
        return (time.monotonic() - started) * 1000

    async def get_many(self, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors that are kept, by text, in one round trip."""
        if not texts:
            return {}
        try:
            async with self._breaker.guard(), asyncio.timeout(2 * CALL_SECONDS):
                values = await self._client.mget([cache_key(self._space, text) for text in texts])
        except (RedisError, OSError, TimeoutError, BreakerOpen) as error:
            self._missed("cache_not_read", error)
            return {}
        found: dict[str, Vector] = {}
        for text, value in zip(texts, values, strict=True):
            vector = self._vector(value)
            if vector is not None:
                found[text] = vector
        return found

    async def set_many(self, vectors: Mapping[str, Vector]) -> None:
        """Keeps vectors for the configured time, in one round trip."""
        if not vectors:
            return
        try:
            async with self._breaker.guard(), asyncio.timeout(4 * CALL_SECONDS):
                pipeline = self._client.pipeline(transaction=False)
                for text, vector in vectors.items():
                    pipeline.set(cache_key(self._space, text), vector.astype("<f4").tobytes(), ex=self._ttl)
                await pipeline.execute()
        except (RedisError, OSError, TimeoutError, BreakerOpen) as error:
            self._missed("cache_not_written", error)

    async def close(self) -> None:
        await self._client.aclose()

    def _vector(self, value: bytes | str | None) -> Vector | None:
        if value is None or isinstance(value, str):
            CACHE.labels("miss").inc()
            return None
        vector = np.frombuffer(value, dtype="<f4") if len(value) == self._bytes else None
        # Somebody else's bytes under our key must not become somebody's score.
        if vector is None or not np.isfinite(vector).all() or abs(float(np.linalg.norm(vector)) - 1.0) > 1e-2:
            CACHE.labels("garbage").inc()
            return None
        CACHE.labels("hit").inc()
        return vector

    def _missed(self, event: str, error: Exception) -> None:
        CACHE_ERRORS.inc()
        if not isinstance(error, BreakerOpen):
            log.warning(event, reason=str(error) or type(error).__name__)
