"""Ranking documents for a free-text query, by meaning and words, or by words alone."""

from __future__ import annotations

import math

import numpy as np

from libs.contracts.inner.matching import Highlight, SearchResult
from services.matching.scoring.best import Best
from services.matching.scoring.document_vector import head_vector, mean_vector
from services.matching.scoring.model import Candidate, ScoredDocument, Vectors
from services.matching.scoring.terms import Weights, idf, terms_of, word_cover

_HEAD, _WHOLE, _UNITS, _WORDS = 0.2, 0.2, 0.4, 0.2
_NEAREST_UNITS = 3
_MIDDLE, _STEEPNESS = 0.35, 8.0

_MOST_HIGHLIGHTS = 3
_WEAKEST_HIGHLIGHT = 0.25
_WORDS_IN_HIGHLIGHT = 0.5


class Ranking:
    """Ranks documents for a query as they are added, and keeps of each only what a result shows. Blocks.

    Without `query_vector` (float32 of the documents' dimension) the order is by words alone: every score is
    None, and candidates that hold none of the query's words are left out.
    """

    def __init__(self, query: str, query_vector: Vectors | None, limit: int | None = None) -> None:
        self._terms = terms_of(query)
        self._weights = np.array([idf(term) for term in self._terms], dtype=np.float32)
        self._vector = query_vector
        self._best: Best[SearchResult] = Best(limit)

    def add(self, candidate: Candidate) -> None:
        """Takes a document into the ranking; each is added once."""
        value = words = _words(self._terms, self._weights, candidate.document)
        if self._vector is not None:
            value = _meaning(self._vector, candidate.document) + _WORDS * words
        elif words <= 0.0:
            return
        self._best.offer(value, candidate.id, lambda: self._result(value, candidate))

    def results(self) -> list[SearchResult]:
        """Best first, equals by id; the best `limit`, or all."""
        return self._best.shown()

    def _result(self, value: float, candidate: Candidate) -> SearchResult:
        return SearchResult(
            id=candidate.id,
            kind=candidate.kind,
            title=candidate.title,
            score=None if self._vector is None else _score(value),
            highlights=_highlights(self._terms, self._weights, self._vector, candidate.document),
        )


def _words(terms: list[str], weights: Weights, document: ScoredDocument) -> float:
    counts = np.array([document.term_counts.get(term, 0) for term in terms], dtype=np.float32)
    return word_cover(weights, counts, sum(document.term_counts.values()))


def _meaning(query_vector: Vectors, document: ScoredDocument) -> float:
    if not len(document.windows):
        return 0.0
    head = float(head_vector(document.windows) @ query_vector)
    whole = float(mean_vector(document.windows) @ query_vector)
    nearest = np.sort(document.units.vectors @ query_vector)[-_NEAREST_UNITS:]
    units = float(nearest.mean()) if len(nearest) else whole
    return _HEAD * head + _WHOLE * whole + _UNITS * units


def _score(value: float) -> float:
    return round(100.0 / (1.0 + math.exp(-_STEEPNESS * (value - _MIDDLE))), 1)


def _highlights(
    terms: list[str], weights: Weights, query_vector: Vectors | None, document: ScoredDocument
) -> list[Highlight]:
    if not len(document.units):
        return []
    share = {term: float(weight) for term, weight in zip(terms, weights / max(float(weights.sum()), 1e-9), strict=True)}
    worth = np.array([sum(share.get(term, 0.0) for term in unit) for unit in document.unit_terms], dtype=np.float32)
    if query_vector is not None:
        worth = document.units.vectors @ query_vector + _WORDS_IN_HIGHLIGHT * worth
    best = document.first_different(np.argsort(-worth, kind="stable").tolist(), _MOST_HIGHLIGHTS)
    kept = [index for index in best if worth[index] >= _WEAKEST_HIGHLIGHT]
    return [Highlight(document.text[start:end], start, end) for start, end in document.units.spans[kept].tolist()]
