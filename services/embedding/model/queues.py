"""The texts that wait for the model, of queries and of documents, and which of them go next. Safe for threads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Literal

from libs.contracts.errors import DependencyUnavailable
from services.embedding.engines.protocol import Prepared
from services.embedding.metrics import MODEL_SECONDS, TEXTS_COMPUTED, TOKENS, WAITING
from services.embedding.model.pool import Pool, Request, Waiting
from services.embedding.model.run import Outcome

Lane = Literal["query", "document"]
# While documents wait too, so many batches of queries go before one of theirs.
QUERIES_IN_A_ROW = 3
# Queries are few and short: a batch of several costs less than its padding.
QUERY_PADDING = 0.25


@dataclass(slots=True)
class Turn:
    """A batch that the model was given, and what came of it."""

    lane: Lane
    texts: list[Waiting]
    outcomes: list[Outcome]
    seconds: float = 0.0

    @property
    def fault(self) -> DependencyUnavailable | None:
        """The model's own: it failed on all of it."""
        faults = [outcome for outcome in self.outcomes if isinstance(outcome, DependencyUnavailable)]
        return faults[0] if faults and len(faults) == len(self.outcomes) else None


class WaitingTexts:
    """Queries and passages of the same words are other vectors: they never share a pool."""

    def __init__(self, batch_tokens: int) -> None:
        self._batch_tokens = batch_tokens
        self._pools: dict[Lane, Pool] = {
            "query": Pool(batch_tokens, most_padding=QUERY_PADDING),
            "document": Pool(batch_tokens),
        }
        self._queries_in_a_row = 0
        # The model's threads take from the pools.
        self._lock = Lock()

    def waits(self, lane: Lane) -> bool:
        """Whether a text may be taken."""
        return bool(self._pools[lane])

    def batches(self, *, partial: bool) -> int:
        """About how many batches could be taken; of documents one that is not full only where `partial`."""
        with self._lock:
            documents = self._pools["document"]
            of_documents = documents.tokens // self._batch_tokens or int(partial and bool(documents))
            return of_documents + bool(self._pools["query"])

    def add(
        self, prepared: Sequence[Prepared], lane: Lane, done: asyncio.Future[None], *, counted: bool = True
    ) -> Request:
        """Puts texts in line."""
        with self._lock:
            request = self._pools[lane].add(prepared, done, counted=counted)
        self._show()
        return request

    def drop(self, request: Request, lane: Lane) -> None:
        """Nobody waits for this request any more."""
        with self._lock:
            self._pools[lane].drop(request)
        self._show()

    def take(self, lanes: Sequence[Lane]) -> Turn | None:
        """A batch of the first of `lanes` that has one; now and then of documents, so that queries starve nobody."""
        with self._lock:
            contended = len(lanes) > 1 and all(self._pools[lane] for lane in lanes)
            if contended and self._queries_in_a_row >= QUERIES_IN_A_ROW:
                lanes = ("document",)
            for lane in lanes:
                if texts := self._pools[lane].take():
                    self._queries_in_a_row = self._queries_in_a_row + 1 if contended and lane == "query" else 0
                    return Turn(lane, texts, [])
        return None

    def settle(self, turn: Turn) -> None:
        """Gives everybody their vectors or faults, and counts."""
        pool = self._pools[turn.lane]
        counted = computed = 0
        with self._lock:
            for waiting, outcome in zip(turn.texts, turn.outcomes, strict=True):
                if isinstance(outcome, DependencyUnavailable):
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

    def fail_all(self, fault: DependencyUnavailable) -> None:
        """Everybody who waits is told."""
        with self._lock:
            for pool in self._pools.values():
                for waiting in pool.everything():
                    pool.fail(waiting, fault)
        self._show()

    def _show(self) -> None:
        for lane, pool in self._pools.items():
            WAITING.labels(lane).set(len(pool))
