"""The scores of one system over the labelled sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from labelled_sets import Categories, Graded, Sets, Triples
from served import Served, Shown
from stored_documents import Documents
from systems import System

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SetScores:
    """`triples` (n, n): job i against the resume written for job k; `weakened` (n): job i against the weakened twin of
    its own. `graded`: of each job its own resumes. `categories` (jobs, resumes)."""

    triples: Scores
    weakened: Scores
    graded: list[Scores]
    categories: Scores


@dataclass(frozen=True)
class ShownSets:
    """What matching shows of the same pairs. Of the triples only each job's own two are kept with their verdicts."""

    scores: SetScores
    own: list[tuple[Shown, Shown]]
    categories: list[list[Shown]]


def plain_scores(system: System, documents: Documents, sets: Sets) -> SetScores:
    """The scores of a system that only ranks. Blocks."""
    triples, graded, categories = sets.triples, sets.graded, sets.categories
    jobs = [documents.document("job", text) for text in triples.jobs]
    # One pool of both, so that a system's own statistics of a collection are the same for the twins.
    pool = [documents.document("resume", text) for text in (*triples.matched, *triples.weakened)]
    scores = system(jobs, pool)
    own = len(triples.matched)
    return SetScores(
        triples=scores[:, :own],
        weakened=np.diag(scores[:, own:]).copy(),
        graded=[
            system([documents.document("job", job)], [documents.document("resume", text) for text in resumes])[0]
            for job, resumes in zip(graded.jobs, graded.resumes, strict=True)
        ],
        categories=system(
            [documents.document("job", text) for text in categories.jobs],
            [documents.document("resume", text) for text in categories.resumes],
        ),
    )


async def shown_sets(served: Served, sets: Sets) -> ShownSets:
    """What matching shows of the sets, which are stored by it first."""
    await served.write("job", sets.job_texts)
    await served.write("resume", sets.resume_texts)
    triples = await _triples(served, sets.triples)
    graded = await _graded(served, sets.graded)
    categories = await _categories(served, sets.categories)
    scores = SetScores(
        triples=np.array([row for row, _ in triples]),
        weakened=np.array([_value(twins[1]) for _, twins in triples]),
        graded=[_values(shown) for shown in graded],
        categories=np.array([_values(shown) for shown in categories]),
    )
    return ShownSets(scores, [twins for _, twins in triples], categories)


async def _triples(served: Served, triples: Triples) -> list[tuple[Scores, tuple[Shown, Shown]]]:
    async def one(place: int) -> tuple[Scores, tuple[Shown, Shown]]:
        shown = await served.shown(triples.jobs[place], [*triples.matched, triples.weakened[place]])
        return _values(shown[:-1]), (shown[place], shown[-1])

    return [await one(place) for place in range(len(triples.jobs))]


async def _graded(served: Served, graded: Graded) -> list[list[Shown]]:
    return [await served.shown(job, resumes) for job, resumes in zip(graded.jobs, graded.resumes, strict=True)]


async def _categories(served: Served, categories: Categories) -> list[list[Shown]]:
    return [await served.shown(job, categories.resumes) for job in categories.jobs]


def _values(shown: Sequence[Shown]) -> Scores:
    return np.array([_value(each) for each in shown])


def _value(shown: Shown) -> float:
    """A pair that matching refuses to score counts as 0."""
    return shown.score or 0.0
