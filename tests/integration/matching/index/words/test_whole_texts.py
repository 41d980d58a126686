"""Whole jobs as queries: of hundreds of words all count, and nearly all of the best by all of them are found."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from statistics import mean

import pytest

from services.matching.index.words import packed_word_index
from services.matching.index.words.packed_word_index import PackedWordIndex
from services.matching.index.words.strengths import StrengthsInMemory
from services.matching.scoring.terms import LENGTH_SHARE, SATURATION, idf, mean_length, term_list
from tests.integration.matching.index.words.conftest import Words

pytestmark = pytest.mark.integration

DOCUMENTS = 1200
JOBS = 12
LIMIT = 20


def _text(chosen: random.Random, vocabulary: list[str], fields: list[list[str]], words: int) -> str:
    """Words of every kind of text, the first ones often, and those of one field."""
    field = chosen.choice(fields)
    common = [vocabulary[int(chosen.random() ** 2.5 * len(vocabulary))] for _ in range(words)]
    return " ".join([*common, *chosen.choices(field, k=words // 4)])


def _texts() -> tuple[dict[str, str], list[str]]:
    """Documents of 100 to 500 words, and jobs of about 250 distinct ones."""
    chosen = random.Random(5)
    vocabulary = [f"{start}{end}um" for start in ("bar", "cel", "dop", "fin", "gal") for end in range(120)]
    chosen.shuffle(vocabulary)
    fields = [chosen.sample(vocabulary, 60) for _ in range(8)]
    documents = {f"r{place}": _text(chosen, vocabulary, fields, chosen.randint(100, 500)) for place in range(DOCUMENTS)}
    return documents, [_text(chosen, vocabulary, fields, 400) for _ in range(JOBS)]


def _exactly(counts: Mapping[str, Counter[str]], job: str) -> dict[str, float]:
    """BM25 of every document, by the formula."""
    weights = {term: idf(term) for term in dict.fromkeys(term_list(job))}
    found = {}
    for document, terms in counts.items():
        saturation = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * terms.total() / mean_length())
        found[document] = sum(
            weights[term] * count * (SATURATION + 1) / (count + saturation)
            for term, count in terms.items()
            if term in weights
        )
    return found


async def _recalls(words: Words, counts: Mapping[str, Counter[str]], jobs: list[str]) -> list[float]:
    recalls = []
    for job in jobs:
        exact = _exactly(counts, job)
        last = sorted(exact.values(), reverse=True)[LIMIT - 1]
        found = await words.best(job, LIMIT)
        # What is said of those found is exact, whatever they were found by.
        assert [value for _, value in found] == pytest.approx([exact[document] for document, _ in found], rel=1e-4)
        recalls.append(sum(exact[document] >= last - 1e-3 for document, _ in found) / LIMIT)
    return recalls


@pytest.mark.parametrize("most_bytes", [64 * 1024 * 1024, 10_000])
async def test_of_the_best_by_all_words_of_a_job_nearly_all_are_found(
    words: Words, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    monkeypatch.setattr(packed_word_index, "SCORED_BESIDES", 5)
    words.index = PackedWordIndex(strengths=StrengthsInMemory(most_bytes))
    documents, jobs = _texts()
    counts = {document: Counter(term_list(text)) for document, text in documents.items()}
    assert min(len(set(term_list(job))) for job in jobs) > 200
    names = list(documents)
    # One segment that has strengths, and one too small for them.
    await words.pack({name: documents[name] for name in names[:1000]})
    await words.pack({name: documents[name] for name in names[1000:]})
    assert (await words.rows("SELECT count(strengths) AS rows FROM matching.postings"))[0]["rows"] != 0
    first, again = [await _recalls(words, counts, jobs) for _ in range(2)]
    assert mean(first) >= 0.97
    # What is kept in memory gives the same.
    assert again == first
