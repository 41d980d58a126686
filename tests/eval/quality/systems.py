"""Plain ways to rank, to stand beside ours. Each gives a matrix (jobs, resumes), higher for the better match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from services.matching.scoring.calculate import Comparison
from services.matching.scoring.document_vector import head_vector, mean_vector
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.terms import idf

Scores = npt.NDArray[np.float64]
System = Callable[[Sequence[ScoredDocument], Sequence[ScoredDocument]], Scores]

SATURATION, LENGTH_SHARE = 1.2, 0.75


def first_window(jobs: Sequence[ScoredDocument], resumes: Sequence[ScoredDocument]) -> Scores:
    """The cosine of the first windows alone: what a model gives that cuts its input."""
    heads = np.array([head_vector(resume.windows) for resume in resumes])
    return (np.array([head_vector(job.windows) for job in jobs]) @ heads.T).astype(np.float64)


def body_vector(jobs: Sequence[ScoredDocument], resumes: Sequence[ScoredDocument]) -> Scores:
    """The cosine of the means of all windows, weighed by their length."""
    bodies = np.array([mean_vector(resume.windows) for resume in resumes])
    return (np.array([mean_vector(job.windows) for job in jobs]) @ bodies.T).astype(np.float64)


def bm25(jobs: Sequence[ScoredDocument], resumes: Sequence[ScoredDocument]) -> Scores:
    """Okapi BM25 alone, the job's text as the query (Robertson and Zaragoza, 2009)."""
    lengths = np.array([sum(resume.term_counts.values()) for resume in resumes], dtype=float)
    damping = SATURATION * (1.0 - LENGTH_SHARE + LENGTH_SHARE * lengths / max(float(lengths.mean()), 1.0))
    column: dict[str, list[tuple[int, int]]] = {}
    for place, resume in enumerate(resumes):
        for term, count in resume.term_counts.items():
            column.setdefault(term, []).append((place, count))
    return np.array([_bm25_row(job.term_counts, column, damping) for job in jobs])


def _bm25_row(query: Counter[str], column: dict[str, list[tuple[int, int]]], damping: Scores) -> Scores:
    row = np.zeros(len(damping))
    for term in query:
        for place, count in column.get(term, ()):
            row[place] += idf(term) * count * (SATURATION + 1.0) / (count + damping[place])
    return row


def shortlist(jobs: Sequence[ScoredDocument], resumes: Sequence[ScoredDocument]) -> Scores:
    """Matching's own score, without the service around it; a pair that it refuses to score counts as 0."""
    read = [ReadDocument.of(resume) for resume in resumes]
    return np.array([[Comparison(job, each).score or 0.0 for each in read] for job in map(ReadDocument.of, jobs)])


PLAIN: dict[str, System] = {"first 256 tokens": first_window, "body vector": body_vector, "BM25": bm25}
