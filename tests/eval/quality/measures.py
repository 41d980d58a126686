"""Figures of match quality."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]


def top_rate(scores: Scores) -> float:
    """(jobs, resumes): how often job i's own resume i comes first; a tie counts as lost."""
    own = np.diag(scores)
    rivals = scores.copy()
    np.fill_diagonal(rivals, -np.inf)
    return float(np.mean(own > rivals.max(axis=1)))


def above_rate(better: Scores, worse: Scores) -> float:
    """How often the first of two is greater; a tie counts as lost."""
    return float(np.mean(better > worse))


def mean_correlation(scores: list[Scores], grades: list[list[float]]) -> float:
    """Pearson's correlation within each job, averaged; 0 where a job's scores don't differ."""
    found = []
    for row, given in zip(scores, grades, strict=True):
        flat = np.ptp(row) == 0 or np.ptp(given) == 0
        found.append(0.0 if flat else float(np.corrcoef(row, given)[0, 1]))
    return float(np.mean(found))


def pairs_in_order(scores: list[Scores], grades: list[list[float]]) -> float:
    """Of all pairs within a job that were graded differently: the share in the graded order; a tie is half."""
    right, pairs = 0.0, 0
    for row, given in zip(scores, grades, strict=True):
        marks = np.asarray(given)
        better, worse = np.nonzero(marks[:, None] > marks[None, :])
        right += float(np.sum(row[better] > row[worse]) + 0.5 * np.sum(row[better] == row[worse]))
        pairs += len(better)
    return right / pairs


def ndcg(scores: Scores, relevant: list[list[bool]], depth: int = 20) -> float:
    """nDCG at `depth` with gain 1 for the relevant, averaged over the jobs."""
    found = []
    for row, labels in zip(scores, np.asarray(relevant, dtype=float), strict=True):
        first = np.argsort(-row, kind="stable")[:depth]
        discount = 1.0 / np.log2(np.arange(2, len(first) + 2))
        ideal = discount[: int(min(len(first), labels.sum()))].sum()
        found.append(float((labels[first] * discount).sum() / ideal) if ideal else 0.0)
    return float(np.mean(found))
