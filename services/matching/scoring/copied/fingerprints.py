"""A text's fingerprints: by these, two texts show where they share a run of words, without either text.

Of each few neighbouring phrases the one with the lowest hash is kept (winnowing: Schleimer, Wilkerson and Aiken 2003).
Which one that is depends on these phrases alone, so two texts with the same run keep the same one of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.copied.word_sequence import word_sequence
from services.matching.scoring.term_hashes import Hashes, ShortHashes, term_hashes

# Words of a phrase; neighbouring phrases of which one is kept; and so the shortest run of words of which every text
# that has it keeps at least one phrase.
PHRASE = 8
WINDOW = 5
RUN = PHRASE + WINDOW - 1

# Odd, so that no bit of a word is lost however often it is multiplied.
_BASE = 0x9E37_79B9_7F4A_7C15
_POWERS = np.array([pow(_BASE, power, 1 << 64) for power in range(PHRASE)], dtype=np.uint64)
_MIX = np.uint64(0xD6E8_FEB8_6659_FD93)
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFF_FFFF)

Places = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """Of a text with n words in u units, f phrases that are kept.

    `hashes` uint32 (f) ascending, and `places` (f): with which word each phrase begins, ascending among equal hashes;
    `signs` uint8 (n): a byte of each word's hash, by which a run is followed beyond its phrases; `begins` (u + 1):
    the word with which each unit begins, and n.
    """

    hashes: ShortHashes
    places: Places
    signs: npt.NDArray[np.uint8]
    begins: Places

    @property
    def words(self) -> int:
        """How many words the text has."""
        return len(self.signs)

    @property
    def units(self) -> int:
        """How many units the text has."""
        return len(self.begins) - 1


def fingerprints_of(text: str, unit_spans: npt.NDArray[np.integer]) -> Fingerprints:
    """The fingerprints of a text: the same in every process and version.

    `text` is what may be looked at of it; `unit_spans` (u, 2) are its units, ascending. Words that no unit covers
    belong to the unit before. Blocks, for half a millisecond per 1,000 words.
    """
    starts: Sequence[int] = unit_spans[:, 0].tolist()
    words, begins = word_sequence(text, starts)
    hashes = term_hashes(words)
    phrases = _phrases(hashes)
    places = _kept(phrases)
    order = np.argsort(phrases[places], kind="stable")
    return Fingerprints(
        hashes=phrases[places[order]].astype(np.uint32),
        places=places[order],
        signs=(hashes & np.uint64(0xFF)).astype(np.uint8),
        begins=np.array(begins, dtype=np.int64),
    )


def _phrases(words: Hashes) -> Hashes:
    """uint64 (n - PHRASE + 1), each below 2**32: the hash of the phrase that begins with each word."""
    count = max(len(words) - PHRASE + 1, 0)
    total = np.zeros(count, dtype=np.uint64)
    for place, power in enumerate(_POWERS):
        total += words[place : place + count] * power
    # Sums of products differ mostly in their upper bits.
    return ((total ^ (total >> _HALF)) * _MIX) >> _HALF


def _kept(phrases: Hashes) -> npt.NDArray[np.int64]:
    """Which phrases are kept, ascending: of each WINDOW neighbours the lowest, and of equal ones the last."""
    count = len(phrases) - WINDOW + 1
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    # The hash, and below it the place counted backwards, so that the lowest is the last of the equal ones.
    keys = (phrases << _HALF) | (_LOW - np.arange(len(phrases), dtype=np.uint64))
    lowest = keys[:count]
    for step in range(1, WINDOW):
        lowest = np.minimum(lowest, keys[step : step + count])
    chosen = (_LOW - (lowest & _LOW)).astype(np.int64)
    return chosen[np.diff(chosen, prepend=-1) > 0]
