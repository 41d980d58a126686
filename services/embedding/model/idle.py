"""How long the model works, and how long it waits while there is work: what all else costs it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from services.embedding.metrics import MODEL_IDLE


class ModelIdle:
    """Counts seconds in which something is under way and the model does nothing.

    `busy_seconds`: in which it did something, however many of its threads, since the start.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way = 0
        self._running = 0
        self._idle_since = time.monotonic()
        self._busy_since = self._idle_since
        self.busy_seconds = 0.0

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
            if self._running == 0:
                self._busy_since = time.monotonic()
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                self._idle_since = time.monotonic()
                if self._running == 0:
                    self.busy_seconds += self._idle_since - self._busy_since

    def _count(self) -> None:
        now = time.monotonic()
        if self._under_way and not self._running:
            MODEL_IDLE.inc(now - self._idle_since)
        self._idle_since = now
