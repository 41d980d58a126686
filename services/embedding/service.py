"""The work itself: texts to vectors, documents to windows and units with vectors. Knows neither Kafka nor HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from libs.contracts.errors import ErrorCode, RecordFault, SurroundingsFault
from libs.contracts.events import Embedding, Stretches, TextEvent
from libs.contracts.identifiers import DocumentKey
from libs.resilience.breaker import BreakerOpen
from services.embedding.cache import VectorCache
from services.embedding.engines.protocol import Engine, Vectors
from services.embedding.model_lane import Lane, ModelLane
from services.embedding.packing import pack_float32, pack_int8
from services.embedding.segmentation.cutting import Piece, Pieces, cut
from services.embedding.segmentation.requirement_lines import requirement_lines

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
        return [*self.pieces.windows, *self.pieces.units]


class EmbeddingService:
    """Vectors for queries and documents, through cache and model."""

    def __init__(self, lane: ModelLane, cache: VectorCache | None) -> None:
        self._lane = lane
        self._cache = cache
        # The tokenizer is used by one thread at a time; long texts take it for seconds.
        self._cutting = asyncio.Lock()

    @property
    def engine(self) -> Engine:
        return self._lane.engine

    @property
    def cache(self) -> VectorCache | None:
        return self._cache

    async def warm_up(self) -> None:
        """Runs the model once. Not counted, not cached."""
        await self._lane.embed([PROBE_TEXT], [16], "probe")

    async def probe(self) -> float:
        """Milliseconds of one real embedding past the cache. Raises SurroundingsFault."""
        started = time.monotonic()
        await self._lane.embed([PROBE_TEXT], [16], "probe")
        return (time.monotonic() - started) * 1000

    async def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of query texts, shape (n, dimension). One beyond the model's limit gets its windows' mean.

        Raises RecordFault (`empty`) for a text of nothing but spaces, TooBusy, SurroundingsFault.
        """
        cuts = [await self._windows(text) for text in texts]
        flat = [piece for pieces in cuts for piece in pieces]
        vectors = await self._vectors(flat, "query")
        rows: list[Vectors] = []
        position = 0
        for pieces in cuts:
            mean = vectors[position : position + len(pieces)].mean(axis=0)
            rows.append(mean / np.linalg.norm(mean))
            position += len(pieces)
        return np.asarray(rows, dtype=np.float32)

    async def cut(self, event: TextEvent) -> CutDocument:
        """Cuts a document into windows and units. Raises RecordFault (`empty`) where nothing is left to embed."""
        pieces = await self._cut(event.text, event)
        if not pieces.windows:
            raise RecordFault(ErrorCode.EMPTY, "the document holds no text that could be compared")
        return CutDocument(event, pieces)

    async def kept(self, documents: Sequence[CutDocument]) -> dict[str, Vectors]:
        """The vectors in the cache of everything these documents need, in one round trip."""
        if self._cache is None:
            return {}
        texts = list(dict.fromkeys(piece.text for document in documents for piece in document.all_pieces))
        return await self._cache.get_many(texts)

    async def embed(self, document: CutDocument, kept: dict[str, Vectors]) -> Embedding:
        """A document's windows and units with vectors. `kept` gets what was computed. Raises SurroundingsFault."""
        try:
            computed = await self._compute_missing(document.all_pieces, kept, "document")
        except SurroundingsFault as fault:
            await self._blame(document, fault)
            raise
        if self._cache is not None:
            texts = list(dict.fromkeys(piece.text for piece in document.all_pieces))
            await self._cache.keep(document.event.key, texts, computed)
        windows, units = document.pieces.windows, document.pieces.units
        return Embedding(
            space=self.engine.space,
            model=self.engine.model,
            dimension=self.engine.dimension,
            windows=Stretches([piece.span for piece in windows], pack_float32(_stacked(windows, kept))),
            units=Stretches([piece.span for piece in units], pack_int8(_stacked(units, kept))),
        )

    async def forget(self, document: DocumentKey) -> bool:
        """Removes a document's vectors from the cache; whether that is certain. Never raises, never waits for long."""
        return self._cache is None or await self._cache.forget(document)

    async def _blame(self, document: CutDocument, fault: SurroundingsFault) -> None:
        """Raises ModelRefusal where the model works on other texts: then this one must not be tried for ever."""
        if isinstance(fault, BreakerOpen):
            return
        try:
            await self.probe()
        except SurroundingsFault:
            return
        raise ModelRefusal(f"the model fails on {document.event.key} and works on other texts: {fault}") from fault

    async def _vectors(self, pieces: Sequence[Piece], lane: Lane) -> Vectors:
        # A query with a prompt of its own is another vector than a passage of the same words.
        texts = list(dict.fromkeys(piece.text for piece in pieces))
        marked = {text: f"query\x00{text}" for text in texts}
        found = await self._cache.get_many(list(marked.values())) if self._cache else {}
        kept = {text: found[mark] for text, mark in marked.items() if mark in found}
        known = set(kept)
        await self._compute_missing(pieces, kept, lane)
        if self._cache is not None:
            await self._cache.set_many({marked[text]: kept[text] for text in kept if text not in known})
        return _stacked(pieces, kept)

    async def _compute_missing(
        self, pieces: Sequence[Piece], kept: dict[str, Vectors], lane: Lane
    ) -> dict[str, Vectors]:
        """Adds to `kept` what it lacks, and returns that."""
        missing = {piece.text: piece.tokens for piece in pieces if piece.text not in kept}
        if not missing:
            return {}
        vectors = await self._lane.embed(list(missing), list(missing.values()), lane)
        computed = dict(zip(missing, vectors, strict=True))
        kept.update(computed)
        return computed

    async def _windows(self, text: str) -> list[Piece]:
        pieces = await self._cut(text, None)
        if not pieces.windows:
            raise RecordFault(ErrorCode.EMPTY, "the query holds no text")
        return pieces.windows

    async def _cut(self, text: str, event: TextEvent | None) -> Pieces:
        async with self._cutting:
            return await asyncio.to_thread(
                cut,
                text,
                sections=event.sections if event else [],
                hidden=event.identity_spans if event else [],
                token_spans=self.engine.token_spans,
                max_tokens=self.engine.max_tokens,
                items=requirement_lines(event) if event else (),
            )


def _stacked(pieces: Sequence[Piece], vectors: dict[str, Vectors]) -> Vectors:
    return np.stack([vectors[piece.text] for piece in pieces]).astype(np.float32, copy=False)
