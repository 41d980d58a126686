"""How near the whole texts are in meaning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.matching.scoring.by_document import products
from services.matching.scoring.reading.read_document import ReadDocument

# A cosine of all-MiniLM-L6-v2 between two whole texts hardly passes this.
CLOSE = 0.8
# Of the whole job; the rest of what names it.
WHOLE = 0.7


def body_signals(job: ReadDocument, resumes: Sequence[ReadDocument]) -> npt.NDArray[np.float64]:
    """float64 (n), 0-1: the cosines of whole resumes with the whole job and with what names it.

    What stands first in a text counts no more than the rest.
    """
    means = np.stack([each.reading.mean for each in resumes])
    return shares_of(WHOLE * products(means, job.reading.mean) + (1.0 - WHOLE) * products(means, job.title))


def shares_of(cosines: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """float64 (n), 0-1: of cosines (n) of whole documents, how much each is of what close ones have."""
    shares: npt.NDArray[np.float64] = np.clip(cosines / CLOSE, 0.0, 1.0).astype(np.float64)
    return shares
