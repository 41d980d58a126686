"""Ranking documents for a free-text query, by meaning and words, or by words alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from libs.contracts.inner.searching import Highlight, SearchResult
from services.matching.scoring.choosing.best import Best
from services.matching.scoring.choosing.card_table import counted
from services.matching.scoring.choosing.stacked_cards import stacked_cards
from services.matching.scoring.model import Vectors
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.stacked import StackedUnits, mean_of_greatest
from services.matching.scoring.term_hashes import shortened, term_hashes
from services.matching.scoring.terms import Weights, idf, terms_of, word_cover, word_covers

HEAD, WHOLE, UNITS, WORDS = 0.2, 0.2, 0.4, 0.2
NEAREST_UNITS = 3
_MIDDLE, _STEEPNESS = 0.35, 8.0

# How far a near value may be from the value, for rounding errors.
NEAR = 1e-4

_MOST_HIGHLIGHTS = 3
_WEAKEST_HIGHLIGHT = 0.25
_WORDS_IN_HIGHLIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Ranked:
    """A document's place in an answer; `score` 0-100, None where words alone decide; stretches of its stored text."""

    id: str
    score: float | None
    highlights: list[tuple[int, int]]

    def result(self, kind: Kind, title: str | None, text: str) -> SearchResult:
        """The same in the document's own words."""
        return SearchResult(
            id=self.id,
            kind=kind,
            title=title,
            score=self.score,
            highlights=[Highlight(text[start:end], start, end) for start, end in self.highlights],
        )


class Ranking:
    """Ranks documents for a query as they are added, and keeps of each only what a result shows. Blocks.

    Without `query_vector` (float32 of the documents' dimension) the order is by words alone: every score is
    None, and candidates that hold none of the query's words are left out.
    """

    def __init__(self, query: str, query_vector: Vectors | None, limit: int | None = None) -> None:
        terms = terms_of(query)
        self._hashes = term_hashes(terms)
        self._weights = np.array([idf(term) for term in terms], dtype=np.float32)
        self._vector = query_vector
        self._best: Best[Ranked] = Best(limit)

    def add(self, document_id: str, document: ReadDocument) -> None:
        """Takes a document into the ranking; each is added once."""
        counts = document.counts_of(self._hashes)
        value = words = word_cover(self._weights, counts, document.reading.length)
        similarities: Weights | None = None
        if self._vector is not None:
            meaning, similarities = _meaning(self._vector, document)
            value = meaning + WORDS * words
        elif words <= 0.0:
            return
        score = None if self._vector is None else _score(value)
        self._best.offer(
            value, document_id, lambda: Ranked(document_id, score, self._highlights(document, similarities))
        )

    def near_values(self, documents: Sequence[ReadDocument]) -> npt.NDArray[np.float64]:
        """float64 (n): about what each document is worth, NEAR at most beside it; -1 for one that is left out. Those
        of all at once, for some milliseconds for a hundred. Blocks."""
        cards = stacked_cards(documents)
        counts = counted(shortened(self._hashes), cards)
        words = word_covers(self._weights, counts, cards.lengths)
        if self._vector is None:
            return np.where(words > 0.0, words, -1.0)
        return WORDS * words + _near_meaning(self._vector, documents)

    def best(self) -> list[Ranked]:
        """Best first, equals by id; the best `limit`, or all."""
        return self._best.shown()

    def _highlights(self, document: ReadDocument, similarities: Weights | None) -> list[tuple[int, int]]:
        if not len(document.units.spans):
            return []
        worth = self._words_of_units(document)
        if self._vector is not None and similarities is not None:
            worth = similarities + _WORDS_IN_HIGHLIGHT * worth
        kept: dict[int, int] = {}
        for unit in np.argsort(-worth, kind="stable").tolist():
            # Documents repeat themselves.
            kept.setdefault(int(document.reading.same_as[unit]), unit)
            if len(kept) == _MOST_HIGHLIGHTS:
                break
        units = [unit for unit in kept.values() if worth[unit] >= _WEAKEST_HIGHLIGHT]
        return [(start, end) for start, end in document.units.spans[units].tolist()]

    def _words_of_units(self, document: ReadDocument) -> Weights:
        """float32 (units): the share of the query's words that each holds."""
        shares = self._weights / max(float(self._weights.sum()), 1e-9)
        places, known = document.places_of(self._hashes)
        share_of = np.zeros(len(document.reading.hashes), dtype=np.float64)
        share_of[places[known]] = shares[known]
        terms = document.reading.unit_terms
        return np.bincount(terms.owners(0, len(terms)), share_of[terms.values], minlength=len(terms)).astype(np.float32)


def _meaning(query_vector: Vectors, document: ReadDocument) -> tuple[float, Weights | None]:
    """How near a document's meaning is, and each of its units."""
    if not document.has_windows:
        return 0.0, None
    head = float(document.reading.head @ query_vector)
    mean = float(document.reading.mean @ query_vector)
    similarities: Weights = document.units.at() @ query_vector
    nearest = np.sort(similarities)[-NEAREST_UNITS:]
    units = float(nearest.mean()) if len(nearest) else mean
    return HEAD * head + WHOLE * mean + UNITS * units, similarities


def _near_meaning(query_vector: Vectors, documents: Sequence[ReadDocument]) -> npt.NDArray[np.float64]:
    """float64 (n): as `_meaning`, of many documents."""
    meaning = np.zeros(len(documents))
    places = [place for place, each in enumerate(documents) if each.has_windows]
    if not places:
        return meaning
    told = [documents[place] for place in places]
    heads = np.stack([each.reading.head for each in told]) @ query_vector
    means = np.stack([each.reading.mean for each in told]) @ query_vector
    stacked = StackedUnits.of(told, [None] * len(told))
    units = mean_of_greatest(stacked.cosines(query_vector[None])[:, 0], stacked.starts, NEAREST_UNITS)
    meaning[places] = HEAD * heads + WHOLE * means + UNITS * np.where(np.isnan(units), means, units)
    return meaning


def _score(value: float) -> float:
    return round(100.0 / (1.0 + math.exp(-_STEEPNESS * (value - _MIDDLE))), 1)
