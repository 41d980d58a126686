"""The best by words: ranked by exact BM25, whether packed or not, of this tenant and kind, and as they are now."""

from __future__ import annotations

import random

import pytest

from libs.contracts.identifiers import DocumentKey
from services.matching.index.document_index import remove
from services.matching.index.words import packed_word_index
from tests.fakes.documents import SPACE
from tests.fakes.word_documents import bm25
from tests.integration.matching.index.words.conftest import Words

pytestmark = pytest.mark.integration

SOME = "nurse intensive care surgery clinic python java cobol ledger audit tax welding forklift kitchen".split()


def _texts(count: int, seed: int = 0) -> dict[str, str]:
    chosen = random.Random(seed)
    return {f"r{seed}-{place}": " ".join(chosen.choices(SOME, k=chosen.randint(3, 60))) for place in range(count)}


def _exactly(texts: dict[str, str], query: str, limit: int) -> list[float]:
    return sorted((value for text in texts.values() if (value := bm25(query, text)) > 0), reverse=True)[:limit]


@pytest.mark.parametrize("query", ["nurse", "Python audit", "welding forklift kitchen nurse intensive care"])
async def test_found_are_the_best_by_bm25_with_their_exact_values_in_segments_and_out_of_them(
    words: Words, query: str
) -> None:
    parts = [_texts(70, seed) for seed in range(4)]
    for part in parts[:3]:
        await words.pack(part)
    await words.write(parts[3])
    texts = {document: text for part in parts for document, text in part.items()}
    for _ in range(2):
        found = await words.best(query, 20)
        assert [value for _, value in found] == pytest.approx(_exactly(texts, query, 20), rel=1e-5)
        assert [value for _, value in found] == pytest.approx(
            [bm25(query, texts[document]) for document, _ in found], rel=1e-5
        )
        await words.merge()
    assert await words.segments()


async def test_a_replaced_document_is_found_by_its_new_words_alone_and_only_once(words: Words) -> None:
    await words.pack({"r1": "welding steel", "r2": "welding ships"})
    await words.write({"r1": "baking bread"})
    assert await words.found("welding") == ["r2"]
    assert await words.found("baking") == ["r1"]
    await words.pack()
    assert await words.found("welding baking") == ["r1", "r2"] or await words.found("welding baking") == ["r2", "r1"]
    await words.merge()
    assert await words.found("welding") == ["r2"]
    assert await words.found("bread steel") == ["r1"]


async def test_where_the_order_need_not_be_exact_the_same_are_found_about_in_their_order(words: Words) -> None:
    for seed in range(3):
        await words.pack(_texts(70, seed))
    await words.write(_texts(70, 3))
    query = "welding forklift kitchen nurse intensive care"
    exact, near = await words.best(query, 60), await words.best(query, 60, exact=False)
    assert len(near) == 60
    assert len({each for each, _ in near} & {each for each, _ in exact}) > 50
    assert [value for _, value in near] == sorted((value for _, value in near), reverse=True)
    assert near[0][1] == pytest.approx(exact[0][1], rel=0.1)


async def test_what_was_replaced_or_packed_twice_takes_no_place_in_the_near_order(
    words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_word_index, "SCORED_BESIDES", 0)
    await words.pack({f"r{place}": "welding steel" for place in range(6)} | {"r6": "a welding firm of many ships"})
    await words.pack({"r0": "welding steel", "r1": "welding steel"})
    await words.write({"r2": "baking bread"})
    found = [document for document, _ in await words.best("welding ships of steel", 5, exact=False)]
    assert len(found) == len(set(found)) == 5
    assert "r2" not in found
    assert {"r0", "r1"} < set(found)


async def test_a_removed_document_is_found_no_more_at_once(words: Words) -> None:
    await words.pack({"r1": "welding", "r2": "welding"})
    async with words.matching.database.writing("default") as connection:
        await remove(connection, DocumentKey("default", "resume", "r1"), [SPACE], None)
    assert await words.found("welding") == ["r2"]


async def test_other_tenants_and_other_kinds_are_not_found(words: Words) -> None:
    other, jobs = Words(words.matching, tenant="other"), Words(words.matching, kind="job")
    await words.pack({"r1": "welding"})
    await other.pack({"o1": "welding"})
    await jobs.write({"j1": "welding"})
    assert (await words.found("welding"), await other.found("welding"), await jobs.found("welding")) == (
        ["r1"],
        ["o1"],
        ["j1"],
    )


@pytest.mark.parametrize("directly", [1000, 0])
async def test_within_some_documents_only_these_count_and_all_of_them(
    words: Words, monkeypatch: pytest.MonkeyPatch, directly: int
) -> None:
    monkeypatch.setattr(packed_word_index, "SCORED_DIRECTLY", directly)
    monkeypatch.setattr(packed_word_index, "MOST_POSTINGS", 2)
    packed, waiting = _texts(60, 1), _texts(20, 2)
    await words.pack({**packed, "poor": "nurse " + "clinic " * 90})
    await words.write(waiting)
    within = ["poor", *list(packed)[:20], *list(waiting)[:5]]
    texts = {**packed, **waiting, "poor": "nurse " + "clinic " * 90}
    found = await words.best("nurse tax", 10, within)
    assert [value for _, value in found] == pytest.approx(
        _exactly({document: texts[document] for document in within}, "nurse tax", 10), rel=1e-5
    )
    assert await words.found("nurse", 10, ["poor"]) == ["poor"]
    assert await words.found("nurse", 10, []) == []


async def test_words_that_no_document_has_do_not_take_the_place_of_those_that_count(words: Words) -> None:
    await words.pack({"r1": "manager of people"})
    await words.write({"r2": "people"})
    unknown = " ".join(f"xqzzy{place}" for place in range(1000))
    assert await words.found(f"{unknown} manager people") == ["r1", "r2"]


async def test_of_a_frequent_word_the_documents_that_say_it_most_are_found(
    words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_word_index, "MOST_POSTINGS", 3)
    texts = {f"r{count}": "nurse " * count + "clinic " * (40 - count) for count in range(1, 13)}
    await words.pack(texts)
    assert await words.found("nurse", 3) == ["r12", "r11", "r10"]


async def test_a_word_that_every_document_has_alike_finds_as_many_as_are_asked_for(
    words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_word_index, "MOST_POSTINGS", 5)
    await words.pack({f"r{place}": "nurse" for place in range(20)})
    assert len(await words.found("nurse", 5)) == 5


async def test_nothing_is_found_by_nothing(words: Words) -> None:
    await words.pack({"r1": "welding", "empty": ""})
    assert await words.found("") == []
    assert await words.found("welding", 0) == []
    assert await words.found("brewing") == []


async def test_a_document_is_not_better_for_the_segment_it_is_in(words: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_word_index, "MOST_POSTINGS", 10)
    monkeypatch.setattr(packed_word_index, "SCORED_BESIDES", 0)
    monkeypatch.setattr(packed_word_index, "TERMS_FOR_TWICE", 1_000_000)
    many = {f"m{count}": "nurse " * count + "clinic " * (40 - count) for count in range(3, 30)}
    await words.pack(many)
    # Of these few have the word, so that little is expected of those that were not read.
    few = {f"f{count}": "nurse " * count + "clinic " * (40 - count) for count in range(2, 14)}
    await words.pack({**few, **{f"x{place}": "clinic" for place in range(200)}})
    assert {each[0] for each in await words.found("nurse", 8)} == {"m"}
