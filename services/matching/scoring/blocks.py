"""Large matrices a block of rows at a time, so that a pair of the longest documents takes no more than a small one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from services.matching.scoring.model import Vectors

# A matrix of up to this many bytes is computed whole; a larger one in blocks of that size.
BLOCK_BYTES = 16 * 1024 * 1024
# Blocks begin at multiples of this, so that the library multiplies each row as it would within the whole matrix.
ROWS_TOGETHER = 64


class RowBlocks:
    """A float32 matrix (rows, columns) of which one block is in memory at a time. `compute(start, end)` gives rows."""

    def __init__(self, rows: int, columns: int, compute: Callable[[int, int], Vectors]) -> None:
        self._rows = rows
        self._compute = compute
        fitting = BLOCK_BYTES // max(4 * columns, 1)
        self._size = rows if rows <= fitting else max(fitting // ROWS_TOGETHER * ROWS_TOGETHER, ROWS_TOGETHER)
        self._held: tuple[int, Vectors] | None = None

    def blocks(self) -> Iterator[Vectors]:
        """All rows in order; one block, which may be empty, at least."""
        for start in range(0, max(self._rows, 1), max(self._size, 1)):
            yield self._block(start)

    def row(self, index: int) -> Vectors:
        """One row (columns). Cheap where rows are asked for in order."""
        start = index // self._size * self._size
        row: Vectors = self._block(start)[index - start]
        return row

    def _block(self, start: int) -> Vectors:
        if self._held is None or self._held[0] != start:
            self._held = None  # freed before the next one is made
            self._held = (start, self._compute(start, min(start + self._size, self._rows)))
        return self._held[1]
