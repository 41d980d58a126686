"""The vector cache in Valkey or Redis: a whole batch in one round trip, and never a reason to fail."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import redis.asyncio as redis
from numpy.typing import NDArray
from redis.exceptions import RedisError, ResponseError

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey
from libs.resilience.breaker import BreakerOpen, CircuitBreaker
from libs.resilience.calling import calling
from libs.telemetry.logs import get_logger
from services.embedding.metrics import CACHE, CACHE_ERRORS

log = get_logger(__name__)

Vector = NDArray[np.float32]
CALL_SECONDS = 0.5
# Calls at a time; redis-py refuses a call for which no connection is left, so others wait for their turn.
CALLS = 8
# For `ping`, which waits for no turn.
_SPARE_CONNECTIONS = 2
_Write = Callable[[Any], None]
# An index outlives the vectors it names.
INDEX_SPARE_SECONDS = 60
_OURS = re.compile(rb"embedding:[0-9a-f]{8}:[0-9a-f]{64}")


def cache_key(space: str, text: str) -> str:
    """`embedding:{space}:{sha256 of the text}`."""
    return f"embedding:{space}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def index_key(document: DocumentKey) -> str:
    """`embedding:document:{sha256 of the document's key}`: the set of cache keys that hold vectors of the document.

    Of all its revisions and of all spaces, so that whichever space forgets a document forgets it for a space that
    nobody computes any more as well.
    """
    return f"embedding:document:{hashlib.sha256(document.encode()).hexdigest()}"


class VectorCache:
    """Vectors by text. While the server is away every look-up is a miss and nothing is kept.

    Of a document's vectors an index is kept, written in one transaction with them, for `forget`. Neither holds a
    text or an id, only hashes.
    """

    def __init__(self, url: str, *, space: str, dimension: int, ttl_seconds: int) -> None:
        self._space = space
        self._bytes = dimension * 4
        self._ttl = ttl_seconds
        self._client = redis.from_url(
            url,
            socket_timeout=CALL_SECONDS,
            socket_connect_timeout=CALL_SECONDS,
            max_connections=CALLS + _SPARE_CONNECTIONS,
        )
        self._turns = asyncio.Semaphore(CALLS)
        self._breaker = CircuitBreaker("cache", fail_max=3, reset_seconds=5.0)

    async def ping(self) -> float:
        """Milliseconds until the server answered, whatever it did lately.

        Raises DependencyUnavailable within a second.
        """
        started = time.monotonic()
        try:
            async with asyncio.timeout(2 * CALL_SECONDS):
                # Not through the breaker: an idle cache is asked by nobody else, neither when it dies nor when it
                # comes back.
                await self._client.execute_command("PING")  # type: ignore[no-untyped-call]
        except (RedisError, OSError, TimeoutError) as error:
            raise DependencyUnavailable("cache", str(error) or "no answer within a second") from error
        return (time.monotonic() - started) * 1000

    async def get_many(self, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors that are kept, by text, each float32 (dimension), in one round trip. Never raises."""
        if not texts:
            return {}
        try:
            async with self._call(2 * CALL_SECONDS):
                values = await self._client.mget([cache_key(self._space, text) for text in texts])
        except (RedisError, OSError, DependencyUnavailable) as error:
            self._missed("cache_not_read", error)
            return {}
        found: dict[str, Vector] = {}
        for text, value in zip(texts, values, strict=True):
            vector = self._vector(value)
            if vector is not None:
                found[text] = vector
        return found

    async def set_many(self, vectors: Mapping[str, Vector]) -> None:
        """Keeps vectors of queries for the configured time, in one round trip. Never raises."""
        if vectors:
            await self._written(lambda pipeline: self._set(pipeline, vectors))

    async def keep(self, document: DocumentKey, texts: Sequence[str], vectors: Mapping[str, Vector]) -> None:
        """Keeps vectors that were computed for a document, and notes which texts it has, in one round trip.

        Never raises.
        """
        if not texts:
            return
        index = index_key(document)

        def write(pipeline: Any, *, anew: bool = False) -> None:
            if anew:
                pipeline.unlink(index)
            pipeline.sadd(index, *(cache_key(self._space, text) for text in texts))
            pipeline.expire(index, self._ttl + INDEX_SPARE_SECONDS)
            self._set(pipeline, vectors)

        # Somebody else's value under our key gives way: without its index a vector could not be forgotten.
        await self._written(write, lambda pipeline: write(pipeline, anew=True))

    async def forget(self, document: DocumentKey) -> bool:
        """Removes the vectors of a document, of whichever revision; whether that is certain. Never raises.

        The same text in another document is computed again. Takes at most 4 * CALL_SECONDS from its turn.
        """
        index = index_key(document)
        try:
            async with self._call(4 * CALL_SECONDS):
                try:
                    noted = await self._client.smembers(index)
                except ResponseError:
                    await self._client.unlink(index)
                    log.warning("cache_index_not_ours", key=index)
                    return False
                members = [member for member in noted if isinstance(member, bytes) and _OURS.fullmatch(member)]
                if members:
                    # Not the index as a whole: another space's vectors may be noted in it at this moment.
                    pipeline = self._client.pipeline(transaction=True)
                    pipeline.unlink(*members)
                    pipeline.srem(index, *members)
                    await pipeline.execute()
        except (RedisError, OSError, DependencyUnavailable) as error:
            self._missed("cache_not_forgotten", error)
            return False
        return True

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    @asynccontextmanager
    async def _call(self, seconds: float) -> AsyncIterator[None]:
        """One call. Waiting for its turn is neither the server's time nor its fault. Raises DependencyUnavailable."""
        async with self._turns, calling("cache", seconds, self._breaker):
            yield

    async def _written(self, write: _Write, after_refusal: _Write | None = None) -> None:
        try:
            async with self._call(4 * CALL_SECONDS):
                try:
                    await self._execute(write)
                except ResponseError:
                    if after_refusal is None:
                        raise
                    await self._execute(after_refusal)
        except (RedisError, OSError, DependencyUnavailable) as error:
            self._missed("cache_not_written", error)

    async def _execute(self, write: _Write) -> None:
        pipeline = self._client.pipeline(transaction=True)
        write(pipeline)
        await pipeline.execute()

    def _set(self, pipeline: Any, vectors: Mapping[str, Vector]) -> None:
        for text, vector in vectors.items():
            pipeline.set(cache_key(self._space, text), vector.astype("<f4").tobytes(), ex=self._ttl)

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
