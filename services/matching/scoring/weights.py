"""What each measurement weighs in a score, as it was fitted."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from services.matching.scoring.signals.measured import SIGNALS

WEIGHTS = Path(__file__).with_name("weights_v2.json")

Values = npt.NDArray[np.float64]


class FittedWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`score = 100 / (1 + exp(-(bias + sum of weight x signal)))`. `cards`: weights of what is known of
    a card (see card_ranking), which come near to that sum. `fitted` says on what and how, for people."""

    version: str
    bias: float
    weights: dict[str, float]
    cards: dict[str, float]
    fitted: dict[str, str | float | int]

    @property
    def vector(self) -> Values:
        """float64 (SIGNALS)."""
        return np.array([self.weights[name] for name in SIGNALS])


@cache
def fitted_weights() -> FittedWeights:
    """The weights that are in use. Raises msgspec.ValidationError where the file is none, ValueError where a weight is
    missing or below 0, with which more of something would be worth less."""
    found = msgspec.json.decode(WEIGHTS.read_bytes(), type=FittedWeights)
    if set(found.weights) != set(SIGNALS) or min(found.weights.values()) < 0:
        raise ValueError(f"{WEIGHTS.name} must give each of {', '.join(SIGNALS)} a weight of 0 or more")
    return found


def scores_of(signals: Values) -> Values:
    """float64 (n), 0-100, not rounded: of signals (n, SIGNALS)."""
    fitted = fitted_weights()
    scores: Values = 100.0 / (1.0 + np.exp(-(fitted.bias + signals @ fitted.vector)))
    return scores
