"""What an absolute score must hold: it is calibrated, and the length of a resume tells nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from figures import GOOD_GRADE
from intervals import Figure, mean_figure
from labelled_sets import Categories, Graded
from measures import brier_skill, rank_correlation
from scored_sets import Scores
from sklearn.linear_model import LogisticRegression

BAND_PAIRS = 30
LENGTH = "score against a resume's length, within an occupation"


@dataclass(frozen=True)
class Calibration:
    """`skill`: Brier skill of the probabilities over the base rate. `bands`: (mean probability, share that is relevant,
    pairs) of at least BAND_PAIRS each."""

    skill: float
    bands: list[tuple[float, float, int]]

    @property
    def is_monotone(self) -> bool:
        """Whether the shares rise from band to band."""
        shares = [share for _, share, _ in self.bands]
        return all(left <= right for left, right in pairwise(shares))


def calibration(graded: Graded, scores: Sequence[Scores]) -> Calibration:
    """How well scores tell the chance that a recruiter grades a pair GOOD_GRADE or more.

    A logistic curve over the score is fitted on all jobs but one, and tells the pairs of that one.
    """
    values = np.concatenate(scores) / 100.0
    relevant = np.concatenate([np.array(grades) >= GOOD_GRADE for grades in graded.grades])
    jobs = np.repeat(np.arange(len(scores)), [len(each) for each in scores])
    chances = np.empty(len(values))
    for job in np.unique(jobs):
        own = jobs == job
        curve = LogisticRegression().fit(values[~own, None], relevant[~own])
        chances[own] = curve.predict_proba(values[own, None])[:, 1]
    order = np.argsort(chances, kind="stable")
    bands = [
        (float(chances[part].mean()), float(relevant[part].mean()), len(part))
        for part in np.array_split(order, len(order) // BAND_PAIRS)
    ]
    return Calibration(brier_skill(chances, relevant, jobs), bands)


def length_correlation(categories: Categories, scores: Scores) -> Figure:
    """Spearman's correlation of score and characters among a job's relevant resumes; one number a job."""
    lengths = np.array([len(text) for text in categories.resumes], dtype=float)
    relevant = np.array(categories.relevant)
    return mean_figure(
        [rank_correlation(row[labels], lengths[labels]) for row, labels in zip(scores, relevant, strict=True)]
    )
