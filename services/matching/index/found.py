"""What the ways of finding documents have in common: numbers in, numbers with a value out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

# Document numbers, ascending and distinct.
Numbers = npt.NDArray[np.int64]


class Found(NamedTuple):
    """A document's number, and how near or how heavy it is: the greater, the better."""

    number: int
    value: float
