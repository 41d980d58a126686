"""The figures of a system over the labelled sets, with intervals, and the goals for ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        NDCG: mean_figure([ndcg(row, labels) for row, labels in zip(scores.categories, relevant, strict=True)]),
        CATEGORIES_AUC: _pooled(list(scores.categories), list(relevant)),
    }


def over_best(ours: SetScores, others: Mapping[str, SetScores], sets: Sets) -> dict[str, tuple[str, Figure]]:
    """Ours less the best other system's, job by job: of which system, and the difference with its interval."""
    relevant = np.array(sets.categories.relevant)
    of_graded = {name: _correlations(each.graded, sets.graded) for name, each in others.items()}
    of_categories = {
        name: [ndcg(row, labels) for row, labels in zip(each.categories, relevant, strict=True)]
        for name, each in others.items()
    }
    own = {
        GRADED: (_correlations(ours.graded, sets.graded), of_graded),
        NDCG: (
            [ndcg(row, labels) for row, labels in zip(ours.categories, relevant, strict=True)],
            of_categories,
        ),
    }
    found = {}
    for measure, (values, by_system) in own.items():
        best = max(by_system, key=lambda name: float(np.mean(by_system[name])))
        found[measure] = (best, mean_figure(np.array(values) - np.array(by_system[best])))
    return found


def _correlations(scores: Sequence[Scores], graded: Graded) -> list[float]:
    return [rank_correlation(row, grades) for row, grades in zip(scores, graded.grades, strict=True)]


def _pooled(scores: Sequence[Scores], labels: Sequence[np.ndarray]) -> Figure:
    """AUC over the pairs of all jobs together: an absolute score must hold across jobs."""

    def figure(chosen: np.ndarray) -> float:
        return auc(np.concatenate([scores[job] for job in chosen]), np.concatenate([labels[job] for job in chosen]))

    return drawn_figure(len(scores), figure, draws=500)
