"""The terms of many cards in arrays, and their exact BM25."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.index.words.impacts import bm25_parts
from services.matching.index.words.weighted_terms import WeightedTerms
from services.matching.scoring.term_hashes import ShortHashes

Integers = npt.NDArray[np.int64]

_NUMBER_BYTES = 4
_TERM_BYTES = 5
# Terms are looked up by their lower bits first: most of a card's are none of the query's.
_TABLE_BITS = 16


@dataclass(frozen=True, slots=True)
class CardBatch:
    """n cards: `numbers`, `versions`, `lengths` and `sizes` (distinct terms) int64 (n); `hashes` uint32 and `counts`
    uint8 of all their terms, card after card."""

    numbers: Integers
    versions: Integers
    lengths: Integers
    sizes: Integers
    hashes: ShortHashes
    counts: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.numbers)

    def cards_of(self, places: Integers) -> Integers:
        """int64: which card each of these places in `hashes` belongs to."""
        return np.searchsorted(np.cumsum(self.sizes), places, side="right")

    def those(self, mask: npt.NDArray[np.bool_]) -> CardBatch:
        """The cards at which `mask` (n) is true."""
        if mask.all():
            return self
        terms = np.repeat(mask, self.sizes)
        return CardBatch(
            self.numbers[mask],
            self.versions[mask],
            self.lengths[mask],
            self.sizes[mask],
            self.hashes[terms],
            self.counts[terms],
        )


def card_batch(rows: Sequence[Any]) -> CardBatch:
    """Rows of (number, version, length, terms)."""
    sizes = [len(row[3]) // _TERM_BYTES for row in rows]
    hashes = b"".join(row[3][: _NUMBER_BYTES * size] for row, size in zip(rows, sizes, strict=True))
    counts = b"".join(row[3][_NUMBER_BYTES * size :] for row, size in zip(rows, sizes, strict=True))
    heads = np.array([(row[0], row[1], row[2]) for row in rows], dtype=np.int64).reshape(-1, 3)
    return CardBatch(
        numbers=heads[:, 0],
        versions=heads[:, 1],
        lengths=heads[:, 2],
        sizes=np.array(sizes, dtype=np.int64),
        hashes=np.frombuffer(hashes, "<u4"),
        counts=np.frombuffer(counts, np.uint8),
    )


def joined(batches: Sequence[CardBatch]) -> CardBatch:
    """One of several; of none, an empty one."""
    if not batches:
        return card_batch([])
    names = ("numbers", "versions", "lengths", "sizes", "hashes", "counts")
    return CardBatch(**{name: np.concatenate([getattr(each, name) for each in batches]) for name in names})


def exact_bm25(cards: CardBatch, terms: WeightedTerms) -> npt.NDArray[np.float32]:
    """float32 (n): each card's BM25."""
    scores = np.zeros(len(cards), dtype=np.float32)
    if not len(cards) or not len(terms):
        return scores
    table = np.zeros(1 << _TABLE_BITS, dtype=bool)
    mask = np.uint32((1 << _TABLE_BITS) - 1)
    table[terms.hashes & mask] = True
    places = np.flatnonzero(table[cards.hashes & mask])
    slots = np.minimum(np.searchsorted(terms.hashes, cards.hashes[places]), len(terms) - 1)
    right = terms.hashes[slots] == cards.hashes[places]
    places, slots = places[right], slots[right]
    of = cards.cards_of(places)
    parts = terms.weights[slots] * bm25_parts(cards.counts[places], cards.lengths[of])
    return np.bincount(of, weights=parts, minlength=len(cards)).astype(np.float32)
