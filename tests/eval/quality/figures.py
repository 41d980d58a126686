"""The figures of a system over the labelled sets, with intervals, and the goals for ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from intervals import Figure, drawn_figure, mean_figure
from labelled_sets import Graded, Sets
from measures import auc, ndcg, rank_correlation, reciprocal_rank
from scored_sets import Scores, SetScores

GOOD_GRADE = 5.0

FIRST = "triples: own resume first of 500 (MRR)"
ABOVE_TWIN = "triples: above its weakened twin"
GRADED = "graded: Spearman within a job"
GRADED_AUC = "graded: pooled AUC, grade 5 and more"
NDCG = "categories: nDCG@20"
CATEGORIES_AUC = "categories: pooled AUC"


def set_figures(scores: SetScores, sets: Sets) -> dict[str, Figure]:
    """One system's figures."""
    relevant = np.array(sets.categories.relevant)
    own = np.diag(scores.triples)
    return {
        FIRST: mean_figure([reciprocal_rank(row, place) for place, row in enumerate(scores.triples)]),
        # A tie counts as lost.
        ABOVE_TWIN: mean_figure((own > scores.weakened).astype(float)),
        GRADED: mean_figure(_correlations(scores.graded, sets.graded)),
        GRADED_AUC: _pooled(scores.graded, [np.array(grades) >= GOOD_GRADE for grades in sets.graded.grades]),
        NDCG: mean_figure(_ndcgs(scores.categories, relevant)),
        CATEGORIES_AUC: _pooled(list(scores.categories), list(relevant)),
    }


def over_best(ours: SetScores, others: Mapping[str, SetScores], sets: Sets) -> dict[str, tuple[str, Figure]]:
    """Ours less the best other system's, job by job: of which system, and the difference with its interval."""
    relevant = np.array(sets.categories.relevant)
    by_job: dict[str, Callable[[SetScores], list[float]]] = {
        GRADED: lambda scores: _correlations(scores.graded, sets.graded),
        NDCG: lambda scores: _ndcgs(scores.categories, relevant),
    }
    found = {}
    for measure, told in by_job.items():
        values = {name: np.array(told(each)) for name, each in others.items()}
        best = max(values, key=lambda name: float(values[name].mean()))
        found[measure] = (best, mean_figure(np.array(told(ours)) - values[best]))
    return found


def _ndcgs(scores: Scores, relevant: np.ndarray) -> list[float]:
    return [ndcg(row, labels) for row, labels in zip(scores, relevant, strict=True)]


def _correlations(scores: Sequence[Scores], graded: Graded) -> list[float]:
    return [rank_correlation(row, grades) for row, grades in zip(scores, graded.grades, strict=True)]


def _pooled(scores: Sequence[Scores], labels: Sequence[np.ndarray]) -> Figure:
    """AUC over the pairs of all jobs together: an absolute score must hold across jobs."""

    def figure(chosen: np.ndarray) -> float:
        return auc(np.concatenate([scores[job] for job in chosen]), np.concatenate([labels[job] for job in chosen]))

    return drawn_figure(len(scores), figure, draws=500)
