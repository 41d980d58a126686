"""The figures of match quality, worked by hand."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

pytestmark = pytest.mark.unit

EVAL = Path(__file__).resolve().parents[2] / "eval"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"eval_{name.replace('/', '_')}", EVAL / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Where a dataclass looks up the module that it is defined in.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


measures = _load("quality/measures")
intervals = _load("quality/intervals")


def test_the_reciprocal_rank_counts_a_tie_as_lost() -> None:
    assert measures.reciprocal_rank(np.array([5.0, 5.0, 1.0]), 0) == pytest.approx(1 / 2)
    assert measures.reciprocal_rank(np.array([5.0, 4.0, 1.0]), 2) == pytest.approx(1 / 3)
    assert measures.reciprocal_rank(np.array([5.0, 4.0, 1.0]), 0) == 1.0


def test_the_rank_correlation_is_none_where_scores_are_flat() -> None:
    assert measures.rank_correlation([1.0, 2.0, 9.0], [2.0, 4.0, 6.0]) == pytest.approx(1.0)
    assert measures.rank_correlation([1.0, 1.0, 1.0], [2.0, 4.0, 6.0]) == 0.0


def test_ndcg_of_a_perfect_and_of_a_reversed_order() -> None:
    relevant = np.array([True, False, False])
    assert measures.ndcg(np.array([3.0, 2.0, 1.0]), relevant) == pytest.approx(1.0)
    assert measures.ndcg(np.array([1.0, 2.0, 3.0]), relevant) == pytest.approx(0.5)


def test_the_auc_is_the_share_of_pairs_in_order_a_tie_half() -> None:
    relevant = np.array([True, True, False, False])
    assert measures.auc(np.array([4.0, 2.0, 3.0, 2.0]), relevant) == pytest.approx(2.5 / 4)
    assert np.isnan(measures.auc(np.array([1.0, 2.0]), np.array([True, True])))


def test_balanced_accuracy_weighs_both_sides_alike() -> None:
    true = np.array([True, True, True, False])
    assert measures.balanced_accuracy(np.array([True, True, True, True]), true) == pytest.approx(0.5)
    assert measures.balanced_accuracy(np.array([True, False, True, False]), true) == pytest.approx((2 / 3 + 1) / 2)


def test_the_base_rate_of_the_others_has_no_brier_skill() -> None:
    relevant, groups = np.array([True, False, True, False]), np.array([0, 0, 1, 1])
    assert measures.brier_skill(np.array([0.5, 0.5, 0.5, 0.5]), relevant, groups) == pytest.approx(0.0)
    assert measures.brier_skill(np.array([1.0, 0.0, 1.0, 0.0]), relevant, groups) == pytest.approx(1.0)


def test_an_interval_holds_its_figure_and_narrows_with_more_jobs() -> None:
    few, many = (intervals.mean_figure(np.arange(count) % 2) for count in (10, 1000))
    assert few.low < few.value < few.high
    assert (few.value, many.value) == (0.5, 0.5)
    assert many.high - many.low < few.high - few.low


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
