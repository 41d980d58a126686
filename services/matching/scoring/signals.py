"""The measurements that a pair's score is made of. docs/decisions/scoring-v1.md says why these."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.matching.scoring.blocks import RowBlocks
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.readings import JobReading, ResumeReading
from services.matching.scoring.terms import Weights, word_cover

# A cosine of all-MiniLM-L6-v2 between two whole texts hardly passes this.
_CLOSE_DOCUMENTS = 0.8
# Between two single units: below the first nothing in common, from the second on the same thing said.
_FAR_UNITS, _CLOSE_UNITS = 0.25, 0.75
_TITLE_IN_HEAD = 0.6
_ROLE_UNITS = 3

# Only stations about the same work count for years asked: this close, and nearly as close as the closest.
_RELATED_TENURE = 0.3
_TENURE_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Signals:
    """`document`, `role`, `requirements`, `words` are each 0-1. Per requirement (m): `strengths` 0-1 by
    meaning and words, `enough_years` 0-1 (1 where none are asked or none can be told), `nearest` the greatest of its
    `similarities` (m, n), which are the cosines of the requirements with the resume's telling units; 0 where n is 0."""

    document: float
    role: float
    requirements: float
    words: float
    strengths: Weights
    enough_years: Weights
    nearest: Weights
    similarities: RowBlocks


def measure(job: JobReading, resume: ResumeReading, document: ScoredDocument) -> Signals:
    """Compares a job with a resume, whose document gives the counts of its terms."""
    counts = np.array([document.term_counts.get(term, 0) for term in job.terms], dtype=np.float32)
    similarities = RowBlocks(
        len(job.vectors), len(resume.vectors), lambda start, end: job.vectors[start:end] @ resume.vectors.T
    )
    nearest, enough = _nearest_and_enough_years(job, resume, similarities)
    meaning = np.clip((nearest - _FAR_UNITS) / (_CLOSE_UNITS - _FAR_UNITS), 0.0, 1.0)
    present = (counts > 0).astype(np.float32)
    words = np.concatenate([shares @ present for shares in job.term_shares.blocks()])
    strengths = (0.5 * meaning + 0.5 * words).astype(np.float32)
    whole = 0.5 * float(job.mean @ resume.mean) + 0.5 * float(job.head @ resume.head)
    return Signals(
        document=_share(whole, _CLOSE_DOCUMENTS),
        role=_share(_role(job, resume), _CLOSE_DOCUMENTS),
        requirements=float(job.weights @ (strengths * enough)),
        words=word_cover(job.term_weights, counts, resume.length),
        strengths=strengths,
        enough_years=enough,
        nearest=nearest,
        similarities=similarities,
    )


def _role(job: JobReading, resume: ResumeReading) -> float:
    """How near the job's title is to what the resume says first, and to its nearest lines."""
    nearest = np.sort(resume.vectors @ job.title)[-_ROLE_UNITS:]
    lines = float(nearest.mean()) if len(nearest) else 0.0
    return _TITLE_IN_HEAD * float(job.title @ resume.head) + (1.0 - _TITLE_IN_HEAD) * lines


def _nearest_and_enough_years(
    job: JobReading, resume: ResumeReading, similarities: RowBlocks
) -> tuple[Weights, Weights]:
    """(m) the greatest similarity of each requirement, and (m) the share of the years it asks for."""
    nearest = np.zeros(len(job.vectors), dtype=np.float32)
    enough = np.ones(len(job.years), dtype=np.float32)
    if not len(resume.vectors):
        return nearest, enough
    tenure_rows = [row for row, _ in resume.tenures]
    start = 0
    for block in similarities.blocks():
        end = start + len(block)
        nearest[start:end] = block.max(axis=1)
        for index in range(start, end if tenure_rows else start):
            asked = job.years[index]
            if asked is not None:
                enough[index] = _share_of_years(asked, resume.tenures, block[index - start, tenure_rows])
        start = end
    return nearest, enough


def _share_of_years(asked: float, tenures: list[tuple[int, float | None]], closeness: Weights) -> float:
    """0-1: how much of the years asked for the stations about the same work lasted; 1 where that cannot be told."""
    nearest = float(closeness.max())
    if nearest < _RELATED_TENURE:
        return 1.0
    lasted = [
        years
        for (_, years), close in zip(tenures, closeness.tolist(), strict=True)
        if close >= nearest - _TENURE_MARGIN
    ]
    closed = [years for years in lasted if years is not None]
    return min(1.0, sum(closed) / asked) if len(closed) == len(lasted) else 1.0


def _share(value: float, full: float) -> float:
    return min(max(value / full, 0.0), 1.0)
