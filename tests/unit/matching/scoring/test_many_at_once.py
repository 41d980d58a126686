"""Many documents at once: a job's resumes score as each alone, a query's come as near as choosing among them needs."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from services.matching.scoring import calculate
from services.matching.scoring.calculate import Comparison, Comparisons
from services.matching.scoring.choosing.narrowing import WAITING_BYTES, Narrowing
from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.search import NEAR, Ranking
from services.matching.scoring.signals import requirement_strengths
from services.matching.scoring.signals.measured import measure

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]
Embed = Callable[[str], np.ndarray]

WORDS = (
    "welding hulls diving surgery nursing children mathematics garden gates forklift ledger audit python kafka "
    "kitchen pastry wine sales budget drawings turbines"
).split()
JOB = (
    "Marine welder\nRequirements\n5 years of experience in welding of hulls\nDiving and turbines\n"
    "2 years of experience with budget and audit\nForklift"
)


def resumes_of(document: MakeDocument) -> list[ReadDocument]:
    """Sixty with stations of several lengths, and some that lack one thing or another."""
    chosen = random.Random(5)
    texts = ["Skills\nExperience", "Welder", ""]
    for _ in range(60):
        lines = [" ".join(chosen.sample(WORDS, 4)) for _ in range(chosen.randint(1, 9))]
        year = chosen.randint(1990, 2015)
        lines.insert(1, f"Welding of hulls, June {year} - May {year + chosen.randint(1, 9)}")
        texts.append("\n".join(lines))
    return [ReadDocument.of(document("resume", text)) for text in texts]


@pytest.mark.parametrize("at_once", [128, 2])
def test_resumes_are_scored_together_as_each_alone_to_the_last_digit(
    document: MakeDocument, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(requirement_strengths, "AT_ONCE", at_once)
    monkeypatch.setattr(calculate, "AT_ONCE", at_once)
    job = ReadDocument.of(document("job", JOB))
    resumes = resumes_of(document)
    together = Comparisons(job, resumes)
    alone = [Comparison(job, each) for each in resumes]
    assert together.scores == [each.score for each in alone]
    assert len(set(together.scores)) > 30
    assert [together.reasons(place) for place in range(len(resumes))] == [each.reasons() for each in alone]


def test_signals_do_not_depend_on_what_stands_beside(document: MakeDocument) -> None:
    job = ReadDocument.of(document("job", JOB))
    resumes = [each for each in resumes_of(document) if each.has_windows]
    together = measure(job, resumes)
    for place, each in enumerate(resumes):
        alone = measure(job, [each])
        assert np.array_equal(together.signals[place], alone.signals[0])
        assert np.array_equal(together.strengths[place], alone.strengths[0])


def test_near_values_of_a_query_differ_by_less_than_is_said(document: MakeDocument, embed: Embed) -> None:
    resumes = resumes_of(document)
    for vector in (embed("welding of hulls"), None):
        ranking = Ranking("welding of hulls", vector)
        near = ranking.near_values(resumes)
        for each in resumes:
            alone = Ranking("welding of hulls", vector)
            alone.add("one", each)
            values = [-key[0] for key, _ in alone._best._kept]
            assert abs((values or [-1.0])[0] - near[resumes.index(each)]) < NEAR


def test_of_nothing_there_are_no_scores(document: MakeDocument) -> None:
    assert Comparisons(ReadDocument.of(document("job", JOB)), []).scores == []


def test_what_may_be_among_the_best_is_kept() -> None:
    narrowing: Narrowing[str] = Narrowing(2, 0.5, len)
    assert narrowing.offer([(1.0, "a"), (3.0, "b"), (2.4, "c")]) == []
    assert narrowing.offer([(2.0, "d"), (1.8, "e")]) == []
    assert narrowing.taken() == ["b", "c", "d"]
    assert narrowing.taken() == []


def test_of_very_many_that_are_equal_few_wait_and_none_is_lost() -> None:
    narrowing: Narrowing[int] = Narrowing(3, 0.1, lambda item: 1)
    taken = [each for start in range(0, 1000, 50) for each in narrowing.offer((7.0, start + at) for at in range(50))]
    assert len(taken) > 800
    assert sorted(taken + narrowing.taken()) == list(range(1000))


def test_where_nothing_is_wanted_nothing_waits() -> None:
    narrowing: Narrowing[int] = Narrowing(0, 0.1, lambda item: 1)
    assert narrowing.offer([(7.0, 1)]) == []
    assert narrowing.taken() == []


def test_candidates_that_take_much_memory_do_not_wait() -> None:
    narrowing: Narrowing[str] = Narrowing(3, 0.1, lambda item: WAITING_BYTES)
    assert narrowing.offer([(7.0, "a")]) == []
    assert narrowing.offer([(6.0, "b")]) == ["a", "b"]
    assert narrowing.taken() == []
