"""The texts of many documents that wait for the model, and which of them go next."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from libs.contracts.errors import DependencyUnavailable
from services.embedding.engines.batches import MOST_PADDING, around
from services.embedding.engines.protocol import Prepared, Vectors

# Of so many of the oldest requests texts are computed together.
LOOK_AHEAD = 64


@dataclass(eq=False, slots=True)
class Waiting:
    """A text that one request or several wait for. Computed once."""

    prepared: Prepared
    number: int
    requests: set[Request] = field(default_factory=set)
    taken: bool = False
    vector: Vectors | None = None

    @property
    def by_length(self) -> tuple[int, int]:
        """What texts are sorted by: tokens, then the order in which they came."""
        return self.prepared.length, self.number

    @property
    def counted(self) -> bool:
        """Whether it counts as computed for somebody: also one whose callers left, but never a probe."""
        return not self.requests or any(request.counted for request in self.requests)


@dataclass(eq=False, slots=True)
class Request:
    """Texts that somebody waits for together. `done` is set when all are computed, or one failed."""

    texts: list[Waiting]
    done: asyncio.Future[None]
    counted: bool
    to_take: set[Waiting] = field(default_factory=set)
    to_compute: int = 0
    tokens: int = 0


class Pool:
    """Not safe for threads by itself. Its answers depend on nothing but what was added, taken and dropped."""

    def __init__(self, budget: int, *, look_ahead: int = LOOK_AHEAD, most_padding: float = MOST_PADDING) -> None:
        self._budget = budget
        self._most_padding = most_padding
        self._look_ahead = look_ahead
        self._known: dict[str, Waiting] = {}
        self._open: dict[Request, None] = {}
        self._later: deque[Request] = deque()
        self._by_length: list[tuple[int, int, Waiting]] = []
        self._numbers = 0
        self._takes = 0

    def __len__(self) -> int:
        """Texts that wait or are in the model."""
        return len(self._known)

    def __bool__(self) -> bool:
        return bool(self._open)

    @property
    def tokens(self) -> int:
        """Of the texts that may be taken; what several requests share counts for each."""
        return sum(request.tokens for request in self._open)

    def add(self, prepared: Sequence[Prepared], done: asyncio.Future[None], *, counted: bool = True) -> Request:
        """Puts texts in line. One that waits already, or is in the model, is shared."""
        request = Request([], done, counted)
        for each in prepared:
            waiting = self._known.get(each.text)
            if waiting is None:
                self._numbers += 1
                waiting = self._known[each.text] = Waiting(each, self._numbers)
            request.texts.append(waiting)
            if request in waiting.requests:
                continue
            waiting.requests.add(request)
            request.to_compute += 1
            if not waiting.taken:
                request.to_take.add(waiting)
                request.tokens += each.length
        if request.to_take:
            self._later.append(request)
            self._let_in()
        return request

    def take(self) -> list[Waiting]:
        """The texts to compute next, none where nothing waits.

        They lie around a text of the oldest request; every second time around one of the request that is nearest
        to its end, so that a very long one delays nobody.
        """
        if not self._open:
            return []
        self._takes += 1
        request = next(iter(self._open))
        if self._takes % 2 == 0:
            request = min(self._open, key=lambda each: each.tokens)
        anchor = max(request.to_take, key=lambda each: each.by_length)
        position = bisect_left(self._by_length, anchor.by_length, key=_sort_key)
        # No more can join: all are computed as if they were as long as the anchor, or longer.
        reach = self._budget // anchor.prepared.length
        first = max(0, position - reach)
        lengths = [length for length, _, _ in self._by_length[first : position + reach + 1]]
        batch = around(lengths, position - first, self._budget, self._most_padding)
        chosen = slice(first + batch.start, first + batch.stop)
        taken = [waiting for _, _, waiting in self._by_length[chosen]]
        del self._by_length[chosen]
        for waiting in taken:
            waiting.taken = True
            for each in waiting.requests:
                self._leave(each, waiting)
        self._let_in()
        return taken

    def give(self, waiting: Waiting, vector: Vectors) -> None:
        """The vector, float32 (dimension), of a text that was taken: everybody who waits for it gets it."""
        self._forget(waiting)
        waiting.vector = vector
        for request in waiting.requests:
            request.to_compute -= 1
            if request.to_compute == 0 and not request.done.done():
                request.done.set_result(None)

    def fail(self, waiting: Waiting, fault: DependencyUnavailable) -> None:
        """A text has no vector: everybody who waits for it is told."""
        self._forget(waiting)
        self._unlist(waiting)
        for request in waiting.requests:
            self._leave(request, waiting)
        for request in waiting.requests:
            if not request.done.done():
                request.done.set_exception(type(fault)(fault.part, fault.message))

    def drop(self, request: Request) -> None:
        """Nobody waits for this request any more; texts that only it waits for are not computed."""
        for waiting in request.texts:
            waiting.requests.discard(request)
            if not waiting.requests and not waiting.taken:
                self._forget(waiting)
                self._unlist(waiting)
        request.to_take.clear()
        self._open.pop(request, None)
        if request in self._later:
            self._later.remove(request)
        self._let_in()

    def everything(self) -> Iterable[Waiting]:
        """All texts, also those in the model."""
        return list(self._known.values())

    def _let_in(self) -> None:
        while self._later and len(self._open) < self._look_ahead:
            request = self._later.popleft()
            if not request.to_take:
                continue
            self._open[request] = None
            # In one go: thousands of texts, put in one by one among more thousands, would take a tenth of a second.
            new = [waiting for waiting in request.to_take if not self._listed(waiting)]
            self._by_length += sorted((*waiting.by_length, waiting) for waiting in new)
            self._by_length.sort()

    def _leave(self, request: Request, waiting: Waiting) -> None:
        if waiting in request.to_take:
            request.to_take.remove(waiting)
            request.tokens -= waiting.prepared.length
            if not request.to_take:
                self._open.pop(request, None)

    def _forget(self, waiting: Waiting) -> None:
        if self._known.get(waiting.prepared.text) is waiting:
            del self._known[waiting.prepared.text]

    def _listed(self, waiting: Waiting) -> bool:
        index = bisect_left(self._by_length, waiting.by_length, key=_sort_key)
        return index < len(self._by_length) and self._by_length[index][2] is waiting

    def _unlist(self, waiting: Waiting) -> None:
        if self._listed(waiting):
            del self._by_length[bisect_left(self._by_length, waiting.by_length, key=_sort_key)]


def _sort_key(listed: tuple[int, int, Waiting]) -> tuple[int, int]:
    return listed[0], listed[1]
