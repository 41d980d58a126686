"""Who counts as selected: by the median of all scores, a threshold, the best of each job, or what was decided."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.cli.audit.scores import Scored

Way = Literal["above_median", "threshold", "top", "decision"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Who of a sample is selected: `selected` holds one answer for each scored application, in their order.

    `value` is the median or the threshold in points, or how many of each job. Of the best of each job, `tied` counts
    those taken beyond that number since they tie with the last, and `whole_jobs` the jobs with no more applications
    than that, of which all are selected.
    """

    way: Way
    selected: list[bool]
    value: float | None = None
    tied: int = 0
    whole_jobs: int = 0


def median(scored: Sequence[Scored]) -> float:
    """The median score of the whole sample, in points; of an even number the mean of the two in the middle.

    Raises statistics.StatisticsError for an empty sample.
    """
    return statistics.median(each.score for each in scored)


def above_median(scored: Sequence[Scored]) -> Selection:
    """Those with a score above, not at, the median of all: what a scoring rate counts (Rules of the City of New York,
    title 6, § 5-300)."""
    middle = median(scored)
    return Selection("above_median", [each.score > middle for each in scored], middle)


def at_threshold(scored: Sequence[Scored], points: float) -> Selection:
    """Those with at least so many points."""
    return Selection("threshold", [each.score >= points for each in scored], points)


def top_of_each_job(scored: Sequence[Scored], most: int) -> Selection:
    """The best `most` of each job, and all that have the score of the last of them."""
    by_job: dict[str, list[float]] = {}
    for each in scored:
        by_job.setdefault(each.application.job_id, []).append(each.score)
    edges: dict[str, float] = {}
    tied = whole_jobs = 0
    for job_id, scores in by_job.items():
        scores.sort(reverse=True)
        edges[job_id] = scores[min(most, len(scores)) - 1]
        tied += sum(score == edges[job_id] for score in scores[most:])
        whole_jobs += len(scores) <= most
    selected = [each.score >= edges[each.application.job_id] for each in scored]
    return Selection("top", selected, most, tied, whole_jobs)


def by_decision(scored: Sequence[Scored]) -> Selection:
    """Those of whom the file says so."""
    return Selection("decision", [bool(each.application.selected) for each in scored])
