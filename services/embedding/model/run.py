"""Turns of the model: in threads of its own, smaller where one fails as a whole, never for ever."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.suspend_safe_timeout import OutOfTime, within
from libs.telemetry.logs import get_logger
from services.embedding.engines.protocol import Engine, Prepared, Vectors
from services.embedding.metrics import HALVED

log = get_logger(__name__)

Result = TypeVar("Result")
Outcome = Vectors | DependencyUnavailable

# Of sysexits.h: internal software error.
EX_SOFTWARE = 70
# How long a stop waits for the turns that have begun, each of which takes a fraction of a second.
CLOSE_SECONDS = 10.0
# How engines say that memory does not suffice: Python, ONNX Runtime, PyTorch on a CPU and on CUDA.
_OUT_OF_MEMORY = ("out of memory", "bad allocation", "bad_alloc", "failed to allocate", "can't allocate memory")
# Texts that may fail alone, before any succeeds, until the model itself is blamed.
_FAILURES_OF_THE_MODEL = 3


def end_process() -> None:
    """Ends this process at once, since a thread cannot be ended: whoever started it starts it again."""
    sys.stdout.flush()
    os._exit(EX_SOFTWARE)


class ModelThreads:
    """The threads that the model runs in. `on_hang` is called where a turn takes longer than `limit_seconds`.

    With a `count` of 0 there are none, and nothing may be run.
    """

    def __init__(self, count: int, *, limit_seconds: float, on_hang: Callable[[], None] = end_process) -> None:
        self._limit_seconds = limit_seconds
        self._on_hang = on_hang
        self._threads = ThreadPoolExecutor(max(1, count), thread_name_prefix="model")

    async def run(self, turn: Callable[[], Result]) -> Result:
        """Runs `turn` as soon as a thread is free; the limit counts from then.

        Raises DependencyUnavailable where it hangs, and what the turn raises.
        """
        loop = asyncio.get_running_loop()
        begun: asyncio.Future[None] = loop.create_future()

        def begin() -> Result:
            loop.call_soon_threadsafe(begun.cancel)
            return turn()

        submitted = loop.run_in_executor(self._threads, begin)
        waited: set[asyncio.Future[Any]] = {begun, submitted}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        started = time.monotonic()
        try:
            return await within(self._limit_seconds, submitted)
        except OutOfTime:
            log.critical("model_hangs", seconds=round(time.monotonic() - started), action="ending")
            self._on_hang()
            raise DependencyUnavailable("model", f"did not end within {self._limit_seconds:g} s") from None

    async def close(self) -> None:
        """Waits for the turns that have begun, 10 s at most, then calls `on_hang`. Begins no other."""
        try:
            await within(CLOSE_SECONDS, asyncio.to_thread(self._threads.shutdown, cancel_futures=True))
        except OutOfTime:
            log.critical("model_hangs", seconds=round(CLOSE_SECONDS), action="ending", stopping=True)
            self._on_hang()


def compute(engine: Engine, prepared: Sequence[Prepared]) -> list[Outcome]:
    """A vector of unit length for each text, or the fault that it met. Blocks.

    Where the model fails on a batch it is tried in halves, down to single texts: memory may suffice for less, and
    one text on which the model fails takes no other's vector.
    """
    return _Trial(engine).outcomes(prepared)


class _Trial:
    """One batch, in smaller and smaller parts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._successes = 0
        self._failures = 0

    def outcomes(self, prepared: Sequence[Prepared]) -> list[Outcome]:
        try:
            vectors = self._engine.run(prepared)
            check_vectors(vectors, len(prepared), self._engine.dimension)
        except Exception as error:
            if len(prepared) > 1:
                return self._halves(prepared, error)
            self._failures += 1
            return [_fault(error)]
        self._successes += 1
        return list(vectors)

    def _halves(self, prepared: Sequence[Prepared], error: Exception) -> list[Outcome]:
        log.warning("batch_halved", texts=len(prepared), reason=str(error) or type(error).__name__)
        if is_out_of_memory(error):
            HALVED.inc()
        found: list[Outcome] = []
        half = len(prepared) // 2
        for part in (prepared[:half], prepared[half:]):
            if self._successes == 0 and self._failures >= _FAILURES_OF_THE_MODEL:
                found += [_fault(error)] * len(part)
            else:
                found += self.outcomes(part)
        return found


def _fault(error: Exception) -> DependencyUnavailable:
    if isinstance(error, DependencyUnavailable):
        return error
    log.error("model_failed", exc_info=error)
    return DependencyUnavailable("model", f"failed: {type(error).__name__}: {error}")


def is_out_of_memory(error: Exception) -> bool:
    """Whether an engine failed because memory did not suffice: a smaller batch may do."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _OUT_OF_MEMORY)


def check_vectors(vectors: Vectors, count: int, dimension: int) -> None:
    """Raises DependencyUnavailable where what the model gave is not `count` finite vectors of unit length."""
    if vectors.shape != (count, dimension):
        raise DependencyUnavailable("model", f"gave an array of shape {vectors.shape}, not ({count}, {dimension})")
    if not np.isfinite(vectors).all():
        raise DependencyUnavailable("model", "gave numbers that are not finite")
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3):
        raise DependencyUnavailable("model", "gave vectors that are not of unit length")
