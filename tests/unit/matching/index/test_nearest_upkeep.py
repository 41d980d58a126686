"""When an index of vectors is worth building anew."""

from __future__ import annotations

import pytest

from services.matching.index.vectors.nearest_upkeep import is_rebuilding_due
from services.matching.storage.index_maintenance import VectorTable

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("live", "dead", "due"),
    [(100_000, 9_999, False), (100_000, 10_000, True), (500, 999, False), (500, 1000, True), (0, 0, False)],
)
def test_it_is_where_a_tenth_died_but_not_for_a_few(live: int, dead: int, due: bool) -> None:
    assert is_rebuilding_due(VectorTable("nearest_00000001_0", live, dead, 0.0)) is due
