"""Which texts are computed together."""

from __future__ import annotations

import pytest

from services.embedding.batches import plan_batches

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("lengths", "budget", "expected"),
    [
        pytest.param([], 100, [], id="nothing"),
        pytest.param([10], 100, [[0]], id="one"),
        pytest.param([50, 50], 100, [[0, 1]], id="exactly the budget"),
        pytest.param([50, 51], 100, [[0], [1]], id="padding counts"),
        pytest.param([90, 10, 90, 10], 200, [[1, 3], [0, 2]], id="like lengths together"),
        pytest.param([500, 5], 100, [[1], [0]], id="longer than the budget"),
        pytest.param([7] * 5, 14, [[0, 1], [2, 3], [4]], id="equal lengths keep their order"),
    ],
)
def test_batches(lengths: list[int], budget: int, expected: list[list[int]]) -> None:
    assert plan_batches(lengths, budget) == expected
