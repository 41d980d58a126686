"""Ranking for a free-text query."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from libs.contracts.inner.searching import SearchResult
from services.matching.scoring.model import Candidate, ScoredDocument, Vectors
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.search import Ranked, Ranking

pytestmark = pytest.mark.unit

MakeDocument = Callable[..., ScoredDocument]
Embed = Callable[[str], npt.NDArray[np.float32]]

TEXTS = {
    "nurse": "Registered nurse\nNight shifts in intensive care\nCare of patients after surgery",
    "teacher": "Teacher\nTaught mathematics to children\nWorked beside the school nurse",
    "welder": "Welder\nTIG welding of ship hulls\nReading of drawings",
}


def rank(
    query: str, vector: Vectors | None, candidates: Sequence[Candidate], limit: int | None = None
) -> list[SearchResult]:
    """The results for candidates that are added in this order."""
    ranking = Ranking(query, vector, limit)
    for candidate in candidates:
        ranking.add(candidate.id, ReadDocument.of(candidate.document))
    by_id = {candidate.id: candidate for candidate in candidates}
    return [_shown(each, by_id[each.id]) for each in ranking.best()]


def _shown(ranked: Ranked, candidate: Candidate) -> SearchResult:
    return ranked.result(candidate.kind, candidate.title, candidate.document.text)


@pytest.fixture
def candidates(document: MakeDocument) -> list[Candidate]:
    return [Candidate(id, "resume", id.title(), document("resume", text)) for id, text in TEXTS.items()]


def test_by_meaning_the_nearest_comes_first_with_a_score(candidates: list[Candidate], embed: Embed) -> None:
    results = rank("registered nurse", embed("registered nurse"), candidates)
    assert [result.id for result in results] == ["nurse", "teacher", "welder"]
    scores = [result.score for result in results]
    assert all(score is not None and 0 <= score <= 100 for score in scores)
    assert results[0].title == "Nurse"


def test_by_words_alone_there_is_no_score_and_nobody_without_the_words(candidates: list[Candidate]) -> None:
    results = rank("registered nurse", None, candidates)
    assert [(result.id, result.score) for result in results] == [("nurse", None), ("teacher", None)]


@pytest.mark.parametrize("by_meaning", [True, False])
def test_highlights_are_the_lines_that_answer(candidates: list[Candidate], embed: Embed, by_meaning: bool) -> None:
    vector = embed("intensive care") if by_meaning else None
    best = rank("intensive care", vector, candidates)[0]
    assert best.id == "nurse"
    assert best.highlights[0].text == "Night shifts in intensive care"
    for highlight in best.highlights:
        assert TEXTS["nurse"][highlight.start : highlight.end] == highlight.text


def test_a_line_that_a_document_repeats_is_shown_once(document: MakeDocument, embed: Embed) -> None:
    text = "Night shifts in intensive care\nDrives a car\nNIGHT SHIFTS IN INTENSIVE CARE\nIntensive care of children"
    (best,) = rank(
        "intensive care", embed("intensive care"), [Candidate("twice", "resume", None, document("resume", text))]
    )
    shown = [highlight.text.casefold() for highlight in best.highlights]
    assert len(shown) == len(set(shown)) >= 2


def test_the_order_does_not_depend_on_the_order_given(candidates: list[Candidate], embed: Embed) -> None:
    vector = embed("drawings")
    assert rank("drawings", vector, candidates) == rank("drawings", vector, candidates[::-1])


def test_limit_keeps_the_best(candidates: list[Candidate], embed: Embed) -> None:
    vector = embed("nurse")
    assert rank("nurse", vector, candidates, limit=1) == rank("nurse", vector, candidates)[:1]


def test_names_are_not_found(document: MakeDocument) -> None:
    hidden = document("resume", "Nurse Welder\nBakes bread", identity=("Nurse Welder",))
    assert rank("nurse", None, [Candidate("baker", "resume", None, hidden)]) == []


def test_a_query_without_words_finds_nothing_by_words(candidates: list[Candidate]) -> None:
    assert rank("the and of", None, candidates) == []


def test_no_candidates_no_results(embed: Embed) -> None:
    assert rank("nurse", embed("nurse"), []) == []


def test_a_document_without_stretches_is_last_not_an_error(
    document: MakeDocument, candidates: list[Candidate], embed: Embed
) -> None:
    empty = Candidate("empty", "resume", None, document("resume", ""))
    assert rank("nurse", embed("nurse"), [empty, *candidates])[-1].highlights == []
