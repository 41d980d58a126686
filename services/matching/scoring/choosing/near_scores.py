"""What many documents would score, all at once: near enough to choose those few that are scored one by one.

The same measurements as in `signals`, over stacked arrays: products of larger matrices are added up in
another order, so that the last digits differ. No value from here is ever shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.matching.scoring.blocks import BLOCK_BYTES
from services.matching.scoring.calculate import MIDDLE, STEEPNESS, WEIGHTS
from services.matching.scoring.choosing.card_table import counted, cover
from services.matching.scoring.choosing.stacked import StackedUnits, mean_of_greatest, stacked_cards
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals import (
    ROLE_UNITS,
    TITLE_IN_HEAD,
    meaning_of,
    share_of_years,
    shares_of,
)
from services.matching.scoring.term_hashes import shortened
from services.matching.scoring.terms import Weights

Values = npt.NDArray[np.float64]

# Two scores that are shown as one may differ by a tenth before they are rounded; and near ones a little more.
MARGIN = 0.1 + 1e-3


def near_scores(job: ReadDocument, resumes: Sequence[ReadDocument]) -> Values:
    """float64 (n): about what each of the resumes scores for the job, 0-100, not rounded. The job and all of them have
    windows. Blocks, for some milliseconds for a hundred."""
    if not resumes:
        return np.zeros(0)
    cards = stacked_cards(resumes)
    counts = counted(shortened(job.term_hashes), cards)
    units = StackedUnits.of(resumes, [each.resume.telling for each in resumes])
    signals: dict[str, npt.NDArray[np.floating]] = {
        "words": cover(job.job.term_weights, counts, cards.lengths),
        "requirements": _requirements(job, resumes, units, counts),
        "role": shares_of(_roles(job, resumes, units)),
        "document": shares_of(_whole(job, resumes)),
    }
    total = sum(weight * signals[name].astype(np.float64) for name, weight in WEIGHTS.items())
    scores: Values = 100.0 / (1.0 + np.exp(-STEEPNESS * (total - MIDDLE)))
    return scores


def _whole(job: ReadDocument, resumes: Sequence[ReadDocument]) -> Values:
    means = np.stack([each.reading.mean for each in resumes]) @ job.reading.mean
    heads = np.stack([each.reading.head for each in resumes]) @ job.reading.head
    whole: Values = 0.5 * (means + heads)
    return whole


def _roles(job: ReadDocument, resumes: Sequence[ReadDocument], units: StackedUnits) -> Values:
    lines = np.nan_to_num(mean_of_greatest(units.cosines(job.title[None])[:, 0], units.starts, ROLE_UNITS))
    heads = np.stack([each.reading.head for each in resumes]) @ job.title
    roles: Values = TITLE_IN_HEAD * heads + (1.0 - TITLE_IN_HEAD) * lines
    return roles


def _requirements(job: ReadDocument, resumes: Sequence[ReadDocument], units: StackedUnits, counts: Weights) -> Weights:
    """float32 (n): the share of the requirements that each answers. Some requirements at a time, so that a job of
    thousands takes no more memory than another."""
    asked, weights = job.requirement_vectors, job.requirement_weights
    present = (counts > 0).astype(np.float32)
    words = np.concatenate([present @ shares.T for shares in job.term_shares.blocks()], axis=1)
    answered = np.zeros(len(resumes), dtype=np.float32)
    at_once = max(1, BLOCK_BYTES // (4 * max(1, len(units.vectors))))
    for start in range(0, len(asked), at_once):
        some = slice(start, start + at_once)
        cosines = units.cosines(asked[some])
        strengths = 0.5 * meaning_of(units.greatest(cosines)) + 0.5 * words[:, some]
        answered += (strengths * _enough_years(job, resumes, units, cosines, start)) @ weights[some]
    return answered


def _enough_years(
    job: ReadDocument, resumes: Sequence[ReadDocument], units: StackedUnits, cosines: Weights, start: int
) -> Weights:
    """float32 (n, m): of the requirements from `start` on, whose cosines with all units these are."""
    enough = np.ones((len(resumes), cosines.shape[1]), dtype=np.float32)
    asking = np.flatnonzero(job.job.years[start : start + cosines.shape[1]])
    if not len(asking):
        return enough
    for row, resume in enumerate(resumes):
        rows = resume.resume.tenure_rows
        if not len(rows):
            continue
        closeness = cosines[int(units.starts[row]) + rows.astype(np.int64)]
        for column in asking.tolist():
            years = float(job.job.years[start + column])
            enough[row, column] = share_of_years(years, resume.resume.tenure_years, closeness[:, column])
    return enough
