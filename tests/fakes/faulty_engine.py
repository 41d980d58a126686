"""An engine that can be told to misbehave, and that writes down what it was given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np

from services.embedding.engines.hash import HashEngine
from services.embedding.engines.protocol import Prepared, Vectors


class FaultyEngine(HashEngine):
    """Answers as the hash engine does until `fault` is set: that is then given the right vectors.

    `calls` holds the texts of every call. After `hold` a call waits until `release`, one with queries only where asked.
    """

    def __init__(self, streams: int = 1, query_streams: int = 0) -> None:
        super().__init__()
        self.streams = streams
        self.query_streams = query_streams
        self.fault: Callable[[Vectors], Vectors] | None = None
        self.calls: list[list[str]] = []
        self.running = threading.Event()
        self._gate = threading.Event()
        self._gate.set()
        self._queries_held = True

    @property
    def texts(self) -> list[str]:
        return [text for call in self.calls for text in call]

    def hold(self, *, queries: bool = True) -> None:
        self._queries_held = queries
        self.running.clear()
        self._gate.clear()

    def release(self) -> None:
        self._gate.set()

    def run(self, prepared: Sequence[Prepared]) -> Vectors:
        self.calls.append([each.text for each in prepared])
        self.running.set()
        held = self._queries_held or not prepared[0].query
        if held and not self._gate.wait(20):
            raise TimeoutError("nobody released the engine")
        vectors = super().run(prepared)
        return vectors if self.fault is None else self.fault(vectors)


def raising(vectors: Vectors) -> Vectors:
    raise MemoryError("the model's memory is gone")


def not_a_number(vectors: Vectors) -> Vectors:
    """The last number of the last vector only: one is enough."""
    vectors[-1, -1] = np.nan
    return vectors


def infinite(vectors: Vectors) -> Vectors:
    vectors[0, 0] = np.inf
    return vectors


def all_zero(vectors: Vectors) -> Vectors:
    vectors[-1] = 0.0
    return vectors


def too_long(vectors: Vectors) -> Vectors:
    return vectors * 2


def too_few(vectors: Vectors) -> Vectors:
    return vectors[:-1]


def too_narrow(vectors: Vectors) -> Vectors:
    return vectors[:, :-1]


FAULTS = [raising, not_a_number, infinite, all_zero, too_long, too_few, too_narrow]
