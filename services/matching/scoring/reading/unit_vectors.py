"""The vectors of a document's units, made of their stored form when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from services.matching.scoring.model import Spans, Vectors

# Places of units among a document's.
Rows = npt.NDArray[np.integer]


class UnitVectors(Protocol):
    """Units with their vectors. `spans` is int32 (n, 2) in code points of the stored text."""

    @property
    def spans(self) -> Spans:
        """Where each unit starts and ends."""
        ...

    @property
    def stored_bytes(self) -> int:
        """How many bytes the vectors take as they lie there."""
        ...

    def at(self, rows: Rows | None = None) -> Vectors:
        """float32 (rows, dimension), each of unit length; of all units where no rows are named."""
        ...

    def directions(self, rows: Rows | None = None) -> npt.NDArray[Any]:
        """(rows, dimension): the same, each of whatever length, and numbers of whatever kind, without a computation."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PackedUnits:
    """As they lie in a row: `numbers` are int8, row-major, `scales` a float32 for each unit, little-endian."""

    numbers: bytes
    scales: bytes
    spans: Spans
    dimension: int

    @classmethod
    def of_row(cls, numbers: bytes, scales: bytes, spans: bytes, dimension: int) -> PackedUnits:
        """The units of a row of a space's table."""
        return cls(numbers, scales, np.frombuffer(spans, dtype="<i4").reshape(-1, 2), dimension)

    @property
    def stored_bytes(self) -> int:
        """See UnitVectors."""
        return len(self.numbers)

    def at(self, rows: Rows | None = None) -> Vectors:
        """See UnitVectors. Computed anew each time."""
        numbers = self.directions()
        scales = np.frombuffer(self.scales, dtype="<f4")
        if rows is not None:
            numbers, scales = numbers[rows], scales[rows]
        vectors = numbers.astype(np.float32) * scales[:, None]
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = (vectors / np.where(norms == 0, 1, norms)).astype(np.float32, copy=False)
        return unit

    def directions(self, rows: Rows | None = None) -> npt.NDArray[np.int8]:
        """See UnitVectors."""
        numbers = np.frombuffer(self.numbers, dtype=np.int8).reshape(-1, self.dimension)
        return numbers if rows is None else numbers[rows]
