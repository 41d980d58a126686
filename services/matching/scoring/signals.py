"""The measurements that a pair's score is made of. docs/decisions/scoring-v1.md says why these."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.blocks import RowBlocks
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.reading.readings import JobReading, Reading, ResumeReading
from services.matching.scoring.terms import Weights, word_cover

# A cosine of all-MiniLM-L6-v2 between two whole texts hardly passes this.
CLOSE_DOCUMENTS = 0.8
# Between two single units: below the first nothing in common, from the second on the same thing said.
_FAR_UNITS, _CLOSE_UNITS = 0.25, 0.75
TITLE_IN_HEAD = 0.6
ROLE_UNITS = 3

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


def measure(job: ReadDocument, resume: ReadDocument) -> Signals:
    """Compares a job with a resume, both of one window at least."""
    counts = resume.counts_of(job.term_hashes)
    asked, lines = job.requirement_vectors, resume.telling_vectors
    similarities = RowBlocks(len(asked), len(lines), lambda start, end: asked[start:end] @ lines.T)
    nearest, enough = _nearest_and_enough_years(job.job, resume.resume, similarities)
    meaning = meaning_of(nearest)
    present = (counts > 0).astype(np.float32)
    words = np.concatenate([shares @ present for shares in job.term_shares.blocks()])
    strengths = (0.5 * meaning + 0.5 * words).astype(np.float32)
    return Signals(
        document=_share(whole(job.reading, resume.reading), CLOSE_DOCUMENTS),
        role=_share(_role(job, resume), CLOSE_DOCUMENTS),
        requirements=float(job.requirement_weights @ (strengths * enough)),
        words=word_cover(job.job.term_weights, counts, resume.reading.length),
        strengths=strengths,
        enough_years=enough,
        nearest=nearest,
        similarities=similarities,
    )


def meaning_of(cosines: Weights) -> Weights:
    """What the greatest cosine with any unit says of a requirement, each 0-1."""
    meaning: Weights = np.clip((cosines - _FAR_UNITS) / (_CLOSE_UNITS - _FAR_UNITS), 0.0, 1.0)
    return meaning


def shares_of(cosines: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """float64 (n), 0-1: of cosines (n) of whole documents, how much each is of what close ones have."""
    shares: npt.NDArray[np.float64] = np.clip(cosines / CLOSE_DOCUMENTS, 0.0, 1.0).astype(np.float64)
    return shares


def whole(job: Reading, resume: Reading) -> float:
    """The cosine of two whole documents, of their heads and of their bodies in equal parts."""
    return 0.5 * float(job.mean @ resume.mean) + 0.5 * float(job.head @ resume.head)


def _role(job: ReadDocument, resume: ReadDocument) -> float:
    """How near the job's title is to what the resume says first, and to its nearest lines."""
    nearest = np.sort(resume.telling_vectors @ job.title)[-ROLE_UNITS:]
    lines = float(nearest.mean()) if len(nearest) else 0.0
    return TITLE_IN_HEAD * float(job.title @ resume.reading.head) + (1.0 - TITLE_IN_HEAD) * lines


def _nearest_and_enough_years(
    job: JobReading, resume: ResumeReading, similarities: RowBlocks
) -> tuple[Weights, Weights]:
    """(m) the greatest similarity of each requirement, and (m) the share of the years it asks for."""
    nearest = np.zeros(len(job), dtype=np.float32)
    enough = np.ones(len(job), dtype=np.float32)
    if not len(resume.telling):
        return nearest, enough
    asking = np.flatnonzero(job.years) if len(resume.tenure_rows) else np.zeros(0, dtype=np.intp)
    start = 0
    for block in similarities.blocks():
        end = start + len(block)
        nearest[start:end] = block.max(axis=1)
        for index in asking[(asking >= start) & (asking < end)].tolist():
            closeness = block[index - start, resume.tenure_rows]
            enough[index] = share_of_years(float(job.years[index]), resume.tenure_years, closeness)
        start = end
    return nearest, enough


def share_of_years(asked: float, years: npt.NDArray[np.float64], closeness: Weights) -> float:
    """0-1: how much of the years asked for the stations about the same work lasted, of stations that lasted so many
    `years` each and are this close to the requirement; 1 where that cannot be told."""
    nearest = float(closeness.max())
    if nearest < _RELATED_TENURE:
        return 1.0
    lasted = [
        each
        for each, close in zip(years.tolist(), closeness.tolist(), strict=True)
        if close >= nearest - _TENURE_MARGIN
    ]
    return 1.0 if any(map(math.isnan, lasted)) else min(1.0, sum(lasted) / asked)


def _share(value: float, full: float) -> float:
    return min(max(value / full, 0.0), 1.0)
