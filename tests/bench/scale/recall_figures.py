"""Whether the best are found: by words against exact BM25, and the shown list against everything scored fully."""

from __future__ import annotations

import statistics
import time

import numpy as np

from services.matching.index.words.weighted_terms import weighted_terms
from services.matching.scoring.terms import idf, terms_of
from tests.bench.scale.answering import matches, search
from tests.bench.scale.bm25 import exact_words
from tests.bench.scale.full_scores import FullScores
from tests.bench.scale.stage import BIG, Stage
from tests.bench.scale.table import NotBuilt, Row, milliseconds, not_built
from tests.bench.scale.upkeep import part, upkeep

LEXICAL = 100
WORD_QUERIES = 200
WORD_JOBS = 50
SHOWN = 10
SHOWN_SIZE = 5_000
SHOWN_TENANT = "shown"
SHOWN_QUERIES = 100
SHOWN_JOBS = 50
# A score is shown with one decimal; of equal ones either may stand there.
_EQUAL = 1e-6


async def lexical_rows(stage: Stage) -> list[Row]:
    """The index of words against BM25 over every card, for queries and for whole jobs."""
    size = len(await stage.numbers(BIG))
    try:
        index = part("index.words.packed_word_index", "PackedWordIndex")()
    except NotBuilt as why:
        return [not_built("lexical recall@100 against exact BM25", why, 0.97, "share", at_least=True)]
    exact = await exact_words(stage, BIG)
    every = len(stage.sources.jobs)
    jobs = [stage.sources.jobs[place].text for place in range(0, every, max(1, every // WORD_JOBS))]
    rows = []
    for name, texts in (("queries", stage.queries.texts[:WORD_QUERIES]), ("whole jobs", jobs)):
        recalls, taken = [], []
        for text in texts:
            weights = {term: idf(term) for term in terms_of(text)}
            scores = exact.scores(weights)
            possible = min(LEXICAL, int((scores > 0).sum()))
            if not possible:
                continue
            last = np.partition(scores, len(scores) - possible)[len(scores) - possible]
            async with stage.database.reading(BIG) as connection:
                started = time.perf_counter()
                found = await index.best(connection, BIG, "resume", weighted_terms(weights), LEXICAL)
                taken.append(time.perf_counter() - started)
            held = exact.of(scores, [each.number for each in found])
            # Of those with the very score of the last one, any will do.
            recalls.append(min(1.0, int((held >= last - 1e-3).sum()) / possible))
        more = {"lowest": min(recalls)}
        title = f"lexical recall@{LEXICAL} against exact BM25, {name}"
        rows.append(Row(title, statistics.mean(recalls), "share", 0.97, True, len(recalls), size, more=more))
        rows.append(milliseconds(f"(found by words, {name})", taken, None, size))
    return rows


async def shown_rows(stage: Stage) -> list[Row]:
    """What is shown of 5,000 documents against the order of all of them, each scored fully."""
    await stage.fill(SHOWN_TENANT, min(SHOWN_SIZE, len(await stage.numbers(BIG))))
    await upkeep(stage)
    numbers = await stage.numbers(SHOWN_TENANT)
    full = await FullScores.read(stage, SHOWN_TENANT)
    queries = []
    for text, vector in list(zip(stage.queries.texts, stage.queries.vectors, strict=True))[:SHOWN_QUERIES]:
        found = (await search(stage, SHOWN_TENANT, text, SHOWN)).results
        queries.append(_recall([each.id for each in found], full.of_query(text, vector)))
    jobs, differing = [], 0
    every = len(stage.sources.jobs)
    for place in range(0, every, every // SHOWN_JOBS):
        if len(jobs) == SHOWN_JOBS:
            break
        shown = (await matches(stage, SHOWN_TENANT, place, SHOWN)).results
        scores = full.of_job(place)
        differing += sum(scores.get(each.id) != each.score for each in shown)
        if scores:
            jobs.append(_recall([each.id for each in shown], scores))
    name = f"recall@{SHOWN} of the shown list against everything scored"
    size = len(numbers)
    return [
        Row(f"{name}, queries", statistics.mean(queries), "share", 0.98, True, len(queries), size, _lowest(queries)),
        Row(f"{name}, jobs", statistics.mean(jobs), "share", 0.98, True, len(jobs), size, _lowest(jobs)),
        Row("matches shown with another score than their own", differing, "matches", 0.0, n=len(jobs), documents=size),
    ]


def _lowest(recalls: list[float]) -> str:
    return f"the lowest of one {min(recalls):.2f}"


def _recall(found: list[str], scores: dict[str, float]) -> float:
    """The share of the best that is found, by score: of equal ones any will do."""
    best = sorted(scores.values(), reverse=True)[:SHOWN]
    if not best:
        return 1.0
    return min(1.0, sum(scores.get(each, -1.0) >= best[-1] - _EQUAL for each in found) / len(best))
