"""What many documents would score, all at once: near enough to choose those few that are scored one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.measured import measure
from services.matching.scoring.weights import scores_of

# Two scores that are shown as one may differ by a tenth before they are rounded; and near ones a little more.
MARGIN = 0.1 + 1e-3


def near_scores(job: ReadDocument, resumes: Sequence[ReadDocument]) -> npt.NDArray[np.float64]:
    """float64 (n): what each of the resumes scores for the job, 0-100, not rounded, but for rounding errors: products
    of larger matrices are added up in another order. The job and all of them have windows. No value from here is ever
    shown. Blocks, for some milliseconds for a hundred."""
    return scores_of(measure(job, resumes).signals) if resumes else np.zeros(0)
