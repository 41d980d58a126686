"""Vectors that lie as real ones do: mixes of some centres with noise. Of near-duplicates no index has a good recall."""

from __future__ import annotations

import numpy as np

from services.matching.scoring.model import Vectors

CENTRES = 200


class MixedVectors:
    """Makes vectors around the same centres; the same for the same seed."""

    def __init__(self, dimension: int, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        centres = self._random.standard_normal((CENTRES, dimension)).astype(np.float32)
        self._centres = centres / np.linalg.norm(centres, axis=1, keepdims=True)

    def make(self, count: int) -> Vectors:
        """float32 (count, dimension), of length 1; neighbouring rows are alike, since they share their first centre."""
        first = np.arange(count) * CENTRES // max(1, count)
        others = self._random.integers(0, CENTRES, (count, 2))
        weights = self._random.dirichlet([2.0, 1.0, 1.0], count).astype(np.float32)
        picked = np.column_stack([first, others])
        noise = self._random.standard_normal((count, self._centres.shape[1])).astype(np.float32)
        mixed = np.einsum("nk,nkd->nd", weights, self._centres[picked]) + 0.3 * noise / np.sqrt(noise.shape[1])
        return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)
