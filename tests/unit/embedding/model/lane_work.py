"""Work for the way into the model, and waiting for what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from services.embedding.engines.protocol import Vectors
from services.embedding.model.lane import ModelLane
from services.embedding.model.queues import Lane
from tests.fakes.faulty_engine import FaultyEngine


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.001)


async def embedded(lane: ModelLane, texts: list[str], line: Lane) -> Vectors:
    return await lane.embed(lane.engine.prepare(texts, query=line != "document"), line)


def long(word: str) -> str:
    """A text that fills a batch by itself."""
    return " ".join([word] * 250)


def started(work: Awaitable[Vectors]) -> asyncio.Future[Vectors]:
    return asyncio.ensure_future(work)


async def held_up(lane: ModelLane, engine: FaultyEngine) -> asyncio.Future[Vectors]:
    """A document that the model works on until it is released."""
    engine.hold()
    first = started(embedded(lane, ["first"], "document"))
    await until(engine.running.is_set)
    return first
