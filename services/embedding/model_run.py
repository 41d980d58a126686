"""One run of the model: in a thread of its own, smaller where memory does not suffice, never for ever."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from libs.contracts.errors import SurroundingsFault
from libs.resilience.watched_time import OutOfTime, within
from libs.telemetry.logs import get_logger
from services.embedding.engines.protocol import Engine, Vectors
from services.embedding.metrics import HALVED

log = get_logger(__name__)

# Of sysexits.h: internal software error.
EX_SOFTWARE = 70
# How engines say that memory does not suffice: Python, ONNX Runtime, PyTorch on a CPU and on CUDA.
_OUT_OF_MEMORY = ("out of memory", "bad allocation", "bad_alloc", "failed to allocate", "can't allocate memory")


def end_process() -> None:
    """Ends this process at once, since a thread cannot be ended: whoever started it starts it again."""
    sys.stdout.flush()
    os._exit(EX_SOFTWARE)


class ModelRun:
    """Runs an engine, one batch at a time. `on_hang` is called where a batch takes longer than `limit_seconds`."""

    def __init__(self, engine: Engine, *, limit_seconds: float, on_hang: Callable[[], None] = end_process) -> None:
        self._engine = engine
        self._limit_seconds = limit_seconds
        self._on_hang = on_hang
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")

    async def vectors(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """Vectors of unit length, shape (len(texts), dimension).

        Raises SurroundingsFault where the model gives anything else, and what the engine raises.
        """
        started = time.monotonic()
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._thread, lambda: self._embed(texts, query=query))
        try:
            vectors = await within(self._limit_seconds, running)
        except OutOfTime:
            log.critical("model_hangs", texts=len(texts), seconds=round(time.monotonic() - started), action="ending")
            self._on_hang()
            raise SurroundingsFault("model", f"did not end within {self._limit_seconds:g} s") from None
        check_vectors(vectors, len(texts), self._engine.dimension)
        return vectors

    def close(self) -> None:
        """Waits for the batch in hand. Blocks."""
        self._thread.shutdown()

    def _embed(self, texts: Sequence[str], *, query: bool) -> Vectors:
        try:
            return self._engine.embed(texts, query=query)
        except Exception as error:
            if len(texts) == 1 or not is_out_of_memory(error):
                raise
            log.warning("batch_halved", texts=len(texts), reason=str(error) or type(error).__name__)
        HALVED.inc()
        half = len(texts) // 2
        parts = [self._embed(texts[:half], query=query), self._embed(texts[half:], query=query)]
        return np.concatenate(parts)


def is_out_of_memory(error: Exception) -> bool:
    """Whether an engine failed because memory did not suffice: a smaller batch may do."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _OUT_OF_MEMORY)


def check_vectors(vectors: Vectors, count: int, dimension: int) -> None:
    """Raises SurroundingsFault where what the model gave is not `count` finite vectors of unit length."""
    if vectors.shape != (count, dimension):
        raise SurroundingsFault("model", f"gave an array of shape {vectors.shape}, not ({count}, {dimension})")
    if not np.isfinite(vectors).all():
        raise SurroundingsFault("model", "gave numbers that are not finite")
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3):
        raise SurroundingsFault("model", "gave vectors that are not of unit length")
