"""The first step of ranking: a value for each of some hundred cards, to choose those that are scored fully. numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.matching.scoring.card_table import Cards, counted, cover
from services.matching.scoring.model import Vectors
from services.matching.scoring.terms import Weights

_DOCUMENT, _ROLE, _SHARE, _WORDS = 0.25, 0.20, 0.25, 0.30
_CLOSE = 0.8


@dataclass(frozen=True, slots=True)
class Asked:
    """What cards are compared with. `terms` with their weights; `head`, `mean` and `title` are of unit length; for a
    query all three are its vector. `requirements`: the terms of each requirement."""

    terms: Mapping[str, float]
    head: Vectors | None
    mean: Vectors | None
    title: Vectors | None
    requirements: Sequence[Sequence[str]] = ()


def card_values(asked: Asked, cards: Cards) -> Weights:
    """float32 (n): the greater, the better. Blocks."""
    counts = counted(list(asked.terms), cards)
    weights = np.fromiter(asked.terms.values(), dtype=np.float32)
    values = _WORDS * cover(weights, counts, cards.lengths)
    values += _SHARE * _share_held(weights, counts)
    if not (
        asked.head is None or asked.mean is None or asked.title is None or cards.heads is None or cards.means is None
    ):
        values += _DOCUMENT / _CLOSE * 0.5 * (cards.heads @ asked.head + cards.means @ asked.mean)
        values += _ROLE / _CLOSE * (cards.heads @ asked.title)
    return values.astype(np.float32)


def _share_held(weights: Weights, counts: Weights) -> Weights:
    held: Weights = (counts > 0).astype(np.float32) @ weights
    return held / max(float(weights.sum()), 1e-9)
