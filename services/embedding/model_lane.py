"""The way into the model: texts of many documents are computed together, queries beside them or at the next batch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock
from typing import Literal

import numpy as np

from libs.contracts.errors import SurroundingsFault
from libs.resilience.breaker import BreakerOpen, CircuitBreaker
from libs.telemetry.logs import get_logger
from services.embedding.engines.protocol import Engine, Prepared, Vectors
from services.embedding.metrics import MODEL_SECONDS, TEXTS_COMPUTED, TOKENS, WAITING
from services.embedding.model_idle import ModelIdle
from services.embedding.model_run import ModelThreads, Outcome, compute, end_process
from services.embedding.pool import Pool, Waiting

log = get_logger(__name__)

PoolName = Literal["query", "document"]
Lane = PoolName | Literal["probe"]
_STOPPING = "this process is stopping"
# Turns given to the model's threads beyond one for each; a turn chooses its texts only when it begins.
_AHEAD = 1
# How long the model waits for a fuller batch while texts are on their way to it.
_LINGER_SECONDS = 0.03


class TooBusy(Exception):
    """More queries are under way than allowed; the caller should come again in a second."""


@dataclass(slots=True)
class _Turn:
    """A batch that the model was given, and what came of it."""

    lane: PoolName
    texts: list[Waiting]
    outcomes: list[Outcome]
    seconds: float = 0.0

    @property
    def fault(self) -> SurroundingsFault | None:
        """The model's own: it failed on all of it."""
        faults = [outcome for outcome in self.outcomes if isinstance(outcome, SurroundingsFault)]
        return faults[0] if faults and len(faults) == len(self.outcomes) else None


