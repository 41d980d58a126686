"""The way into the model: one thread computes, queries overtake documents between batches, waiting is bounded."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from libs.contracts.errors import SurroundingsFault
from libs.resilience.breaker import CircuitBreaker
from libs.telemetry.logs import get_logger
from services.embedding.batches import plan_batches
from services.embedding.engines.protocol import Engine, Vectors
from services.embedding.metrics import MODEL_SECONDS, TEXTS_COMPUTED, WAITING
from services.embedding.model_run import ModelRun, end_process

log = get_logger(__name__)

Lane = Literal["query", "document", "probe"]
_PRIORITY: dict[Lane, int] = {"query": 0, "probe": 0, "document": 1}
_STOPPING = "this process is stopping"


class TooBusy(Exception):
    """More queries wait than allowed; the caller should come again in a second."""


@dataclass(order=True)
class _Batch:
    priority: int
    number: int
    texts: list[str] = field(compare=False)
    lane: Lane = field(compare=False)
    result: asyncio.Future[Vectors] = field(compare=False)


class ModelLane:
    """Feeds an engine. `start` first; `stop` lets the batch in hand end."""

    def __init__(
        self,
        engine: Engine,
        *,
        batch_tokens: int,
        queries_waiting: int,
        model_seconds: float = 120.0,
        on_hang: Callable[[], None] = end_process,
    ) -> None:
        self.engine = engine
        self._batch_tokens = batch_tokens
        self._queries_waiting = queries_waiting
        self._breaker = CircuitBreaker("model", fail_max=5, reset_seconds=5.0)
        self._run = ModelRun(engine, limit_seconds=model_seconds, on_hang=on_hang)
        self._heap: list[_Batch] = []
        self._numbers = itertools.count()
        self._waiting = asyncio.Semaphore(0)
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        self._stopped = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for batch in self._heap:
            _end(batch, SurroundingsFault("model", _STOPPING))
        await asyncio.to_thread(self._run.close)

    async def embed(self, texts: Sequence[str], lengths: Sequence[int], lane: Lane) -> Vectors:
        """Vectors of unit length, shape (len(texts), dimension). `lengths` in tokens.

        Raises TooBusy (queries only), and SurroundingsFault where the model fails.
        """
        if self._stopped:
            raise SurroundingsFault("model", _STOPPING)
        if lane == "query" and self._queries_in_line() >= self._queries_waiting:
            raise TooBusy("too many queries wait for the model")
        plans = plan_batches(lengths, self._batch_tokens)
        loop = asyncio.get_running_loop()
        batches = [
            _Batch(_PRIORITY[lane], next(self._numbers), [texts[i] for i in plan], lane, loop.create_future())
            for plan in plans
        ]
        for batch in batches:
            heapq.heappush(self._heap, batch)
            self._waiting.release()
        self._show()
        vectors = np.empty((len(texts), self.engine.dimension), dtype=np.float32)
        try:
            for plan, batch in zip(plans, batches, strict=True):
                vectors[plan] = await batch.result
        finally:
            for batch in batches:
                if batch.result.done() and not batch.result.cancelled():
                    batch.result.exception()  # one failure is told; the others need not be reported too
                else:
                    batch.result.cancel()
        return vectors

    async def _work(self) -> None:
        while True:
            await self._waiting.acquire()
            batch = heapq.heappop(self._heap)
            self._show()
            if batch.result.cancelled():
                continue
            try:
                async with self._breaker.guard():
                    vectors = await self._compute(batch)
            except SurroundingsFault as fault:
                _end(batch, fault)
            except asyncio.CancelledError:
                _end(batch, SurroundingsFault("model", _STOPPING))
                raise
            except Exception as error:
                log.error("model_failed", texts=len(batch.texts), exc_info=error)
                _end(batch, SurroundingsFault("model", f"failed: {type(error).__name__}: {error}"))
            else:
                if batch.lane != "probe":
                    TEXTS_COMPUTED.labels(batch.lane).inc(len(batch.texts))
                if not batch.result.done():
                    batch.result.set_result(vectors)

    async def _compute(self, batch: _Batch) -> Vectors:
        started = time.monotonic()
        vectors = await self._run.vectors(batch.texts, query=batch.lane != "document")
        if batch.lane != "probe":
            MODEL_SECONDS.observe(time.monotonic() - started)
        return vectors

    def _queries_in_line(self) -> int:
        return sum(batch.lane == "query" and not batch.result.cancelled() for batch in self._heap)

    def _show(self) -> None:
        for lane in ("query", "document"):
            WAITING.labels(lane).set(sum(batch.lane == lane for batch in self._heap))


def _end(batch: _Batch, fault: SurroundingsFault) -> None:
    if not batch.result.done():
        batch.result.set_exception(fault)
