"""Which texts are computed together."""

from __future__ import annotations

import random

import pytest

from services.embedding.engines.batches import MOST_PADDING, around, plan_batches

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("lengths", "budget", "expected"),
    [
        pytest.param([], 100, [], id="nothing"),
        pytest.param([10], 100, [[0]], id="one"),
        pytest.param([50, 50], 100, [[0, 1]], id="exactly the budget"),
        pytest.param([50, 51], 100, [[1], [0]], id="padding counts"),
        pytest.param([90, 10, 90, 10], 200, [[0, 2], [1, 3]], id="like lengths together"),
        pytest.param([500, 5], 100, [[0], [1]], id="longer than the budget"),
        pytest.param([40, 20], 1000, [[0], [1]], id="rather two batches than much padding"),
        pytest.param([40, 39, 38], 1000, [[2, 1, 0]], id="a little padding"),
        pytest.param([7] * 5, 14, [[3, 4], [1, 2], [0]], id="equal lengths"),
    ],
)
def test_batches(lengths: list[int], budget: int, expected: list[list[int]]) -> None:
    assert plan_batches(lengths, budget) == expected


def test_no_more_than_the_budget_and_little_padding_whatever_the_lengths() -> None:
    lengths = [random.Random(3).randint(3, 256) for _ in range(2_000)]
    batches = plan_batches(lengths, 1_000)
    assert sorted(index for batch in batches for index in batch) == list(range(2_000))
    computed = sum(max(lengths[index] for index in batch) * len(batch) for batch in batches)
    assert all(max(lengths[index] for index in batch) * len(batch) <= 1_000 for batch in batches)
    assert 1 - sum(lengths) / computed <= MOST_PADDING


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        pytest.param(0, range(2), id="nothing below"),
        pytest.param(2, range(2, 4), id="the nearer ones first, and no further than the budget"),
        pytest.param(4, range(4, 5), id="nobody near"),
    ],
)
def test_a_batch_lies_around_its_anchor(anchor: int, expected: range) -> None:
    assert around([100, 101, 110, 111, 200], anchor, 222) == expected
