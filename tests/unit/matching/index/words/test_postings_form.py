"""Segments are built of cards without losing a posting, and lose exactly those that are taken out."""

from __future__ import annotations

import numpy as np
import pytest

from services.matching.index.words import postings_form
from services.matching.index.words.card_batch import CardBatch, card_batch
from services.matching.index.words.impacts import impacts
from services.matching.index.words.postings_form import (
    MOST_DOCUMENTS,
    decoded,
    posting_rows,
    signed,
    strengths_of,
    strengths_without,
    without,
)

pytestmark = pytest.mark.unit


def _cards(count: int, words: int = 30) -> CardBatch:
    chosen = np.random.default_rng(1)
    rows = []
    for number in range(1, count + 1):
        hashes = np.sort(chosen.choice(np.arange(1, 60, dtype=np.uint32) * np.uint32(71_582_788), words, replace=False))
        counts = chosen.integers(1, 9, words).astype(np.uint8)
        rows.append((number, number, int(counts.sum()), hashes.astype("<u4").tobytes() + counts.tobytes()))
    return card_batch(rows)


@pytest.mark.parametrize("at_once", [2_000_000, 100])
def test_every_word_of_every_card_is_a_posting_with_its_impact_greatest_first(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(postings_form, "_SORTED_AT_ONCE", at_once)
    cards = _cards(50)
    of = cards.cards_of(np.arange(len(cards.hashes)))
    expected = set(
        zip(signed(cards.hashes), of.tolist(), impacts(cards.counts, cards.lengths[of]).tolist(), strict=True)
    )
    found = []
    for rows in posting_rows(cards):
        for term, documents, data in zip(rows.terms, rows.documents, rows.postings, strict=True):
            strengths, ordinals = decoded(data)
            assert len(ordinals) == documents
            assert list(strengths) == sorted(strengths, reverse=True)
            found += [
                (term, ordinal, strength)
                for ordinal, strength in zip(ordinals.tolist(), strengths.tolist(), strict=True)
            ]
    assert len(found) == len(expected)
    assert set(found) == expected


def test_a_segment_of_no_words_has_no_rows() -> None:
    assert [row for rows in posting_rows(card_batch([(1, 1, 0, b"")])) for row in rows.terms] == []


def test_a_segment_takes_no_more_documents_than_it_can_number() -> None:
    cards = card_batch([(number, number, 0, b"") for number in range(MOST_DOCUMENTS + 1)])
    with pytest.raises(ValueError, match="65536 documents, not 65537"):
        next(posting_rows(cards))


def test_taking_documents_out_leaves_the_others_as_they_were() -> None:
    (rows,) = posting_rows(_cards(20))
    data = max(rows.postings, key=len)
    strengths, ordinals = decoded(data)
    gone = ordinals[[0, 3]]
    left_strengths, left = decoded(without(data, gone))
    kept = ~np.isin(ordinals, gone)
    assert (left.tolist(), left_strengths.tolist()) == (ordinals[kept].tolist(), strengths[kept].tolist())


def _halves(strengths: bytes) -> list[int]:
    return [half for byte in strengths for half in (byte & 0x0F, byte >> 4)]


@pytest.mark.parametrize("size", [8, 9])
def test_strengths_say_of_each_document_about_how_much_it_has_of_a_term(size: int) -> None:
    found = np.array([255, 200, 100, 40, 1], dtype=np.uint8)
    ordinals = np.array([7, 0, 3, 4, 6], dtype=np.uint16)
    halves = _halves(strengths_of(found, ordinals, size))
    assert halves[:8] == [13, 0, 0, 6, 3, 0, 1, 15]
    assert halves[8:] == [0] * (2 * ((size + 1) // 2) - 8)


def test_strengths_of_those_taken_out_are_none_and_all_others_stay() -> None:
    strengths = strengths_of(np.full(6, 160, dtype=np.uint8), np.arange(6, dtype=np.uint16), 6)
    assert _halves(strengths_without(strengths, np.array([0, 3, 4], dtype=np.uint16))) == [0, 10, 10, 0, 0, 10]


def test_only_frequent_words_of_segments_that_are_not_small_have_strengths(monkeypatch: pytest.MonkeyPatch) -> None:
    cards = _cards(60, 3)
    (rows,) = posting_rows(cards)
    assert set(rows.strengths) == {None}
    monkeypatch.setattr(postings_form, "FEWEST_DOCUMENTS", 60)
    (rows,) = posting_rows(cards)
    assert {each is not None for each in rows.strengths} == {True, False}
    for documents, postings, strengths in zip(rows.documents, rows.postings, rows.strengths, strict=True):
        assert (strengths is not None) == (documents >= 5)
        if strengths is not None:
            assert np.flatnonzero(_halves(strengths)).tolist() == sorted(decoded(postings)[1].tolist())
