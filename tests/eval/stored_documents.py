"""Texts made into the documents that matching would have stored, by the services' own code."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from vector_store import VectorStore

from libs.contracts.events import Embedding, SourceEvent, Stretches, VectorsEvent
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.structure import Structure
from libs.contracts.text_preparation import prepare
from libs.contracts.vectors import pack
from services.embedding.engines.choice import make_engine
from services.embedding.segmentation.cutting import Piece, Pieces, cut
from services.embedding.segmentation.requirement_lines import requirement_places
from services.embedding.settings import EmbeddingSettings
from services.ingest.parsing.markup.plain_form import plain_form
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure
from services.matching.scoring.covered_languages import is_covered
from services.matching.scoring.model import ScoredDocument, StoredVectors

# What a text event carries of a structure as it is.
_TRAVELLING = ("title", "language", "sections", "entries", "mentions", "requirements_found")
_HIDDEN = ("identity_spans", "disclaimed_spans")
# Texts to a call of the model: of similar length, so that little is padding.
CALL = 64
# The day that "present" means in them.
AS_OF = date(2026, 11, 1)


class Documents:
    """Makes documents of texts as they come. `prepare` computes the vectors of many together.

    The engine is the one that EMBEDDING_ENGINE and EMBEDDING_MODEL_NAME name; raises ModelNotFound without one.
    """

    def __init__(self, cache: Path, *, hide_spans: bool = True) -> None:
        self._hide_spans = hide_spans
        self._engine = make_engine(EmbeddingSettings(kafka_bootstrap="not-used:1", matching_urls="http://not-used"))
        self.space, self.model = self._engine.space, self._engine.model
        self.dimension = self._engine.dimension
        self._store = VectorStore(cache, self.space, self._encode)
        self._prepared: dict[tuple[Kind, str], tuple[str, Structure, Pieces]] = {}
        self.computed = 0

    def prepare(self, kind: Kind, texts: Sequence[str]) -> None:
        """Cuts the texts and computes the vectors that are not in the cache. Blocks: minutes for many."""
        for text in texts:
            if (kind, text) not in self._prepared:
                # As ingest does with what is sent as text, which may be markup.
                stored = prepare(plain_form(text).text)
                structure = self._structure(kind, stored)
                self._prepared[kind, text] = stored, structure, self._cut(stored, structure)
        pieces = [self._prepared[kind, text][2] for text in texts]
        wanted = [piece.text for both in pieces for piece in (*both.windows, *both.units)]
        self.computed += self._store.fill(wanted, _note)

    def document(self, kind: Kind, text: str) -> ScoredDocument:
        """The document of a text that `prepare` has seen."""
        stored, structure, pieces = self._prepared[kind, text]
        return ScoredDocument(
            kind=kind,
            title=structure.title,
            text=stored,
            sections=structure.sections,
            identity_spans=structure.identity_spans,
            language=structure.language,
            windows=self._stored(pieces.windows),
            units=self._stored(pieces.units),
            requirements_found=structure.requirements_found,
            structure_version=structure.version,
            disclaimed_spans=structure.disclaimed_spans,
            entries=structure.entries,
            mentions=structure.mentions,
            as_of=AS_OF.isoformat(),
            is_covered=is_covered(self.model, structure.language),
        )

    def event(self, kind: Kind, text: str, key: DocumentKey) -> VectorsEvent:
        """The same as the event that matching would have been sent."""
        stored, structure, pieces = self._prepared[kind, text]
        told = {name: getattr(structure, name) for name in (*_TRAVELLING, *_HIDDEN)}
        return VectorsEvent(
            tenant=key.tenant,
            kind=kind,
            id=key.id,
            revision="1-0",
            source_event=SourceEvent("/eval", key.id),
            text=stored,
            **told,
            structure_version=structure.version,
            as_of=AS_OF.isoformat(),
            content_hash=hashlib.sha256(stored.encode()).hexdigest(),
            embedding=Embedding(
                space=self.space,
                model=self.model,
                dimension=self.dimension,
                windows=self._stretches(pieces.windows),
                units=self._stretches(pieces.units),
            ),
        )

    def _structure(self, kind: Kind, stored: str) -> Structure:
        found = find_structure(StoredText(kind, stored, AS_OF))
        return found if self._hide_spans else msgspec.structs.replace(found, identity_spans=[], disclaimed_spans=[])

    def _cut(self, stored: str, structure: Structure) -> Pieces:
        return cut(
            stored,
            sections=structure.sections,
            hidden=structure.hidden_spans,
            tokenize=self._engine.tokens,
            max_tokens=self._engine.max_tokens,
            items=requirement_places(stored, structure.requirements_found),
        )

    def _stored(self, pieces: Sequence[Piece]) -> StoredVectors:
        spans = np.array([(piece.span.start, piece.span.end) for piece in pieces], dtype=np.int32).reshape(-1, 2)
        return StoredVectors(spans, self._store.vectors([piece.text for piece in pieces]))

    def _stretches(self, pieces: Sequence[Piece]) -> Stretches:
        vectors = self._stored(pieces).vectors.astype("<f4")
        data = pack(vectors.tobytes(), dtype="float32", dimension=self.dimension, count=len(pieces))
        return Stretches([piece.span for piece in pieces], data)

    def _encode(self, texts: list[str]) -> npt.NDArray[np.float32]:
        starts = range(0, len(texts), CALL)
        with ThreadPoolExecutor(self._engine.streams) as threads:
            return np.concatenate(list(threads.map(lambda at: self._engine.embed(texts[at : at + CALL]), starts)))


def _note(done: int, total: int) -> None:
    print(f"\r{done:,} of {total:,} texts computed", end="\n" if done == total else "", file=sys.stderr, flush=True)
