"""Weights are read from the file that they are fitted into, and more of a signal is never worth less."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from services.matching.scoring import weights
from services.matching.scoring.choosing.card_ranking import CARD_SIGNALS
from services.matching.scoring.signals.measured import SIGNALS
from services.matching.scoring.weights import fitted_weights, scores_of

pytestmark = pytest.mark.unit


def test_more_of_a_signal_never_lowers_a_score() -> None:
    drawn = np.random.default_rng(3)
    for _ in range(200):
        low = drawn.random((1, len(SIGNALS)))
        high = low + drawn.random((1, len(SIGNALS))) * (1.0 - low)
        assert scores_of(high)[0] >= scores_of(low)[0]


def test_the_file_names_every_signal_of_pairs_and_of_cards_and_how_it_was_fitted() -> None:
    fitted = fitted_weights()
    assert set(fitted.weights) == set(SIGNALS)
    assert set(fitted.cards) == set(CARD_SIGNALS)
    assert {"how", "on", "day", "space"} <= set(fitted.fitted)


@pytest.mark.parametrize(
    ("name", "weight", "told"), [("body", -0.1, "0 or more"), ("charm", 1.0, "each of"), ("body", None, "each of")]
)
def test_a_file_with_other_weights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, weight: float | None, told: str
) -> None:
    content = json.loads(weights.WEIGHTS.read_text(encoding="utf-8"))
    content["weights"][name] = weight
    content["weights"] = {key: each for key, each in content["weights"].items() if each is not None}
    other = tmp_path / "weights.json"
    other.write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setattr(weights, "WEIGHTS", other)
    with pytest.raises(ValueError, match=told):
        fitted_weights.__wrapped__()
