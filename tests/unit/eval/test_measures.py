"""The figures of match quality, worked by hand."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

pytestmark = pytest.mark.unit

EVAL = Path(__file__).resolve().parents[2] / "eval"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"eval_{name}", EVAL / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


measures = _load("measures")


def test_top_rate_counts_a_tie_as_lost() -> None:
    scores = np.array([[3.0, 1.0, 2.0], [5.0, 5.0, 0.0], [0.0, 9.0, 1.0]])
    assert measures.top_rate(scores) == pytest.approx(1 / 3)


def test_above_rate_counts_a_tie_as_lost() -> None:
    assert measures.above_rate(np.array([1.0, 2.0, 3.0]), np.array([0.0, 2.0, 4.0])) == pytest.approx(1 / 3)


def test_correlation_is_averaged_over_jobs_and_none_where_scores_are_flat() -> None:
    scores = [np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0])]
    assert measures.mean_correlation(scores, [[2.0, 4.0, 6.0], [1.0, 2.0, 3.0]]) == pytest.approx(0.5)


def test_pairs_of_one_grade_are_not_asked_and_ties_are_half() -> None:
    assert measures.pairs_in_order([np.array([1.0, 1.0, 5.0])], [[1.0, 3.0, 3.0]]) == pytest.approx(0.75)


def test_ndcg_of_a_perfect_and_of_a_reversed_order() -> None:
    relevant = [[True, False, False]]
    assert measures.ndcg(np.array([[3.0, 2.0, 1.0]]), relevant) == pytest.approx(1.0)
    assert measures.ndcg(np.array([[1.0, 2.0, 3.0]]), relevant) == pytest.approx(0.5)


def test_vectors_are_computed_once_and_kept_by_space(tmp_path: Path) -> None:
    store_module = _load("vector_store")
    asked: list[str] = []

    def encode(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)

    def store(space: str) -> object:
        return store_module.VectorStore(tmp_path / "vectors.npz", space, encode)

    first = store("aaaa0000")
    assert first.fill(["one", "three", "one"], lambda done, total: None) == 2  # type: ignore[attr-defined]
    again = store("aaaa0000")
    assert again.fill(["three", "one"], lambda done, total: None) == 0  # type: ignore[attr-defined]
    assert again.vectors(["three", "one"])[:, 0].tolist() == [5.0, 3.0]  # type: ignore[attr-defined]
    other = store("bbbb1111")
    assert other.fill(["one"], lambda done, total: None) == 1  # type: ignore[attr-defined]
    assert store("aaaa0000").fill(["one"], lambda done, total: None) == 0  # type: ignore[attr-defined]
    assert asked == ["one", "three", "one"]
