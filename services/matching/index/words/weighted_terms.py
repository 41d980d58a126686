"""The terms that documents are looked for by, each with its weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.term_hashes import ShortHashes, shortened, term_hashes


@dataclass(frozen=True, slots=True)
class WeightedTerms:
    """A query's terms: `hashes` uint32 (t), ascending and distinct, with their `weights` float32 (t)."""

    hashes: ShortHashes
    weights: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.hashes)

    def heaviest(self, most: int) -> WeightedTerms:
        """The heaviest `most` of them."""
        if len(self) <= most:
            return self
        kept = np.sort(np.argsort(-self.weights, kind="stable")[:most])
        return WeightedTerms(self.hashes[kept], self.weights[kept])


def weighted_terms(terms: Mapping[str, float]) -> WeightedTerms:
    """Terms that count for nothing are left out; of two with the same hash the heavier stays."""
    weights = np.fromiter(terms.values(), dtype=np.float32, count=len(terms))
    return weighted_hashes(shortened(term_hashes(terms)), weights)


def weighted_hashes(hashes: ShortHashes, weights: npt.NDArray[np.float32]) -> WeightedTerms:
    """The same of terms by their hashes."""
    counting = weights > 0.0
    hashes, weights = hashes[counting], weights[counting]
    order = np.lexsort((-weights, hashes))
    hashes, weights = hashes[order], weights[order]
    first = np.ones(len(hashes), dtype=bool)
    first[1:] = hashes[1:] != hashes[:-1]
    return WeightedTerms(hashes[first], weights[first])
