"""Many candidates, fewer scored in full, the best shown: with the scores of `calculate`, to the digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec import UNSET

from libs.contracts.revision import Revision
from libs.database.transactions import Reading
from services.matching.answers import matches, parts, scored_rows, search
from services.matching.answers.candidates import restriction
from services.matching.answers.candidates.cards import candidate_cards, joined_cards
from services.matching.answers.candidates.pools import Pool
from services.matching.answers.query.query_vectors import EmbeddingClient
from services.matching.index.found import Numbers
from services.matching.service import MatchingService
from services.matching.storage.spaces_table import active_space
from tests.fakes.documents import DIMENSION, SPACE, key_of, vectors_arrived, vectors_event
from tests.fakes.matching_parts import Matching
from tests.fakes.mixed_texts import mixed_text

pytestmark = pytest.mark.integration

REVISION = Revision(1000, 1)
DOCUMENTS = 60
# A process of before writes vectors and leaves the reading of those that it replaces.
OLDER_PROCESS = f"""
    document = (SELECT array_agg(1)::halfvec({DIMENSION}) FROM generate_series(1, {DIMENSION})),
    reading = (SELECT reading FROM matching.vectors_{SPACE} other WHERE other.kind = stored.kind AND other.id LIKE '_1')
"""
JOB = (
    "Nurse for intensive care\nYou must have experience in ventilation of adults\nCare for patients\n"
    "Planning of shifts\nFluent in Spanish"
)


@pytest.fixture
async def stored(matching: Matching) -> Matching:
    """Resumes and jobs of mixed texts, and one job that was written."""
    events = [vectors_event("default/job/ward", REVISION, JOB)]
    for number in range(DOCUMENTS):
        events.append(vectors_event(f"default/resume/r{number}", REVISION, mixed_text(number)))
        events.append(vectors_event(f"default/job/j{number}", REVISION, mixed_text(1000 + number)))
    await matching.read(*(vectors_arrived(event) for event in events))
    return matching


@pytest.fixture
def narrow(stored: Matching, monkeypatch: pytest.MonkeyPatch) -> MatchingService:
    """Fewer candidates than documents, and fewer that are scored in full than candidates."""
    monkeypatch.setattr(matches, "LEAST_SCORED", 5)
    monkeypatch.setattr(matches, "TIMES_SHOWN", 1.5)
    monkeypatch.setattr(matches, "MOST_SCORED_WHOLE", 3)
    monkeypatch.setattr(search, "LEAST_COMPARED", 5)
    monkeypatch.setattr(search, "MORE_THAN_SHOWN", 2)
    embedding: EmbeddingClient = stored.service._search._embedding
    return MatchingService(stored.database, embedding, searched=Pool(10, 5), matched=Pool(20, 10))


async def test_how_large_a_document_is_stands_on_its_card(stored: Matching) -> None:
    async with stored.database.reading("default") as connection:
        space = await active_space(connection)
        assert space is not None
        every = await connection.fetch("SELECT number FROM matching.cards WHERE kind = 'resume'")
        numbers = np.array([row["number"] for row in every], dtype=np.int64)
        found = candidate_cards(await joined_cards(connection, "default", "resume", numbers, space), space)
        read = await scored_rows.sizes(connection, "default", "resume", found.ids, space)
    assert len(found.ids) == DOCUMENTS
    assert found.sizes_of(range(DOCUMENTS)) == {each.id: each for each in read}


async def test_positions_in_the_form_of_another_version_are_not_read(stored: Matching) -> None:
    """Of a space that only an older version wrote, while the card is known to this one by another space."""
    async with stored.database.writing("default") as connection:
        await connection.execute(f"UPDATE matching.cards_{SPACE} SET roles = $1 WHERE kind = 'resume'", bytes(8))
    found = await stored.service.matches(key_of("default/job/ward"), 5)
    assert len(found.results) == 5


@dataclass(frozen=True)
class Numbered:
    """A condition that the documents pass whose number leaves this rest."""

    by: int
    rest: int = 0

    def sql(self, number: str, first: int) -> tuple[str, list[Any]]:
        return f"{number} % ${first}::bigint = ${first + 1}::bigint", [self.by, self.rest]


@pytest.fixture(autouse=True)
def _numbered_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conditions of these tests are looked up as filters are."""

    async def passing(
        connection: Reading, tenant: str, kind: str, condition: Numbered, *, at_most: int
    ) -> Numbers | None:
        rows = await connection.fetch(
            "SELECT number FROM matching.cards WHERE tenant = $1 AND kind = $2 ORDER BY number", tenant, kind
        )
        numbers = _of(condition, np.array([row["number"] for row in rows], dtype=np.int64))
        return None if len(numbers) > at_most else numbers

    async def passing_of(connection: Reading, tenant: str, kind: str, condition: Numbered, numbers: Numbers) -> Numbers:
        return _of(condition, numbers)

    monkeypatch.setattr(restriction, "passing", passing)
    monkeypatch.setattr(restriction, "passing_of", passing_of)


