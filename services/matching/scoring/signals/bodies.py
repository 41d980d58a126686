"""How near the whole texts are in meaning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.matching.scoring.by_document import products
from services.matching.scoring.model import Vectors
from services.matching.scoring.reading.read_document import ReadDocument

Values = npt.NDArray[np.float64]

# A cosine of all-MiniLM-L6-v2 between two whole texts hardly passes this.
CLOSE = 0.8
# Of the whole job; the rest of what names it.
WHOLE = 0.7


def body_signals(job: ReadDocument, resumes: Sequence[ReadDocument], belief: Values) -> Values:
    """float64 (n), 0-1: the cosines of whole resumes with the whole job and with what names the job.

    What stands first in a text counts no more than the rest. What a resume claims beside its work brings it nearer only
    as far as such claims are to be believed (`belief`, n: see HeldRoles).
    """
    found = _cosines(job, [each.reading.mean for each in resumes])
    claims = np.array([len(each.reading.worked) > 0 for each in resumes])
    doubted = np.flatnonzero((belief < 1.0) & claims)
    if len(doubted):
        worked = _cosines(job, [resumes[row].reading.worked for row in doubted.tolist()])
        found[doubted] -= (1.0 - belief[doubted]) * np.maximum(found[doubted] - worked, 0.0)
    return shares_of(found)


def _cosines(job: ReadDocument, means: Sequence[Vectors]) -> Values:
    stacked = np.stack(means)
    cosines = WHOLE * products(stacked, job.reading.mean) + (1.0 - WHOLE) * products(stacked, job.title)
    return cosines.astype(np.float64)


def shares_of(cosines: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """float64 (n), 0-1: of cosines (n) of whole documents, how much each is of what close ones have."""
    shares: npt.NDArray[np.float64] = np.clip(cosines / CLOSE, 0.0, 1.0).astype(np.float64)
    return shares
