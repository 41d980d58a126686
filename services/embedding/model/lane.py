"""The way into the model: texts of many documents are computed together, queries beside them or at the next batch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import numpy as np

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.breaker import BreakerOpen, CircuitBreaker
from libs.telemetry.logs import get_logger
from services.embedding.engines.protocol import Engine, Prepared, Vectors
from services.embedding.model.idle import ModelIdle
from services.embedding.model.queues import Lane, Turn, WaitingTexts
from services.embedding.model.run import ModelThreads, compute, end_process

log = get_logger(__name__)

_STOPPING = "this process is stopping"
_BOTH: Sequence[Lane] = ("query", "document")
# Turns given to the model's threads beyond one for each; a turn chooses its texts only when it begins.
_AHEAD = 1
# How long a free thread waits for a fuller batch while texts are on their way to the model.
_LINGER_SECONDS = 0.03


class TooBusy(Exception):
    """More queries are under way than allowed; the caller should come again in a second."""


class ModelLane:
    """Feeds an engine. `start` first; `stop` lets the batches that the model computes end.

    `on_hang` is called where the model hangs, also at a stop, or where this lane itself is broken.
    """

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
        self.idle = ModelIdle()
        self._queries_waiting = queries_waiting
        self._queries_under_way = 0
        self._coming = 0
        self._linger_until = 0.0
        self._breaker = CircuitBreaker("model", fail_max=5, reset_seconds=5.0)
        self._on_hang = on_hang
        self._waiting = WaitingTexts(batch_tokens)
        self._threads = ModelThreads(engine.streams, limit_seconds=model_seconds, on_hang=on_hang)
        # Of queries alone; none where the engine computes nothing beside its streams.
        self._query_threads = ModelThreads(engine.query_streams, limit_seconds=model_seconds, on_hang=on_hang)
        self._wake = asyncio.Event()
        self._turns: set[asyncio.Task[None]] = set()
        self._query_turns: set[asyncio.Task[None]] = set()
        # Of `_turns`, those that no thread has begun yet.
        self._to_begin = 0
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def start(self) -> None:
        """Begins to feed the engine. To be called once, on the event loop."""
        self._task = asyncio.create_task(self._work())
        self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Fails what waits, lets the batches in the model end, and ends the threads; takes 10 s at most.

        Does no harm before `start`.
        """
        self._stopped = True
        if self._task is not None:
            tasks = [self._task, *self._turns, *self._query_turns]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self._waiting.fail_all(DependencyUnavailable("model", _STOPPING))
        await asyncio.gather(self._threads.close(), self._query_threads.close())

    @contextmanager
    def queries(self, count: int) -> Iterator[None]:
        """Room for `count` query texts while the block runs. Raises TooBusy; one call alone always has room."""
        if self._queries_under_way and self._queries_under_way + count > self._queries_waiting:
            raise TooBusy("too many queries wait for the model")
        self._queries_under_way += count
        try:
            with self.idle.under_way():
                yield
        finally:
            self._queries_under_way -= count

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Around the making of a document's texts: a batch that is not full waits for them, 30 ms at most."""
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1
            self._wake.set()

    async def embed(self, prepared: Sequence[Prepared], lane: Lane | Literal["probe"]) -> Vectors:
        """Vectors of unit length, shape (len(prepared), dimension). Raises DependencyUnavailable where the model fails.

        A probe is a query that is not counted.
        """
        if self._stopped:
            raise DependencyUnavailable("model", _STOPPING)
        line: Lane = "document" if lane == "document" else "query"
        if not self._waiting.waits("document"):
            self._linger_until = time.monotonic() + _LINGER_SECONDS
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        request = self._waiting.add(prepared, line, done, counted=lane != "probe")
        self._wake.set()
        try:
            if request.to_compute:
                await done
        finally:
            self._waiting.drop(request, line)
        vectors = np.empty((len(prepared), self.engine.dimension), dtype=np.float32)
        for row, waiting in enumerate(request.texts):
            vectors[row] = waiting.vector
        return vectors

    async def _work(self) -> None:
        while True:
            if self._breaker.state == "closed":
                self._begin_turns()
            elif self._may_try_again():
                await self._try_again()
                continue
            await self._news()

    def _begin_turns(self) -> None:
        streams = self.engine.streams
        while len(self._turns) < streams + _AHEAD and self._to_begin < self._worth_beginning():
            self._to_begin += 1
            self._linger_until = time.monotonic() + _LINGER_SECONDS
            self._turns.add(asyncio.create_task(self._turn(self._threads, _BOTH, self._begun)))
        while (
            self._waiting.waits("query")
            and len(self._turns) - self._to_begin >= streams
            and len(self._query_turns) < self.engine.query_streams
        ):
            self._query_turns.add(asyncio.create_task(self._turn(self._query_threads, ("query",), self._wake.set)))

    def _worth_beginning(self) -> int:
        """How many batches."""
        return self._waiting.batches(partial=self._coming == 0 or time.monotonic() >= self._linger_until)

    def _begun(self) -> None:
        """A thread has chosen its batch; another turn may be handed out."""
        self._to_begin -= 1
        self._wake.set()

    async def _news(self) -> None:
        """Waits until a turn begins or ends, texts come, or a batch that is not full has waited long enough."""
        self._wake.clear()
        waking = asyncio.create_task(self._wake.wait())
        try:
            done, _ = await asyncio.wait(
                {*self._turns, *self._query_turns, waking},
                timeout=self._linger_seconds(),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            waking.cancel()
        for turns in (self._turns, self._query_turns):
            for turn in turns & done:
                turns.discard(turn)
                turn.result()

    def _linger_seconds(self) -> float | None:
        """How long a batch of documents may wait yet to be full; None where none does, or no thread is free for it."""
        free = self._breaker.state == "closed" and len(self._turns) < self.engine.streams
        return max(0.0, self._linger_until - time.monotonic()) if free and self._waiting.waits("document") else None

    async def _turn(self, threads: ModelThreads, lanes: Sequence[Lane], begun: Callable[[], None]) -> None:
        """A batch of the first of `lanes` that has one, through one of the threads."""
        turn = await self._outcome(threads, lanes, begun)
        if turn is not None:
            await self._report(turn)
            self._waiting.settle(turn)

    def _may_try_again(self) -> bool:
        under_way = bool(self._turns or self._query_turns)
        return not under_way and (self._waiting.waits("query") or self._waiting.waits("document"))

    async def _try_again(self) -> None:
        """Where the model failed too often lately: one batch as a trial, once the breaker allows it.

        Until then everybody who waits gets the breaker's fault.
        """
        turn = None
        try:
            async with self._breaker.guard():
                turn = await self._outcome(self._threads, _BOTH, self._wake.set)
                if turn is not None and turn.fault is not None:
                    raise turn.fault
        except BreakerOpen as fault:
            self._waiting.fail_all(fault)
        except DependencyUnavailable:
            pass  # the turn holds it, and its texts are told below
        if turn is not None:
            self._waiting.settle(turn)

    async def _report(self, turn: Turn) -> None:
        try:
            async with self._breaker.guard():
                if turn.fault is not None:
                    raise turn.fault
        except DependencyUnavailable:
            pass  # only the breaker had to be told here

    async def _outcome(self, threads: ModelThreads, lanes: Sequence[Lane], begun: Callable[[], None]) -> Turn | None:
        loop = asyncio.get_running_loop()
        taken: list[Turn] = []

        def run() -> Turn | None:
            try:
                # What goes is decided now, in the thread, so that queries overtake.
                turn = self._waiting.take(lanes)
            finally:
                loop.call_soon_threadsafe(begun)
            if turn is None:
                return None
            taken.append(turn)
            with self.idle.running():
                started = time.monotonic()
                turn.outcomes = compute(self.engine, [waiting.prepared for waiting in turn.texts])
                turn.seconds = time.monotonic() - started
            return turn

        try:
            return await threads.run(run)
        except DependencyUnavailable as fault:
            return Turn(taken[0].lane, taken[0].texts, [fault] * len(taken[0].texts)) if taken else None
        except Exception as error:
            # A bug of ours outside of the model: those who wait get a fault instead of waiting for ever.
            log.error("model_turn_failed", exc_info=error)
            self._waiting.fail_all(DependencyUnavailable("model", f"failed: {type(error).__name__}: {error}"))
            return None

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Where the feeding itself broke: tells those who wait, and ends the process, which could compute no more."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("model_lane_broken", exc_info=error, action="ending")
            self._waiting.fail_all(DependencyUnavailable("model", f"failed: {type(error).__name__}: {error}"))
            self._on_hang()