def _of(condition: Numbered, numbers: Numbers) -> Numbers:
    return numbers[numbers % condition.by == condition.rest]


async def _ids(stored: Matching, kind: str, condition: Numbered) -> set[str]:
    rows = await stored.rows(
        "SELECT id FROM matching.cards WHERE kind = $1 AND number % $2 = $3", kind, condition.by, condition.rest
    )
    return {row["id"] for row in rows}


@pytest.mark.parametrize("asked", ["default/job/ward", "default/resume/r7"])
async def test_a_document_that_is_shown_has_the_score_and_the_best_evidence_of_calculate(
    stored: Matching, narrow: MatchingService, asked: str
) -> None:
    key = key_of(asked)
    found = await narrow.matches(key, 4)
    assert len(found.results) == 4
    scores = [result.score for result in found.results]
    assert scores == sorted(scores, reverse=True)
    for result in found.results:
        job, resume = (key.id, result.id) if key.kind == "job" else (result.id, key.id)
        alone = await narrow.calculate(key_of(f"default/job/{job}"), key_of(f"default/resume/{resume}"))
        assert (result.score, result.components) == (alone.score, alone.components)
        requirements = msgspec.json.decode(msgspec.json.encode(result.requirements))
        assert [each["evidence"] for each in requirements] == [
            msgspec.to_builtins(each.evidence[:1]) for each in alone.requirements
        ]
    everything = await stored.service.matches(key, 100)
    assert found.results[0].score == everything.results[0].score


@pytest.mark.parametrize(
    "harm",
    ["reading_version = 0", OLDER_PROCESS, "reading = NULL", "reading = '\\x00'", "reading = substr(reading, 1, 90)"],
)
async def test_what_was_derived_in_an_older_form_or_is_damaged_is_derived_anew(stored: Matching, harm: str) -> None:
    ward, nurse = key_of("default/job/ward"), key_of("default/resume/r7")
    before = await stored.service.matches(ward, 5), await stored.service.calculate(ward, nurse)
    async with stored.database.writing("default") as connection:
        await connection.execute(f"UPDATE matching.vectors_{SPACE} AS stored SET {harm} WHERE tenant = 'default'")
    assert (await stored.service.matches(ward, 5), await stored.service.calculate(ward, nurse)) == before


