"""How long a query waits: with and without a backlog of documents, and where its vector is in the cache."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from libs.localstack.valkey import Valkey
from services.embedding.cache import VectorCache
from services.embedding.engines.protocol import Engine
from services.embedding.model.lane import ModelLane
from services.embedding.service import EmbeddingService
from tests.bench.engine_figures import BUDGET
from tests.bench.protocol import Row, repeated, seconds_of, threads
from tests.bench.stage import Stage
from tests.bench.texts import endless

# Queries a second, sent whether those before were answered or not.
RATE = 10.0
BACKLOG = 2_000
_TITLES = ("registered nurse", "java developer", "tax accountant", "electrician", "warehouse lead", "chef de partie")
_numbers = count()


@dataclass(frozen=True, slots=True)
class Waited:
    """Seconds of each answered query, and how many got no answer."""

    seconds: list[float]
    failed: int

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100)[98]


def backlog_rows(engine: Engine, *, queries: int = 1_000) -> list[Row]:
    """p99 of distinct queries past the cache, idle and while a backlog is worked off."""
    with Stage(threads=threads()) as stage:
        idle = stage.run(ask(stage.url, queries))
        stage.publish(endless(BACKLOG))
        busy = stage.run(ask(stage.url, queries))
        if stage.behind() == 0:
            raise RuntimeError("the backlog ended before the queries did: the figure would be an idle one")
    batch = statistics.median(batch_seconds(engine) for _ in range(9))
    limit = 3 * idle.p99 + batch
    return [
        repeated(
            f"query p99, {BACKLOG} resumes waiting (idle {1000 * idle.p99:.0f}, batch {1000 * batch:.0f} ms)",
            [1000 * busy.p99],
            round(1000 * limit),
            "ms",
        ),
        repeated("queries without an answer", [idle.failed + busy.failed], 0, "count"),
    ]


def cache_rows(engine: Engine) -> list[Row]:
    """A query whose vector is in the cache, inside the service."""
    with TemporaryDirectory(prefix="shortlist-bench-") as folder, Valkey(Path(folder) / "valkey") as valkey:
        found = asyncio.run(_hits(engine, valkey.url))
    return [repeated("cache hit for a query, p95", [1000 * statistics.quantiles(found, n=20)[18]], 2.0, "ms")]


def batch_seconds(engine: Engine) -> float:
    """One full batch: windows of the longest length within the budget."""
    text = "nurse " * engine.max_tokens
    (longest,) = engine.prepare([text])
    return seconds_of(lambda: engine.run([longest] * (BUDGET // longest.length)))


async def ask(url: str, queries: int) -> Waited:
    """Distinct queries in an open loop."""
    texts = [f"{_TITLES[number % len(_TITLES)]} for ward or site {next(_numbers)}" for number in range(queries)]
    started = time.perf_counter()
    async with httpx.AsyncClient(base_url=url, timeout=60.0) as client:
        found = await asyncio.gather(
            *(_asked(client, text, started + number / RATE) for number, text in enumerate(texts))
        )
    answered = [seconds for seconds in found if seconds is not None]
    return Waited(answered, len(found) - len(answered))


async def _asked(client: httpx.AsyncClient, text: str, at: float) -> float | None:
    """Seconds from when it was due; None where it was refused."""
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    answer = await client.post("/embed", json={"texts": [text]})
    return time.perf_counter() - at if answer.status_code == 200 else None


async def _hits(engine: Engine, url: str) -> Sequence[float]:
    cache = VectorCache(url, space=engine.space, dimension=engine.dimension, ttl_seconds=600)
    lane = ModelLane(engine, batch_tokens=BUDGET, queries_waiting=64)
    lane.start()
    service = EmbeddingService(lane, cache)
    texts = [f"{title} {number}" for title in _TITLES for number in range(50)]
    for first in range(0, len(texts), 50):
        await service.queries(texts[first : first + 50])
    await service.settled()
    found = []
    for text in texts * 3:
        started = time.perf_counter()
        await service.queries([text])
        found.append(time.perf_counter() - started)
    await service.close()
    await lane.stop()
    await cache.close()
    return found
