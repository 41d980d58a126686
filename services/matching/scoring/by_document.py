"""Figures of many documents at once, each document's as if it stood alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def products(rows: npt.NDArray[np.floating], weights: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """float64 (n): of rows (n, k) with weights (k). One row after the other: a product of the whole matrix would add
    up in another order, so that a last digit could depend on the rows beside it."""
    return np.array([float(row @ weights) for row in rows])


def greatest(
    values: npt.NDArray[np.floating], starts: npt.NDArray[np.int64], nothing: float
) -> npt.NDArray[np.float64]:
    """float64 (n) or (n, k): of values (v) or (v, k) the greatest from each of `starts` (n + 1) to the next, `nothing`
    where there are none."""
    found = np.full((len(starts) - 1, *values.shape[1:]), nothing)
    filled = np.flatnonzero(np.diff(starts))
    if len(filled):
        found[filled] = np.maximum.reduceat(values, starts[filled], axis=0)
    return found
