"""Units of many documents in arrays, to compare all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from services.matching.scoring.by_document import greatest
from services.matching.scoring.model import Vectors
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.reading.unit_vectors import Rows
from services.matching.scoring.terms import Weights

Starts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class StackedUnits:
    """Units of n documents: `vectors` float32 (u, dimension), of any length, `norms` (u) their lengths; those of
    document i are `starts[i]` to `starts[i + 1]`."""

    vectors: Vectors
    norms: Weights
    starts: Starts

    @classmethod
    def of(cls, documents: Sequence[ReadDocument], rows: Sequence[Rows | None]) -> StackedUnits:
        """Of each document the units in these rows, or all. One document at least. Blocks."""
        parts = [each.units.directions(chosen) for each, chosen in zip(documents, rows, strict=True)]
        starts = np.cumsum([0, *map(len, parts)], dtype=np.int64)
        vectors = np.concatenate(parts).astype(np.float32, copy=False)
        norms = np.empty(len(vectors), dtype=np.float32)
        # One document after the other, as products of it alone.
        for start, end in pairwise(starts.tolist()):
            np.einsum("ij,ij->i", vectors[start:end], vectors[start:end], out=norms[start:end])
        norms = np.sqrt(norms)
        norms[norms == 0] = 1.0
        return cls(vectors, norms, starts)

    def without(self, documents: npt.NDArray[np.bool_]) -> StackedUnits:
        """The same, where the units of some documents (n) are near to nothing."""
        if not documents.any():
            return self
        vectors = self.vectors.copy()
        vectors[np.repeat(documents, np.diff(self.starts))] = 0.0
        return StackedUnits(vectors, self.norms, self.starts)

    def cosines(self, vectors: Vectors) -> Weights:
        """float32 (u, m): with vectors (m, dimension) of unit length. Those of a document are the same to the last
        digit whatever stands beside it: the library adds up larger matrices in another order."""
        cosines = np.empty((len(self.vectors), len(vectors)), dtype=np.float32)
        for start, end in pairwise(self.starts.tolist()):
            np.matmul(self.vectors[start:end], vectors.T, out=cosines[start:end])
        cosines /= self.norms[:, None]
        return cosines

    def greatest(self, values: Weights) -> Weights:
        """float32 (n, m): of values (u, m) each document's greatest, 0 where it has no units."""
        return greatest(values, self.starts, nothing=0.0).astype(np.float32)


def mean_of_greatest(values: Weights, starts: Starts, most: int) -> npt.NDArray[np.float64]:
    """float64 (n): of values (u) the mean of the greatest `most` from each of `starts` (n + 1) to the next, NaN where
    there are none."""
    means = np.full(len(starts) - 1, np.nan)
    bounds = starts.tolist()
    for document, (start, end) in enumerate(pairwise(bounds)):
        if end > start:
            greatest = np.sort(values[start:end])[-most:]
            means[document] = greatest.sum() / len(greatest)
    return means
