"""How alike two documents of a kind are, by their cards alone."""

from __future__ import annotations

import numpy as np

from services.matching.scoring.choosing.card_table import Cards, counted
from services.matching.scoring.choosing.word_weights import weights_of
from services.matching.scoring.model import Vectors
from services.matching.scoring.terms import Weights, word_covers

_MEANING, _WORDS = 0.6, 0.4


def similar_values(head: Vectors, mean: Vectors, own: Cards, cards: Cards) -> Weights:
    """float64 (n), 0-1: how alike each card is to a document with these vectors, whose own card is `own` (alone). 1 for
    the same text. Blocks.

    0.6 * the mean of the cosines of heads and of whole texts (0 where it is negative), + 0.4 * BM25 of the document's
    terms in the other over that in itself (1 at most).
    """
    if cards.heads is None or cards.means is None:
        raise ValueError("cards without vectors cannot be compared")
    meaning = 0.5 * (cards.heads @ head + cards.means @ mean)
    weights = weights_of(own.hashes)
    itself = float(word_covers(weights, counted(own.hashes, own), own.lengths)[0])
    words = word_covers(weights, counted(own.hashes, cards), cards.lengths) / max(itself, 1e-9)
    values = _MEANING * np.clip(meaning, 0.0, 1.0) + _WORDS * np.clip(words, 0.0, 1.0)
    return values.astype(np.float32)
