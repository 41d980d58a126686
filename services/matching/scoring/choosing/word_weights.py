"""How telling terms are, by their hashes."""

from __future__ import annotations

from functools import cache

import numpy as np

from services.matching.scoring.term_hashes import ShortHashes, term_hash
from services.matching.scoring.terms import Weights, listed_weights, unknown_idf

# Weights of terms are looked up by so many bits of their hashes: two of the seven thousand seldom share them.
_IDF_BITS = 20


def weights_of(hashes: ShortHashes) -> Weights:
    """float32, of the shape of the hashes: how telling each term is, but for the few that share their lower bits with
    another."""
    weights: Weights = _weights_by_bits()[hashes & np.uint32((1 << _IDF_BITS) - 1)]
    return weights


@cache
def _weights_by_bits() -> Weights:
    table = np.full(1 << _IDF_BITS, unknown_idf(), dtype=np.float32)
    for term, weight in listed_weights().items():
        table[term_hash(term) & ((1 << _IDF_BITS) - 1)] = weight
    return table
