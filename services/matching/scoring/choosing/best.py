"""The best of many candidates that come one after another, each forgotten but for what is shown of it."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from typing import Generic, TypeVar

Shown = TypeVar("Shown")


class Best(Generic[Shown]):
    """Keeps the `limit` best, or all where it is None: highest value first, equals by id."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._kept: list[tuple[tuple[float, str], Shown]] = []

    def offer(self, value: float, document_id: str, show: Callable[[], Shown]) -> None:
        """Takes a candidate if it is among the best so far; only then is `show` called."""
        key = (-value, document_id)
        if self._limit is not None and len(self._kept) >= self._limit:
            if not self._limit or self._kept[-1][0] < key:
                return
            self._kept.pop()
        insort(self._kept, (key, show()), key=lambda entry: entry[0])

    def shown(self) -> list[Shown]:
        """What `show` gave for each that is kept, best first."""
        return [shown for _, shown in self._kept]
