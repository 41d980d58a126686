"""Signs of vectors tell about how close they are."""

from __future__ import annotations

import numpy as np
import pytest

from services.matching.scoring.choosing import unit_signs
from services.matching.scoring.choosing.unit_signs import MOST_UNITS, near_cosines, packed_signs, unpacked_signs

pytestmark = pytest.mark.unit

DIMENSION = 384


def unit_vectors(count: int, dimension: int = DIMENSION) -> np.ndarray:
    vectors = np.random.default_rng(7).standard_normal((count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_cosines_are_told_within_a_tenth() -> None:
    query, others = unit_vectors(1)[0], unit_vectors(200)
    shares = np.linspace(0.0, 0.9, len(others))[:, None].astype(np.float32)
    mixed = shares * query + (1.0 - shares) * others
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    # Lengths do not count, as in int8 with a scale.
    near = near_cosines(unpacked_signs(packed_signs(100 * mixed), DIMENSION), query)
    exact = mixed @ query
    scale = float(near @ exact / (near @ near))
    assert np.abs(scale * near - exact).mean() < 0.05
    assert np.corrcoef(near, exact)[0, 1] > 0.98


def test_large_numbers_of_units_are_looked_up_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    query, signs = unit_vectors(1)[0], unpacked_signs(packed_signs(unit_vectors(50)), DIMENSION)
    whole = near_cosines(signs, query)
    monkeypatch.setattr(unit_signs, "_AT_ONCE", 7)
    assert np.array_equal(near_cosines(signs, query), whole)


def test_a_dimension_that_fills_no_byte() -> None:
    vectors = unit_vectors(3, 13)
    signs = unpacked_signs(packed_signs(vectors), 13)
    assert signs.shape == (3, 2)
    expected = np.where(vectors >= 0, 1.0, -1.0) @ vectors[0] * np.sqrt(2 / (np.pi * 13))
    assert np.allclose(near_cosines(signs, vectors[0]), expected, atol=1e-6)


def test_a_document_without_units_and_one_with_very_many() -> None:
    assert packed_signs(np.zeros((0, DIMENSION), dtype=np.int8)) == b""
    assert len(near_cosines(unpacked_signs(b"", DIMENSION), unit_vectors(1)[0])) == 0
    assert len(packed_signs(unit_vectors(MOST_UNITS + 5))) == MOST_UNITS * DIMENSION // 8
