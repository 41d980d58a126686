"""How long the model waits while there is work: what batching, tokenizing and publishing cost it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from services.embedding.metrics import MODEL_IDLE


class ModelIdle:
    """Counts seconds in which something is under way and the model does nothing."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way = 0
        self._running = 0
        self._idle_since = time.monotonic()

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Work that needs the model, from its reading to its end."""
        with self._lock:
            if self._under_way == 0:
                self._idle_since = time.monotonic()
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._count()
                self._under_way -= 1

    @contextmanager
    def running(self) -> Iterator[None]:
        """A turn of the model, in one of its threads."""
        with self._lock:
            self._count()
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                self._idle_since = time.monotonic()

    def _count(self) -> None:
        now = time.monotonic()
        if self._under_way and not self._running:
            MODEL_IDLE.inc(now - self._idle_since)
        self._idle_since = now
