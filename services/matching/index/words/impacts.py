"""BM25's part of a term in a document: how much its count weighs in a text of that length."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from services.matching.scoring.terms import LENGTH_SHARE, SATURATION, mean_length

Impacts = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

# BM25 of a term that stands in a text without end, for a weight of 1.
GREATEST = SATURATION + 1.0
# Stored impacts are shares of the greatest, in steps of 1 / FULL.
FULL = 255


def bm25_parts(counts: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int64]) -> Floats:
    """float32 (n), 0 to GREATEST: of n counts, each in a text of so many terms (Robertson and Zaragoza, 2009)."""
    saturation = SATURATION * (1.0 - LENGTH_SHARE + LENGTH_SHARE * lengths / mean_length())
    return (counts * GREATEST / (counts + saturation)).astype(np.float32)


def impacts(counts: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int64]) -> Impacts:
    """uint8 (n): the same as shares of the greatest, 1 at least."""
    shares = bm25_parts(counts, lengths) * np.float32(FULL / GREATEST)
    found: Impacts = np.maximum(np.rint(shares), 1).astype(np.uint8)
    return found
