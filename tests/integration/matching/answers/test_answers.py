"""Scores, searches and matches from what is stored."""

from __future__ import annotations

import asyncio

import asyncpg
import numpy as np
import pytest
from pgvector import HalfVector

from libs.contracts.revision import Revision
from services.matching.answers.bounds import limits
from services.matching.answers.query.query_vectors import QueryVector
from services.matching.service import MatchingService
from services.matching.storage.database import Database
from tests.fakes.documents import DIMENSION, SPACE, embed, key_of, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

REVISION = Revision(1000, 1)
NURSE = "Registered nurse\nIntensive care of adults, five years\nMedication, ventilation and documentation"
COOK = "Cook in a hotel\nSauces, soups and grill for ninety guests\nOrders of fish and meat"
JOB = "Registered nurse for intensive care\nYou must have experience in ventilation\nDocumentation in English"


@pytest.fixture
async def stored(matching: Matching) -> Matching:
    await matching.index(
        vectors_event("default/resume/nurse", REVISION, NURSE),
        vectors_event("default/resume/cook", REVISION, COOK),
        vectors_event("default/resume/short", REVISION, "Nurse"),
        vectors_event("default/job/ward", REVISION, JOB, title="Ward nurse", requirements="Ventilation"),
        vectors_event("other/resume/nurse-of-others", REVISION, NURSE),
    )
    return matching


async def test_a_pair_is_scored_without_the_model_and_alike_every_time(stored: Matching) -> None:
    stored.embedding.away = True
    job, resume = key_of("default/job/ward"), key_of("default/resume/nurse")
    first = await stored.service.calculate(job, resume)
    assert (first.job_id, first.resume_id, first.status) == ("ward", "nurse", "scored")
    assert 0 <= first.score <= 100
    assert first.score == round(first.score, 1)
    assert first.requirements
    for requirement in first.requirements:
        assert JOB[requirement.start : requirement.end] == requirement.text
    await stored.index(vectors_event("default/resume/one-more", REVISION, NURSE))
    assert await stored.service.calculate(job, resume) == first
    assert (await stored.service.calculate(job, key_of("default/resume/cook"))).score < first.score


async def test_too_little_text_gets_no_score(stored: Matching) -> None:
    found = await stored.service.calculate(key_of("default/job/ward"), key_of("default/resume/short"))
    assert (found.score, found.status) == (None, "insufficient_data")


async def test_matches_are_ranked_with_the_scores_of_calculate_and_count_what_has_none(stored: Matching) -> None:
    found = await stored.service.matches(key_of("default/job/ward"), 10)
    assert [result.id for result in found.results] == ["nurse", "cook"]
    assert (found.unscored, found.degraded) == (1, False)
    for result in found.results:
        alone = await stored.service.calculate(key_of("default/job/ward"), key_of(f"default/resume/{result.id}"))
        assert result.score == alone.score
    limited = await stored.service.matches(key_of("default/job/ward"), 1)
    assert limited.results == found.results[:1]
    back = await stored.service.matches(key_of("default/resume/nurse"), 10)
    assert [(result.id, result.title) for result in back.results] == [("ward", "Ward nurse")]


async def test_a_search_ranks_by_meaning_and_words_with_highlights(stored: Matching) -> None:
    found = await stored.service.search("default", "intensive care and ventilation", "resume", 10)
    assert (found.degraded, found.model) == (False, f"model-{SPACE}")
    first = found.results[0]
    assert first.id == "nurse"
    assert all(NURSE[line.start : line.end] == line.text for line in first.highlights)
    scores = [result.score for result in found.results]
    assert scores == sorted(scores, reverse=True)
    assert len((await stored.service.search("default", "nurse", "resume", 1)).results) == 1
    jobs = await stored.service.search("default", "intensive care and ventilation", "job", 10)
    assert [(result.id, result.kind) for result in jobs.results] == [("ward", "job")]


@pytest.mark.parametrize("why", ["away", "of another space"])
async def test_without_a_vector_of_the_active_space_words_alone_answer_and_say_so(stored: Matching, why: str) -> None:
    if why == "away":
        stored.embedding.away = True
    else:
        stored.embedding.space = "99999999"
    found = await stored.service.search("default", "ventilation", "resume", 10)
    assert (found.degraded, found.model) == (True, None)
    assert [(result.id, result.score) for result in found.results] == [("nurse", None)]
    assert (await stored.service.search("default", "astronaut", "resume", 10)).results == []


async def test_a_search_waits_for_the_model_without_a_connection_of_the_database(stored: Matching) -> None:
    class Waiting:
        """An embedding client that looks at the database's sessions while it is asked."""

        open_transactions: int | None = None

        async def query_vector(self, text: str) -> None:
            connection = await asyncpg.connect(stored.dsns.superuser)
            try:
                self.open_transactions = await connection.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND usename = 'shortlist_matching' AND xact_start IS NOT NULL"
                )
            finally:
                await connection.close()

    waiting = Waiting()
    service = MatchingService(stored.database, waiting)  # type: ignore[arg-type]
    await service.search("default", "nurse", "resume", 10)
    assert waiting.open_transactions == 0


async def test_a_tenants_few_documents_are_found_among_many_of_others(matching: Matching) -> None:
    nearer = embed("registered nurse")
    rows = [
        ("crowd", "resume", f"c{n}", 1, 1, HalfVector(_near(nearer, n)), b"", b"", b"", b"", b"") for n in range(600)
    ]
    async with matching.database.writing("crowd") as connection:
        values = ", ".join(f"${n}" for n in range(1, 12))
        await connection.executemany(f"INSERT INTO matching.vectors_{SPACE} VALUES ({values})", rows)
    names = {f"r{number}" for number in range(3)}
    await matching.index(*(vectors_event(f"default/resume/{name}", REVISION, COOK) for name in names))
    # The index gives up early, and nothing else is tempting.
    superuser = await asyncpg.connect(matching.dsns.superuser)
    await superuser.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET hnsw.max_scan_tuples = 1', current_database());"
        " EXECUTE format('ALTER DATABASE %I SET hnsw.scan_mem_multiplier = 1', current_database());"
        " EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$"
    )
    await superuser.close()
    database = Database(matching.dsns.matching, connections=1)
    await database.open()
    try:
        service = MatchingService(database, _Fixed(nearer))  # type: ignore[arg-type]
        found = await service.search("default", "xyzzy", "resume", 10)
    finally:
        await database.close()
    assert {result.id for result in found.results} == names


class _Fixed:
    """An embedding client that always has the same vector."""

    def __init__(self, vector: np.ndarray) -> None:
        self._vector = vector

    async def query_vector(self, text: str) -> object:
        return QueryVector(self._vector, SPACE, "a model")


def _near(vector: np.ndarray, number: int) -> np.ndarray:
    noise = np.random.default_rng(number).standard_normal(DIMENSION).astype(np.float32)
    return vector + 0.05 * noise


async def test_many_questions_at_once_are_all_answered(stored: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAIT_SECONDS", 60.0)
    stored.service._search._limits._seconds = 60.0
    answers = await asyncio.gather(
        *(stored.service.search("default", "intensive care and ventilation", "resume", 1) for _ in range(20)),
        *(stored.service.matches(key_of("default/job/ward"), 1) for _ in range(20)),
    )
    assert {answer.results[0].id for answer in answers} == {"nurse"}
