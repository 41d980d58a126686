"""Words of many documents as cards, to compare all of them at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.matching.scoring.choosing.card_table import Cards
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.term_hashes import shortened


def stacked_cards(documents: Sequence[ReadDocument]) -> Cards:
    """What cards say of the words of documents. Blocks."""
    readings = [each.reading for each in documents]
    return Cards(
        offsets=np.cumsum([0, *(len(each.hashes) for each in readings)], dtype=np.int64),
        hashes=shortened(np.concatenate([each.hashes for each in readings])),
        counts=np.concatenate([each.counts for each in readings]),
        lengths=np.array([each.length for each in readings], dtype=np.int32),
        heads=None,
        means=None,
    )
