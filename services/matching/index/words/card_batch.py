"""The terms of many cards in arrays, and their exact BM25."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.index.cards import joined_cards_sql, joined_numbers, joined_terms
from services.matching.index.words.impacts import bm25_parts
from services.matching.index.words.weighted_terms import WeightedTerms
from services.matching.scoring.term_hashes import ShortHashes

Integers = npt.NDArray[np.int64]

_NUMBER_BYTES = 4
_TERM_BYTES = 5
# Terms are looked up by their lower bits first: most of a card's are none of the query's.
_TABLE_SIZE = 1 << 16
# What a statement selects of cards `c` for `aggregated_cards`.
AGGREGATED = f"{joined_cards_sql('c')}, string_agg(int8send(c.version), ''::bytea) AS versions"


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


def aggregated_cards(row: Any) -> CardBatch:
    """The row of a statement that selects `AGGREGATED`."""
    sizes, hashes, counts = joined_terms(row)
    return CardBatch(
        numbers=joined_numbers(row["numbers"]),
        versions=joined_numbers(row["versions"]),
        lengths=joined_numbers(row["lengths"], ">i4"),
        sizes=sizes,
        hashes=hashes,
        counts=counts,
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
    places, slots = _standing(cards.hashes, terms.hashes)
    of = np.repeat(np.arange(len(cards), dtype=np.int32), cards.sizes)[places]
    parts = terms.weights[slots] * bm25_parts(cards.counts[places], cards.lengths[of])
    return np.bincount(of, weights=parts, minlength=len(cards)).astype(np.float32)


def _standing(hashes: ShortHashes, wanted: ShortHashes) -> tuple[Integers, Integers]:
    """The places in `hashes` of those that are wanted, and which of the wanted each is."""
    places, slots = [], []
    lower, rows = _lower(hashes), _lower(wanted)
    left = np.arange(len(wanted))
    while len(left):
        slot_of = np.zeros(_TABLE_SIZE, dtype=np.int64)
        slot_of[rows[left]] = left
        is_wanted = np.zeros(_TABLE_SIZE, dtype=bool)
        is_wanted[rows[left]] = True
        # The small table first: most are not wanted.
        at = np.flatnonzero(is_wanted.take(lower))
        slot = slot_of.take(lower[at])
        right = wanted[slot] == hashes[at]
        places.append(at[right])
        slots.append(slot[right])
        # Of several with the same lower bits one stands in the table.
        left = left[slot_of[rows[left]] != left]
    return np.concatenate(places), np.concatenate(slots)


def _lower(hashes: ShortHashes) -> Integers:
    return (hashes & np.uint32(_TABLE_SIZE - 1)).astype(np.int64)
