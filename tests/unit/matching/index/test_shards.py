"""Documents are spread evenly, in whatever order their numbers were given."""

from __future__ import annotations

import numpy as np
import pytest

from services.matching.index.vectors.shards import SHARDS, homes

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("step", [1, 2, 3, 8, 16, 1000])
def test_each_shard_gets_its_part_of_numbers_that_follow_or_skip(step: int) -> None:
    counts = np.bincount(homes(np.arange(1, 80_000 * step, step)), minlength=SHARDS)
    assert len(counts) == SHARDS
    assert counts.min() > 8_000
    assert counts.max() < 12_000


def test_the_home_of_a_number_never_changes() -> None:
    assert homes(np.array([1, 2, 3, 4, 5, 6, 7, 8, 123_456_789])).tolist() == [4, 1, 6, 3, 0, 5, 2, 7, 3]
