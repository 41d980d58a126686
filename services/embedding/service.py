"""The work itself: texts to vectors, documents to windows and units with vectors. Knows neither Kafka nor HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.events import Embedding, Stretches, TextEvent
from libs.contracts.identifiers import DocumentKey
from libs.resilience.breaker import BreakerOpen
from services.embedding.cache import VectorCache
from services.embedding.engines.packing import pack_float32, pack_int8
from services.embedding.engines.protocol import Engine, Prepared, Vectors
from services.embedding.model.lane import ModelLane
from services.embedding.segmentation.cutting import Piece, Pieces, cut
from services.embedding.segmentation.requirement_lines import requirement_lines

Result = TypeVar("Result")

# Threads that cut documents: while a very long text takes one for seconds, others go on in the other.
_CUTTING_THREADS = 2
# Writes of queries' vectors to the cache that may be under way at a time.
_CACHE_WRITES = 4
# About as many as a window holds.
_WINDOW_CHARACTERS = 1_000
# A query of so many characters is tokenized as a whole before it is cut.
_SHORT_CHARACTERS = 2_000
PROBE_TEXT = "A probe of the model: registered nurse with five years of intensive care."


class ModelRefusal(Exception):
    """The model fails on one document only: a fault of our own on this record."""


@dataclass(frozen=True, slots=True)
class CutDocument:
    """A document cut up, waiting for its vectors."""

    event: TextEvent
    pieces: Pieces

    @property
    def all_pieces(self) -> list[Piece]:
        """Windows, then units."""
        return [*self.pieces.windows, *self.pieces.units]


class EmbeddingService:
    """Vectors for queries and documents, through cache and model."""

    def __init__(self, lane: ModelLane, cache: VectorCache | None) -> None:
        self._lane = lane
        self._cache = cache
        self._documents = ThreadPoolExecutor(_CUTTING_THREADS, thread_name_prefix="cutting")
        self._queries = ThreadPoolExecutor(1, thread_name_prefix="query")
        self._cache_writes: set[asyncio.Task[None]] = set()
        self._write_turns = asyncio.Semaphore(_CACHE_WRITES)

    @property
    def engine(self) -> Engine:
        """What computes the vectors."""
        return self._lane.engine

    @property
    def busy_seconds(self) -> float:
        """In which the model computed, since the start."""
        return self._lane.idle.busy_seconds

    @property
    def cache(self) -> VectorCache | None:
        """Where vectors are kept; None where every text is computed."""
        return self._cache

    async def warm_up(self) -> None:
        """Runs the model once. Not counted, not cached."""
        await self._lane.embed(self.engine.prepare([PROBE_TEXT], query=True), "probe")

    async def probe(self) -> float:
        """Milliseconds of one real embedding past the cache. Raises DependencyUnavailable."""
        started = time.monotonic()
        await self._lane.embed(self.engine.prepare([PROBE_TEXT], query=True), "probe")
        return (time.monotonic() - started) * 1000

    async def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of query texts, shape (n, dimension). One beyond the model's limit gets its windows' mean.

        Raises RecordRejected (`empty`) for a text of nothing but spaces, TooBusy, DependencyUnavailable.
        """
        # A query with a prompt of its own is another vector than a passage of the same words.
        marked = {text: f"query\x00{text}" for text in texts}
        found = await self._cache.get_many(list(marked.values())) if self._cache else {}
        vectors = {text: found[mark] for text, mark in marked.items() if mark in found}
        missing = [text for text in marked if text not in vectors]
        if missing:
            with self._lane.queries(sum(map(_weight, missing))):
                computed = await self._compute_queries(missing)
            vectors.update(computed)
            self._write_soon({marked[text]: vector for text, vector in computed.items()})
        return np.stack([vectors[text] for text in texts]).astype(np.float32, copy=False)

    async def cut(self, event: TextEvent) -> CutDocument:
        """Cuts a document into windows and units. Raises RecordRejected (`empty`) where nothing is left to embed."""
        with self._lane.coming():
            pieces = await self._in(self._documents, lambda: self._cut(event.text, event))
        if not pieces.windows:
            raise RecordRejected(ErrorCode.EMPTY, "the document holds no text that could be compared")
        return CutDocument(event, pieces)

    async def cached(self, document: CutDocument) -> dict[str, Vectors]:
        """The vectors that the cache holds of a document's texts, by text, in one round trip; each float32 (dimension).

        Never raises: without the cache there are none.
        """
        if self._cache is None:
            return {}
        with self._lane.coming():
            return await self._cache.get_many(list(dict.fromkeys(piece.text for piece in document.all_pieces)))

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Around work on documents: time in which the model computes nothing meanwhile is counted as idle."""
        with self._lane.idle.under_way():
            yield

    async def settled(self) -> None:
        """Waits for the writes of queries' vectors to the cache that are under way."""
        while self._cache_writes:
            await asyncio.wait(self._cache_writes)

    async def forget(self, document: DocumentKey) -> bool:
        """Removes a document's vectors from the cache; whether that is certain. Never raises; takes seconds at most."""
        return self._cache is None or await self._cache.forget(document)

    async def embed(self, document: CutDocument, cached: Mapping[str, Vectors]) -> Embedding:
        """A document's windows and units with vectors. Those of `cached`, by text, are not computed.

        Raises DependencyUnavailable, and ModelRefusal where the model fails on this document alone.
        """
        missing = {piece.text: piece.ids for piece in document.all_pieces if piece.text not in cached}
        vectors = {piece.text: cached[piece.text] for piece in document.all_pieces if piece.text in cached}
        computed: dict[str, Vectors] = {}
        if missing:
            with self._lane.coming():
                prepared = await self._in(
                    self._documents, lambda: self.engine.prepare(list(missing), known=list(missing.values()))
                )
            try:
                computed = dict(zip(missing, await self._lane.embed(prepared, "document"), strict=True))
            except DependencyUnavailable as fault:
                await self._blame(document, fault)
                raise
            vectors.update(computed)
        packing = asyncio.to_thread(self._packed, document.pieces, vectors)
        # In the cache before the document is done: a deletion that follows must find all there is to forget.
        packed, _ = await asyncio.gather(packing, self._write_document(document, computed))
        return packed

    async def close(self) -> None:
        """Waits for the writes to the cache that are under way, then ends the threads that cut and tokenize."""
        await self.settled()
        for threads in (self._documents, self._queries):
            threads.shutdown(wait=False, cancel_futures=True)

    async def _blame(self, document: CutDocument, fault: DependencyUnavailable) -> None:
        """Raises ModelRefusal where the model works on other texts: the fault is this document's, and has an end."""
        if isinstance(fault, BreakerOpen):
            return
        try:
            await self.probe()
        except DependencyUnavailable:
            return
        raise ModelRefusal(f"the model fails on {document.event.key} and works on other texts: {fault}") from fault

    async def _compute_queries(self, texts: Sequence[str]) -> dict[str, Vectors]:
        if sum(map(len, texts)) <= _SHORT_CHARACTERS:
            # So little takes less time than handing it to a thread.
            parts = [self._prepared_query(text) for text in texts]
        else:
            parts = await self._in(self._queries, lambda: [self._prepared_query(text) for text in texts])
        vectors = await self._lane.embed([each for part in parts for each in part], "query")
        computed: dict[str, Vectors] = {}
        position = 0
        for text, part in zip(texts, parts, strict=True):
            mean = vectors[position : position + len(part)].mean(axis=0)
            computed[text] = mean / np.linalg.norm(mean)
            position += len(part)
        return computed

    def _prepared_query(self, text: str) -> list[Prepared]:
        """The query itself, or its windows. Blocks. Raises RecordRejected."""
        if not (stripped := text.strip()):
            raise RecordRejected(ErrorCode.EMPTY, "the query holds no text")
        # Most are short and need not be cut; a longer one is surely beyond the limit.
        if len(stripped) <= _SHORT_CHARACTERS:
            (prepared,) = self.engine.prepare([stripped], query=True)
            if prepared.length <= self.engine.max_tokens:
                return [prepared]
        windows = self._cut(stripped, None).windows
        texts, known = [piece.text for piece in windows], [piece.ids for piece in windows]
        return self.engine.prepare(texts, query=True, known=known)

    async def _write_document(self, document: CutDocument, computed: Mapping[str, Vectors]) -> None:
        if self._cache is not None:
            texts = list(dict.fromkeys(piece.text for piece in document.all_pieces))
            await self._cache.keep(document.event.key, texts, computed)

    def _write_soon(self, vectors: Mapping[str, Vectors]) -> None:
        """Writes to the cache in the background; `settled` waits for it."""
        if self._cache is not None:
            task = asyncio.create_task(self._write_queries(self._cache, vectors))
            self._cache_writes.add(task)
            task.add_done_callback(self._cache_writes.discard)

    async def _write_queries(self, cache: VectorCache, vectors: Mapping[str, Vectors]) -> None:
        async with self._write_turns:
            await cache.set_many(vectors)

    def _cut(self, text: str, event: TextEvent | None) -> Pieces:
        return cut(
            text,
            sections=event.sections if event else [],
            hidden=event.hidden_spans if event else [],
            tokenize=self.engine.tokens,
            max_tokens=self.engine.max_tokens,
            items=requirement_lines(event) if event else (),
        )

    def _packed(self, pieces: Pieces, vectors: Mapping[str, Vectors]) -> Embedding:
        windows, units = pieces.windows, pieces.units
        return Embedding(
            space=self.engine.space,
            model=self.engine.model,
            dimension=self.engine.dimension,
            windows=Stretches([piece.span for piece in windows], pack_float32(_stacked(windows, vectors))),
            units=Stretches([piece.span for piece in units], pack_int8(_stacked(units, vectors))),
        )

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(threads, work)


def _weight(query: str) -> int:
    """How much of the room for queries it takes: about as much as it has windows."""
    return 1 + len(query) // _WINDOW_CHARACTERS


def _stacked(pieces: Sequence[Piece], vectors: Mapping[str, Vectors]) -> Vectors:
    return np.stack([vectors[piece.text] for piece in pieces]).astype(np.float32, copy=False)
