"""Cards of many documents as arrays, and the words in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.model import Vectors
from services.matching.scoring.term_hashes import ShortHashes, shortened, term_hashes
from services.matching.scoring.terms import LENGTH_SHARE, SATURATION, Weights, mean_length


@dataclass(frozen=True, slots=True)
class Cards:
    """n cards. The terms of card i are `hashes[offsets[i]:offsets[i + 1]]`, ascending, each with its count;
    `lengths` (n) count all terms; `heads` and `means` are float32 (n, dimension), None where there is no vector."""

    offsets: npt.NDArray[np.int64]
    hashes: ShortHashes
    counts: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.int32]
    heads: Vectors | None
    means: Vectors | None

    def __len__(self) -> int:
        return len(self.lengths)


def counted(terms: Sequence[str], cards: Cards) -> Weights:
    """float32 (n, t): how often each card holds each term."""
    counts = np.zeros((len(cards), len(terms)), dtype=np.float32)
    if not terms or not len(cards.hashes):
        return counts
    asked = shortened(term_hashes(terms))
    order = np.argsort(asked)
    places = np.minimum(np.searchsorted(asked[order], cards.hashes), len(terms) - 1)
    held = asked[order][places] == cards.hashes
    rows = np.repeat(np.arange(len(cards)), np.diff(cards.offsets))
    counts[rows[held], order[places[held]]] = cards.counts[held]
    return counts


def cover(weights: Weights, counts: Weights, lengths: npt.NDArray[np.int32]) -> Weights:
    """float32 (n): as `terms.word_cover`, of each card."""
    total = float(weights.sum())
    if total == 0.0:
        return np.zeros(len(lengths), dtype=np.float32)
    saturation = SATURATION * (1.0 - LENGTH_SHARE + LENGTH_SHARE * lengths / mean_length())
    held = (counts * (SATURATION + 1.0) / (counts + saturation[:, None])) @ weights
    return (held / (total * (SATURATION + 1.0))).astype(np.float32)
