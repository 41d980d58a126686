"""One vector for a document."""

from __future__ import annotations

import numpy as np
import pytest

from services.matching.scoring.document_vector import document_vector, head_vector, mean_vector
from services.matching.scoring.model import StoredVectors

pytestmark = pytest.mark.unit


def _windows(*spans: tuple[int, int]) -> StoredVectors:
    return StoredVectors(np.array(spans, dtype=np.int32), np.eye(4, dtype=np.float32)[: len(spans)])


def test_every_window_counts_by_its_length_and_the_first_once_more() -> None:
    vector = document_vector(_windows((0, 100), (100, 300), (300, 310)))
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-6)
    assert vector[0] > vector[1] > vector[2] > 0


def test_the_head_is_the_window_that_begins_first_wherever_it_is_stored() -> None:
    assert head_vector(_windows((50, 90), (0, 50))).tolist() == [0, 1, 0, 0]


def test_the_mean_weighs_by_length() -> None:
    mean = mean_vector(_windows((0, 300), (300, 400)))
    assert mean[0] == pytest.approx(3 * mean[1])


@pytest.mark.parametrize("function", [document_vector, head_vector, mean_vector])
def test_no_windows_is_an_error_and_no_zero_vector(function: object) -> None:
    empty = StoredVectors(np.zeros((0, 2), np.int32), np.zeros((0, 4), np.float32))
    with pytest.raises(ValueError, match="without windows"):
        function(empty)  # type: ignore[operator]


def test_spans_and_vectors_that_disagree_are_refused() -> None:
    with pytest.raises(ValueError, match="2 spans came with 1 vectors"):
        StoredVectors(np.zeros((2, 2), np.int32), np.zeros((1, 4), np.float32))
