"""How sure a figure is: intervals from drawing its jobs anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS = 2_000
LEVEL = 0.95


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval (percentile bootstrap over jobs: Efron, 1979); `n`: how many jobs or pairs."""

    value: float
    low: float
    high: float
    n: int


def mean_figure(values: Sequence[float] | npt.NDArray[np.float64]) -> Figure:
    """The mean of one number a job."""
    told = np.asarray(values, dtype=float)
    return drawn_figure(len(told), lambda chosen: float(told[chosen].mean()))


def drawn_figure(n: int, figure: Callable[[npt.NDArray[np.intp]], float], draws: int = DRAWS) -> Figure:
    """Any figure of the jobs that it is given by their places, with repetitions."""
    if not n:
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    random = np.random.default_rng(0)
    found = [figure(random.integers(0, n, n)) for _ in range(draws)]
    half = (1.0 - LEVEL) / 2
    low, high = np.nanquantile(found, [half, 1.0 - half])
    return Figure(figure(np.arange(n)), float(low), float(high), n)
