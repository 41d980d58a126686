"""Cards of many documents as arrays, and the words in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.choosing.card_roles import Positions
from services.matching.scoring.choosing.unit_signs import Signs
from services.matching.scoring.model import Vectors
from services.matching.scoring.term_hashes import ShortHashes, places_among
from services.matching.scoring.terms import Weights


@dataclass(frozen=True, slots=True)
class Cards:
    """n cards. The terms of card i are `hashes[offsets[i]:offsets[i + 1]]`, ascending, each with its count;
    `lengths` (n) count all terms; `heads` and `means` are float32 (n, dimension), None where there is no vector.
    `positions`, each card's from `position_starts` (n + 1): see card_roles; None where they were not asked for.
    `signs` uint8 (u, bytes of each) are those of the units, where they were asked for: of card i
    `signs[sign_starts[i]:sign_starts[i + 1]]`."""

    offsets: npt.NDArray[np.int64]
    hashes: ShortHashes
    counts: npt.NDArray[np.integer]
    lengths: npt.NDArray[np.int32]
    heads: Vectors | None
    means: Vectors | None
    positions: Positions | None = None
    position_starts: npt.NDArray[np.int64] | None = None
    signs: Signs | None = None
    sign_starts: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.lengths)


@dataclass(frozen=True, slots=True)
class Held:
    """Which of some asked terms stand in which cards: one entry for each pair. `rows` are cards, `columns` terms,
    `counts` float32 how often the term stands there."""

    rows: npt.NDArray[np.int32]
    columns: npt.NDArray[np.intp]
    counts: Weights


def held(asked: ShortHashes, cards: Cards) -> Held:
    """Of the asked terms, which are distinct, those that each card holds. Blocks, for a millisecond or two."""
    found, columns = places_among(asked, cards.hashes)
    rows = np.repeat(np.arange(len(cards), dtype=np.int32), np.diff(cards.offsets))
    return Held(rows[found], columns, cards.counts[found].astype(np.float32))


def counted(asked: ShortHashes, cards: Cards) -> Weights:
    """float32 (n, t): how often each card holds each of t distinct terms."""
    counts = np.zeros((len(cards), len(asked)), dtype=np.float32)
    found = held(asked, cards)
    counts[found.rows, found.columns] = found.counts
    return counts
