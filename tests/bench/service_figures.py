"""Queries inside the service, without HTTP and cache, against the engine's own time for the same texts."""

from __future__ import annotations

import asyncio
import statistics
import time
from itertools import count

from services.embedding.engines.protocol import Engine
from services.embedding.model.lane import ModelLane
from services.embedding.service import EmbeddingService
from tests.bench.engine_figures import BUDGET
from tests.bench.protocol import Discarded, Row, paired, seconds_of

SHORT = "Registered nurse with five years of intensive care."
_numbers = count()


def service_rows(engine: Engine, discarded: Discarded) -> list[Row]:
    """One query, and ten in one call."""
    ten = [f"{SHORT} {number}" for number in range(10)]

    def run(size: int) -> list[float]:
        return asyncio.run(_queries(engine, size))

    return [
        paired(
            "one short text inside the service / the engine's own time",
            lambda: statistics.median(run(1)),
            lambda: statistics.median(seconds_of(lambda: engine.embed([SHORT], query=True)) for _ in range(40)),
            1.3,
            discarded,
            at_least=False,
        ),
        paired(
            "ten short texts in one call / the engine's own time",
            lambda: statistics.median(run(10)),
            lambda: statistics.median(seconds_of(lambda: engine.embed(ten, query=True)) for _ in range(40)),
            1.5,
            discarded,
            at_least=False,
        ),
    ]


async def _queries(engine: Engine, size: int) -> list[float]:
    lane = ModelLane(engine, batch_tokens=BUDGET, queries_waiting=64)
    lane.start()
    service = EmbeddingService(lane, None)
    found = []
    for _ in range(40):
        texts = [f"{SHORT} {next(_numbers)}" for _ in range(size)]
        started = time.perf_counter()
        await service.queries(texts)
        found.append(time.perf_counter() - started)
    await service.close()
    await lane.stop()
    return found
