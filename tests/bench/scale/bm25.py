"""BM25 over every card of a tenant, with nothing left out: what the index of words is held against."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from services.matching.index.words.card_batch import CardBatch, card_batch
from services.matching.scoring import terms as scoring_terms
from services.matching.scoring.term_hashes import shortened, term_hashes
from services.matching.scoring.terms import LENGTH_SHARE, SATURATION
from tests.bench.scale.stage import Stage


class ExactWords:
    """An inverted index in memory: of each term the documents that have it, and how often."""

    def __init__(self, cards: CardBatch) -> None:
        self._numbers = cards.numbers
        owners = np.repeat(np.arange(len(cards)), cards.sizes)
        order = np.argsort(cards.hashes, kind="stable")
        self._hashes, self._owners = cards.hashes[order], owners[order].astype(np.int32)
        self._counts = cards.counts[order].astype(np.float32)
        lengths = cards.lengths.astype(np.float32)
        share = 1.0 - LENGTH_SHARE + LENGTH_SHARE * lengths / _mean_length()
        self._saturation = (SATURATION * share).astype(np.float32)

    def scores(self, weights: Mapping[str, float]) -> npt.NDArray[np.float32]:
        """Of each document, in the order of `numbers`."""
        found = np.zeros(len(self._numbers), dtype=np.float32)
        # Two terms of one short hash are one to the index, too.
        for hashed, weight in zip(shortened(term_hashes(list(weights))).tolist(), weights.values(), strict=True):
            # Of the array's own kind: anything else would have the whole array converted.
            asked = self._hashes.dtype.type(hashed)
            first, end = (int(np.searchsorted(self._hashes, asked, side)) for side in ("left", "right"))
            owners, counts = self._owners[first:end], self._counts[first:end]
            found[owners] += weight * counts * (SATURATION + 1.0) / (counts + self._saturation[owners])
        return found

    def of(self, scores: npt.NDArray[np.float32], numbers: list[int]) -> npt.NDArray[np.float32]:
        """What of `scores` is of these documents."""
        return scores[np.searchsorted(self._numbers, np.array(numbers, dtype=np.int64))]


def _mean_length() -> float:
    known = getattr(scoring_terms, "mean_length", None)
    return float(known()) if known is not None else scoring_terms._statistics().mean_length


async def exact_words(stage: Stage, tenant: str) -> ExactWords:
    """Over all of a tenant's resumes. Takes about 2 KB of memory for each."""
    async with stage.database.reading(tenant) as connection:
        rows = await connection.fetch(
            "SELECT number, version, length, terms FROM matching.cards "
            "WHERE tenant = $1 AND kind = 'resume' ORDER BY number",
            tenant,
        )
    return ExactWords(card_batch(rows))
