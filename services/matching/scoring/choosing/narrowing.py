"""Of many candidates whose values are known nearly, those that may be among the best."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Item = TypeVar("Item")

# Candidates that wait at most beside as many as are wanted.
_WAITING_BESIDES = 64
# Bytes of candidates that wait, but for those of one part.
WAITING_BYTES = 8 * 1024 * 1024


class Narrowing(Generic[Item]):
    """Keeps what may be among the `limit` best when it is valued exactly: its near value is no more than `margin`
    below that of the last of these. Where very many are about equal, or the candidates that wait take more than
    WAITING_BYTES, by `bytes_of` each, they are to be valued before the end.
    """

    def __init__(self, limit: int, margin: float, bytes_of: Callable[[Item], int]) -> None:
        self._limit = limit
        self._margin = margin
        self._bytes_of = bytes_of
        # The greatest near values of all, a heap.
        self._greatest: list[float] = []
        self._waiting: list[tuple[float, int, Item]] = []
        self._count = 0

    def offer(self, candidates: Iterable[tuple[float, Item]]) -> list[Item]:
        """Takes candidates with their near values; returns those that must be valued exactly now."""
        for near, item in candidates:
            self._count += 1
            if len(self._greatest) < self._limit:
                heapq.heappush(self._greatest, near)
            elif self._limit:
                heapq.heappushpop(self._greatest, near)
            if near >= self._least:
                self._waiting.append((near, self._count, item))
        self._waiting = [each for each in self._waiting if each[0] >= self._least]
        is_full = len(self._waiting) > self._limit + _WAITING_BESIDES or self._waiting_bytes() > WAITING_BYTES
        return self.taken() if is_full else []

    def taken(self) -> list[Item]:
        """Those that are left to be valued exactly, the greatest near value first. They wait no more."""
        waiting = [item for _, _, item in sorted(self._waiting, key=lambda each: (-each[0], each[1]))]
        self._waiting = []
        return waiting

    def _waiting_bytes(self) -> int:
        return sum(self._bytes_of(item) for _, _, item in self._waiting)

    @property
    def _least(self) -> float:
        if not self._limit:
            return float("inf")
        return self._greatest[0] - self._margin if len(self._greatest) >= self._limit else float("-inf")