class ModelLane:
    """Feeds an engine. `start` first; `stop` lets the batches in hand end."""

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
        self._batch_tokens = batch_tokens
        self._coming = 0
        self._breaker = CircuitBreaker("model", fail_max=5, reset_seconds=5.0)
        self._threads = ModelThreads(engine.streams, limit_seconds=model_seconds, on_hang=on_hang)
        # None where the engine computes nothing beside its streams: a query then waits for one of them.
        self._query_threads = (
            ModelThreads(engine.query_streams, limit_seconds=model_seconds, on_hang=on_hang)
            if engine.query_streams
            else None
        )
        # Queries and passages of the same words are other vectors: they never share a pool.
        self._pools: dict[PoolName, Pool] = {"query": Pool(batch_tokens), "document": Pool(batch_tokens)}
        # Pools are read by the model's threads, which take from them.
        self._lock = Lock()
        self._wake = asyncio.Event()
        self._turns: set[asyncio.Task[None]] = set()
        self._query_turns: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        self._stopped = True
        if self._task is not None:
            tasks = [self._task, *self._turns, *self._query_turns]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self._fail_all(SurroundingsFault("model", _STOPPING))
        for threads in (self._threads, self._query_threads):
            if threads is not None:
                await asyncio.to_thread(threads.close)

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
        """Around the making of a document's texts: a batch that is not full waits for them, for a moment."""
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1
            self._wake.set()

    async def embed(self, prepared: Sequence[Prepared], lane: Lane) -> Vectors:
        """Vectors of unit length, shape (len(prepared), dimension). Raises SurroundingsFault where the model fails."""
        if self._stopped:
            raise SurroundingsFault("model", _STOPPING)
        pool = self._pools["document" if lane == "document" else "query"]
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            request = pool.add(prepared, done, counted=lane != "probe")
        self._wake.set()
        self._show()
        try:
            if request.to_compute:
                await done
        finally:
            with self._lock:
                pool.drop(request)
        vectors = np.empty((len(prepared), self.engine.dimension), dtype=np.float32)
        for row, waiting in enumerate(request.texts):
            vectors[row] = waiting.vector
        return vectors

    async def _work(self) -> None:
        while True:
            if not (self._turns or self._query_turns):
                await self._something_to_do()
            if self._breaker.state == "closed":
                self._begin_turns()
            elif not (self._turns or self._query_turns):
                await self._try_again()
                continue
            await self._news()

    def _begin_turns(self) -> None:
        most = self.engine.streams + _AHEAD
        while self._worth_beginning() if self._turns else self._anything_waits():
            if len(self._turns) == most:
                break
            self._turns.add(asyncio.create_task(self._turn(self._threads, ("query", "document"))))
        if self._query_threads is not None and len(self._turns) >= self.engine.streams:
            while self._pools["query"] and len(self._query_turns) < self.engine.query_streams:
                self._query_turns.add(asyncio.create_task(self._turn(self._query_threads, ("query",))))

    async def _news(self) -> None:
        """Waits until a turn ends or texts come."""
        self._wake.clear()
        waking = asyncio.create_task(self._wake.wait())
        try:
            done, _ = await asyncio.wait(
                {*self._turns, *self._query_turns, waking}, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waking.cancel()
        for turns in (self._turns, self._query_turns):
            for turn in turns & done:
                turns.discard(turn)
                turn.result()

    async def _turn(self, threads: ModelThreads, lanes: Sequence[PoolName]) -> None:
        """A batch of the first of `lanes` that has one, through one of the threads."""
        turn = await self._outcome(threads, lanes)
        if turn is not None:
            await self._report(turn)
            self._settle(turn)

    async def _something_to_do(self) -> None:
        """Waits for texts, and then for a full batch as long as that may come soon."""
        while not self._anything_waits():
            self._wake.clear()
            await self._wake.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while not self._worth_beginning():
                    self._wake.clear()
                    await self._wake.wait()

    def _worth_beginning(self) -> bool:
        with self._lock:
            documents = self._pools["document"]
            full = self._coming == 0 or documents.tokens >= self._batch_tokens
            return bool(self._pools["query"]) or (bool(documents) and full)

    async def _try_again(self) -> None:
        """One batch where the model failed too often lately and may be tried; else everybody is told."""
        turn = None
        try:
            async with self._breaker.guard():
                turn = await self._outcome(self._threads, ("query", "document"))
                if turn is not None and turn.fault is not None:
                    raise turn.fault
        except BreakerOpen as fault:
            self._fail_all(fault)
        except SurroundingsFault:
            pass  # the turn holds it, and its texts are told below
        self._settle(turn)

    async def _report(self, turn: _Turn) -> None:
        try:
            async with self._breaker.guard():
                if turn.fault is not None:
                    raise turn.fault
        except SurroundingsFault:
            pass  # only the breaker had to be told here

    def _take_turn(self, lanes: Sequence[PoolName], taken: list[_Turn]) -> _Turn | None:
        """Runs in one of the model's threads: what goes next is decided now, so that queries overtake.

        Leaves the turn in `taken` before it runs.
        """
        with self._lock:
            turn = None
            for lane in lanes:
                if texts := self._pools[lane].take():
                    turn = _Turn(lane, texts, [])
                    taken.append(turn)
                    break
        if turn is None:
            return None
        with self.idle.running():
            started = time.monotonic()
            turn.outcomes = compute(self.engine, [waiting.prepared for waiting in turn.texts])
            turn.seconds = time.monotonic() - started
        return turn

    async def _outcome(self, threads: ModelThreads, lanes: Sequence[PoolName]) -> _Turn | None:
        taken: list[_Turn] = []
        try:
            return await threads.run(lambda: self._take_turn(lanes, taken))
        except SurroundingsFault as fault:
            return _Turn(taken[0].lane, taken[0].texts, [fault] * len(taken[0].texts)) if taken else None
        except Exception as error:
            # Ours, outside of the model: those who wait are told, rather than left waiting for ever.
            log.error("turn_failed", exc_info=error)
            self._fail_all(SurroundingsFault("model", f"failed: {type(error).__name__}: {error}"))
            return None

    def _settle(self, turn: _Turn | None) -> None:
        """Gives everybody their vectors or faults, and counts."""
        if turn is None:
            return
        pool = self._pools[turn.lane]
        counted = computed = 0
        with self._lock:
            for waiting, outcome in zip(turn.texts, turn.outcomes, strict=True):
                if isinstance(outcome, SurroundingsFault):
                    pool.fail(waiting, outcome)
                    continue
                counted += waiting.counted
                computed += waiting.counted * waiting.prepared.length
                pool.give(waiting, outcome)
        if counted:
            TEXTS_COMPUTED.labels(turn.lane).inc(counted)
            MODEL_SECONDS.observe(turn.seconds)
            longest = max(waiting.prepared.length for waiting in turn.texts)
            TOKENS.labels("text").inc(computed)
            TOKENS.labels("padding").inc(max(0, longest * counted - computed))
        self._show()

    def _anything_waits(self) -> bool:
        return any(self._pools.values())

    def _fail_all(self, fault: SurroundingsFault) -> None:
        with self._lock:
            for pool in self._pools.values():
                for waiting in pool.everything():
                    pool.fail(waiting, fault)

    def _show(self) -> None:
        for lane, pool in self._pools.items():
            WAITING.labels(lane).set(len(pool))
