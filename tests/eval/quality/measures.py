"""Figures of match quality. Each takes what one job (or one pair) gives and returns one number for it, so that figures
can be averaged and their intervals be told by drawing jobs anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata, spearmanr

Scores = npt.NDArray[np.float64]
Labels = npt.NDArray[np.bool_]


def reciprocal_rank(scores: Scores, own: int) -> float:
    """1 / the rank of entry `own` among `scores` (n); a tie counts as lost."""
    return 1.0 / float(np.count_nonzero(scores >= scores[own]))


def rank_correlation(scores: Sequence[float] | Scores, grades: Sequence[float] | Scores) -> float:
    """Spearman's correlation; 0 where either does not differ."""
    if np.ptp(scores) == 0 or np.ptp(grades) == 0:
        return 0.0
    return float(spearmanr(scores, grades).statistic)


def ndcg(scores: Scores, relevant: Labels, depth: int = 20) -> float:
    """nDCG at `depth` with gain 1 for the relevant (Järvelin and Kekäläinen, 2002); 0 where none is."""
    first = np.argsort(-scores, kind="stable")[:depth]
    discount = 1.0 / np.log2(np.arange(2, len(first) + 2))
    ideal = discount[: int(min(len(first), relevant.sum()))].sum()
    return float((relevant[first] * discount).sum() / ideal) if ideal else 0.0


def auc(scores: Scores, relevant: Labels) -> float:
    """The share of (relevant, other) pairs in which the relevant one scores higher, a tie half (Mann and Whitney,
    1947). NaN where all or none are relevant."""
    positives = int(relevant.sum())
    negatives = len(relevant) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[relevant].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def balanced_accuracy(predicted: Labels, true: Labels) -> float:
    """The mean of the shares of true ones and of false ones that are told right. NaN where either is missing."""
    if true.all() or not true.any():
        return float("nan")
    return float((predicted[true].mean() + (~predicted[~true]).mean()) / 2)


def brier_skill(probabilities: Scores, relevant: Labels, groups: npt.NDArray[np.integer]) -> float:
    """1 - Brier score / that of the base rate of all other groups (Brier, 1950); above 0 the probabilities tell more
    than the rate. `groups` (n): whose base rate an entry's own must not be part of."""
    rates = np.array([relevant[groups != group].mean() for group in groups])
    return float(1.0 - np.mean((probabilities - relevant) ** 2) / np.mean((rates - relevant) ** 2))
