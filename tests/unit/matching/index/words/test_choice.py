"""Which segments become one: enough of about the same size, never more documents than a segment takes."""

from __future__ import annotations

import numpy as np
import pytest

from services.matching.index.words.postings_form import MOST_DOCUMENTS
from services.matching.index.words.segments import Segment
from services.matching.index.words.upkeep.packing import to_be_merged

pytestmark = pytest.mark.unit


def _segments(*sizes: int) -> list[Segment]:
    return [
        Segment(place, 0, np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64))
        for place, size in enumerate(sizes)
    ]


def test_few_of_a_size_stay() -> None:
    assert to_be_merged(_segments(*[600] * 7, *[5000] * 7, 40_000)) == []


def test_the_smallest_of_a_size_become_one_when_there_are_enough() -> None:
    assert to_be_merged(_segments(40_000, *[700] * 8, 5000)) == list(range(1, 9))
    assert to_be_merged(_segments(*[100] * 9, 600)) == list(range(9))


def test_together_they_are_never_too_many_for_one_segment() -> None:
    sizes = [30_000, 20_000, 25_000, 31_000, 20_000, 28_000, 30_000, 30_000]
    chosen = to_be_merged(_segments(*sizes))
    assert len(chosen) >= 2
    assert sum(sizes[place] for place in chosen) <= MOST_DOCUMENTS


def test_the_largest_are_never_merged() -> None:
    assert to_be_merged(_segments(*[33_000] * 20)) == []


@pytest.mark.parametrize("documents", [100_000, 300_000])
def test_however_many_come_there_are_few_segments(documents: int) -> None:
    sizes: list[int] = []
    for _ in range(documents // 512):
        sizes.append(512)
        while chosen := to_be_merged(_segments(*sizes)):
            total = sum(sizes[place] for place in chosen)
            sizes = [size for place, size in enumerate(sizes) if place not in chosen] + [total]
    assert sum(sizes) == documents // 512 * 512
    assert len(sizes) <= 14 + documents / 32_768
