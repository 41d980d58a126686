"""Requirements of several things come to what their verdicts come to one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from services.matching.scoring.signals.requirement_strengths import all_asked
from services.matching.scoring.verdicts.judged import Judged, all_of_parts

pytestmark = pytest.mark.unit


def test_many_at_once_come_to_the_same_as_one_by_one() -> None:
    drawn = np.random.default_rng(11)
    for _ in range(100):
        sizes = drawn.integers(1, 5, size=drawn.integers(1, 7))
        starts = np.concatenate([[0], np.cumsum(sizes)])
        must = drawn.random(int(starts[-1])) < 0.6
        found = drawn.random((3, int(starts[-1]))).astype(np.float32)
        together = all_asked(found, must, starts)
        for row in range(len(found)):
            for place, (start, end) in enumerate(pairwise(starts)):
                parts = [(not must[at], Judged(float(found[row, at]))) for at in range(start, end)]
                alone = all_of_parts(parts) if len(parts) > 1 else parts[0][1]
                assert together[row, place] == pytest.approx(alone.strength, abs=1e-6)
                assert Judged(float(together[row, place])).status == alone.status


def test_what_is_only_wished_does_not_keep_a_must_from_being_met() -> None:
    found = np.array([[0.9, 0.0]], dtype=np.float32)
    must_and_wish = np.array([True, False])
    assert all_asked(found, must_and_wish, np.array([0, 2]))[0, 0] == pytest.approx(0.9)
    assert all_asked(found, np.array([True, True]), np.array([0, 2]))[0, 0] < 0.5