async def test_texts_are_read_of_the_shown_alone(stored: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    plain = scored_rows.shown_texts

    async def noted(connection: Any, tenant: str, kind: Any, ids: Any, *, masked: bool) -> Any:
        read.extend(ids)
        return await plain(connection, tenant, kind, ids, masked=masked)

    monkeypatch.setattr(scored_rows, "shown_texts", noted)
    found = await stored.service.matches(key_of("default/job/ward"), 3)
    assert sorted(read) == sorted(["ward", *(result.id for result in found.results)])
    read.clear()
    shown = await stored.service.search("default", "ventilation of adults", "resume", 2)
    assert sorted(read) == sorted(result.id for result in shown.results)


async def test_documents_are_read_in_parts_with_the_same_answer(
    stored: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await stored.service.matches(key_of("default/job/ward"), 60)
    monkeypatch.setattr(parts, "PART_BYTES", 1)
    assert await stored.service.matches(key_of("default/job/ward"), 60) == whole


@pytest.mark.parametrize("most_listed", [0, 5, 100_000], ids=["looked at by row", "listed", "scored whole"])
async def test_where_enough_documents_pass_the_limit_is_filled_with_those_that_do(
    stored: Matching, narrow: MatchingService, monkeypatch: pytest.MonkeyPatch, most_listed: int
) -> None:
    monkeypatch.setattr(restriction, "MOST_COMPARED", most_listed)
    if most_listed > DOCUMENTS:
        monkeypatch.setattr(matches, "MOST_SCORED_WHOLE", most_listed)
    condition: Any = Numbered(10)
    passing = await _ids(stored, "resume", condition)
    assert len(passing) == DOCUMENTS // 10
    found = await narrow.matches(key_of("default/job/ward"), len(passing), condition)
    assert {result.id for result in found.results} == passing
    shown = await narrow.search("default", "nurse", "resume", len(passing), condition)
    assert {result.id for result in shown.results} == passing
    alike = await narrow.similar(key_of("default/resume/r7"), 100, condition)
    assert {result.id for result in alike.results} == passing - {"r7"}


async def test_the_one_document_with_a_rare_word_is_compared_in_full(
    stored: Matching, narrow: MatchingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All that is compared is shown, so that its place among these does not matter.
    monkeypatch.setattr(search, "MORE_THAN_SHOWN", 0)
    numbers = range(2000, 2030)
    texts = {f"z{number}": f"{mixed_text(number)}\nReference zq{number}" for number in numbers}
    await stored.index(*(vectors_event(f"default/resume/{id}", REVISION, text) for id, text in texts.items()))
    missed = set(texts)
    for number in numbers:
        found = await narrow.search("default", f"reference zq{number}", "resume", 12)
        missed -= {each.id for each in found.results if each.id == f"z{number}"}
    assert not missed


async def test_totals_are_counted_up_to_a_bound(stored: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    condition: Any = Numbered(10)
    ward = key_of("default/job/ward")
    found = await stored.service.matches(ward, 1)
    assert (found.total, found.total_at_least) == (DOCUMENTS, UNSET)
    some = await stored.service.matches(ward, 1, condition)
    assert (some.total, some.total_at_least) == (DOCUMENTS // 10, UNSET)
    assert (await stored.service.search("default", "nurse", "job", 1)).total == DOCUMENTS + 1
    monkeypatch.setattr("services.matching.answers.totals.MOST_COUNTED", 50)
    many = await stored.service.matches(ward, 1)
    assert (many.total, many.total_at_least) == (UNSET, 50)


async def test_all_applicants_are_scored_best_first_and_the_others_named(stored: Matching) -> None:
    await stored.index(vectors_event("default/resume/short", REVISION, "Nurse"))
    ids = ["nobody", "r3", "short", *(f"r{number}" for number in range(10, 50))]
    found = await stored.service.applicants(key_of("default/job/ward"), ids)
    assert [(each.id, each.reason) for each in found.unscored] == [
        ("nobody", "unknown"),
        ("short", "insufficient_data"),
    ]
    assert {result.id for result in found.results} == set(ids) - {"nobody", "short"}
    ranked = await stored.service.matches(key_of("default/job/ward"), 60)
    assert found.results == [result for result in ranked.results if result.id in ids]


async def test_documents_like_one_are_told_by_what_they_say(stored: Matching) -> None:
    text = mixed_text(7)
    await stored.index(
        vectors_event("default/resume/copy", REVISION, text),
        vectors_event("default/resume/more", REVISION, text + "\nCare for patients at night"),
    )
    found = await stored.service.similar(key_of("default/resume/r7"), 100)
    assert [(found.results[0].id, found.results[0].score), found.results[1].id] == [("copy", 100.0), "more"]
    assert found.results[0].title == text.partition("\n")[0]
    assert len(found.results) == DOCUMENTS + 1
    scores = [result.score for result in found.results]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] < scores[1] < 100
    assert not found.degraded


async def test_while_the_database_is_filled_again_answers_say_that_they_are_degraded(stored: Matching) -> None:
    embedding: EmbeddingClient = stored.service._search._embedding
    service, ward = MatchingService(stored.database, embedding), key_of("default/job/ward")
    async with stored.database.writing_shared() as connection:
        await connection.execute(
            "INSERT INTO matching.positions (topic, number, next, read_before) VALUES ('documents.vectors.v1', 0, 1, 9)"
        )
    assert (await service.search("default", "nurse", "resume", 1)).degraded
    assert (await service.matches(ward, 1)).degraded
    assert (await service.similar(ward, 1)).degraded
    async with stored.database.writing_shared() as connection:
        await connection.execute("UPDATE matching.positions SET next = 9, read_before = 0")
    assert not (await service.search("default", "nurse", "resume", 1)).degraded


async def test_until_all_cards_are_derived_answers_say_that_they_are_degraded(stored: Matching) -> None:
    ward = key_of("default/job/ward")
    service = MatchingService(stored.database, stored.service._search._embedding)
    async with stored.database.writing("default") as connection:
        await connection.execute(
            "UPDATE matching.cards SET reading_version = 0, length = 0, terms = '' WHERE kind = 'resume' AND id = 'r7'"
        )
        await connection.execute(f"DELETE FROM matching.cards_{SPACE} WHERE kind = 'resume'")
    found = await service.matches(ward, 100)
    assert found.degraded
    assert len(found.results) == DOCUMENTS
    assert (await service.search("default", "nurse", "resume", 100)).degraded
    async with stored.database.writing("default") as connection:
        await connection.execute("UPDATE matching.cards SET reading_version = 1 WHERE reading_version = 0")
    assert not (await service.matches(ward, 1)).degraded
