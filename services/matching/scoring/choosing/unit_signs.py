"""Of a document's units only the signs of their vectors: enough to tell nearly how close a query is to each.

48 bytes for a vector of 384 numbers, an eighth of what is compared in full. The cosine of two vectors of which one is
known by its signs: Charikar, Similarity Estimation Techniques from Rounding Algorithms, 2002; here the query is known
whole, and the numbers of a unit are taken to be spread evenly around 0.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.scoring.model import Vectors
from services.matching.scoring.terms import Weights

Signs = npt.NDArray[np.uint8]

# Further units of a very long document are left to the full comparison.
MOST_UNITS = 256
# Units that are looked up at a time, in some megabytes.
_AT_ONCE = 16_384


def packed_signs(vectors: npt.NDArray[Any]) -> bytes:
    """Of the first MOST_UNITS of vectors (u, dimension), of whatever length: a bit for each number, set from 0 on."""
    packed: Signs = np.packbits(vectors[:MOST_UNITS] >= 0, axis=1, bitorder="little")
    return packed.tobytes()


def unpacked_signs(data: bytes, dimension: int) -> Signs:
    """uint8 (u, bytes of each): what `packed_signs` made, of one document or several one behind the other."""
    return np.frombuffer(data, np.uint8).reshape(-1, -(-dimension // 8))


def near_cosines(signs: Signs, query: Vectors) -> Weights:
    """float32 (u): about the cosines of units with a query (dimension) of unit length. Blocks, for some milliseconds
    for ten thousand."""
    width = signs.shape[1]
    padded = np.zeros(8 * width, dtype=np.float32)
    padded[: len(query)] = query
    # What each byte of signs adds, by its place.
    sums = (padded.reshape(width, 8) @ _bits().T).ravel()
    firsts = np.arange(width, dtype=np.int32) * 256
    found = np.empty(len(signs), dtype=np.float32)
    for start in range(0, len(signs), _AT_ONCE):
        some = signs[start : start + _AT_ONCE]
        found[start : start + len(some)] = np.take(sums, some + firsts).sum(axis=1)
    found *= np.float32(math.sqrt(2.0 / (math.pi * len(query))))
    return found


@cache
def _bits() -> Weights:
    """float32 (256, 8): of each byte its bits, lowest first, 1 where set and else -1."""
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
    signs: Weights = bits.astype(np.float32) * np.float32(2.0) - np.float32(1.0)
    return signs
