"""A deterministic engine without a model, for tests of everything else: texts that share words are alike."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.embedding.engines.protocol import Prepared, Vectors
from services.embedding.engines.space import space_of
from services.embedding.engines.tokens import TokenIds, Tokens

DIMENSION = 384
MAX_TOKENS = 254
_WORD = re.compile(r"[^\W_]{1,20}|\S")
# CJK has no spaces: each of its characters is a token, as in BERT's vocabularies.
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_COMPONENTS = 8


class HashEngine:
    """Each word adds a few signed components that its hash chooses."""

    model = "hash"
    dimension = DIMENSION
    streams = 1
    query_streams = 0
    max_tokens = MAX_TOKENS

    def __init__(self) -> None:
        self.space = space_of({"engine": "hash", "version": 1, "dimension": DIMENSION})

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """As `Engine` says."""
        spans: list[tuple[int, int]] = []
        for word in _WORD.finditer(text):
            if _CJK.search(word[0]):
                spans += [(position, position + 1) for position in range(word.start(), word.end())]
            else:
                spans.append(word.span())
        return spans

    def tokens(self, text: str) -> Tokens:
        """As `Engine` says. All have the same id: what is computed is the words themselves."""
        spans = self.token_spans(text)
        ids = np.zeros(len(spans), dtype=np.int32)
        return Tokens(text, ids, [start for start, _ in spans], [end for _, end in spans], words_alone=True)

    def prepare(
        self, texts: Sequence[str], *, query: bool = False, known: Sequence[TokenIds | None] | None = None
    ) -> list[Prepared]:
        """As `Engine` says."""
        ids_of = known or [None] * len(texts)
        return [
            Prepared(text, query, np.zeros(len(self._words(text)), dtype=np.int32) if ids is None else ids)
            for text, ids in zip(texts, ids_of, strict=True)
        ]

    def run(self, prepared: Sequence[Prepared]) -> Vectors:
        """As `Engine` says."""
        vectors = np.zeros((len(prepared), DIMENSION), dtype=np.float32)
        for row, each in enumerate(prepared):
            for word in self._words(each.text):
                positions, signs = _components(word)
                np.add.at(vectors[row], positions, signs)
            if not vectors[row].any():
                vectors[row, 0] = 1.0
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """As `Engine` says."""
        return self.run(self.prepare(texts, query=query))

    def _words(self, text: str) -> list[str]:
        return [text[start:end].lower() for start, end in self.token_spans(text)] or [text]


@lru_cache(maxsize=100_000)
def _components(word: str) -> tuple[NDArray[np.int64], Vectors]:
    digest = np.frombuffer(hashlib.sha512(word.encode("utf-8", "replace")).digest(), dtype="<u2")
    positions = digest[:_COMPONENTS].astype(np.int64) % DIMENSION
    signs = np.where(digest[_COMPONENTS : 2 * _COMPONENTS] % 2 == 0, 1.0, -1.0).astype(np.float32)
    return positions, signs
