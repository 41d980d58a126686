"""Sums of strengths are about those of the impacts, and what is kept of them is bounded and of the right segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from libs.database.transactions import Reading
from services.matching.index.words.postings_form import STRENGTH_STEP, strengths_of
from services.matching.index.words.segments import Segment
from services.matching.index.words.strengths import StrengthsInMemory, StrengthSums

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("terms", [1, 6, 40, 300])
@pytest.mark.parametrize("size", [64, 65])
def test_a_sum_is_that_of_the_impacts_with_their_weights_but_for_the_rounding(terms: int, size: int) -> None:
    chosen = np.random.default_rng(terms)
    impacts = chosen.integers(30, 235, (terms, size)).astype(np.uint8)
    has = chosen.random((terms, size)) < 0.4
    weights = chosen.uniform(0.1, 3.0, terms).astype(np.float32)
    rows = [strengths_of(impacts[at, has[at]], np.flatnonzero(has[at]).astype(np.uint16), size) for at in range(terms)]
    sums = StrengthSums()
    found = sums.of(rows, weights, size)
    exact = weights @ (impacts * has)
    # Half a step for each term at most, and what the weights of terms that are summed together differ by.
    assert np.abs(found - exact).max() <= weights.sum() * STRENGTH_STEP / 2 + 0.03 * exact.max()
    assert not found[~has.any(axis=0)].any()
    assert sums.of(rows, weights, size).tolist() == found.tolist()


class _Rows(Reading):
    """Strengths that say what they are of."""

    def __init__(self) -> None:
        super().__init__(None)
        self.asked: list[tuple[int, int]] = []

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        pairs = list(zip(values[2], values[3], strict=True))
        self.asked += pairs
        return [
            {"segment": segment, "term": term, "strengths": bytes([segment, term, len(self.asked)] * 200)}
            for segment, term in pairs
        ]


def _segment(number: int, erased: int = 0) -> Segment:
    return Segment(number, erased, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


async def test_what_is_kept_is_not_read_again_until_something_is_erased_from_its_segment() -> None:
    rows, kept = _Rows(), StrengthsInMemory()
    wanted = {1: [5, 3], 2: [3]}
    first = await kept.of(rows, "default", "resume", wanted, [_segment(1), _segment(2)])
    assert rows.asked == [(1, 5), (1, 3), (2, 3)]
    assert [[each[:2] for each in first[segment]] for segment in (1, 2)] == [[b"\x01\x05", b"\x01\x03"], [b"\x02\x03"]]
    assert await kept.of(rows, "default", "resume", wanted, [_segment(1), _segment(2)]) == first
    assert len(rows.asked) == 3
    await kept.of(rows, "default", "resume", wanted, [_segment(1, erased=1), _segment(2)])
    assert rows.asked[3:] == [(1, 5), (1, 3)]


async def test_memory_is_bounded_and_what_was_dropped_is_read_again() -> None:
    rows, kept = _Rows(), StrengthsInMemory(most_bytes=3000)
    for term in range(10):
        (found,) = (await kept.of(rows, "default", "resume", {1: [term]}, [_segment(1)]))[1]
        assert found[1] == term
    assert len(rows.asked) == 10
    await kept.of(rows, "default", "resume", {1: [9, 8]}, [_segment(1)])
    assert len(rows.asked) == 10
    await kept.of(rows, "default", "resume", {1: [0]}, [_segment(1)])
    assert rows.asked[10:] == [(1, 0)]
