"""How often a text says the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.matching.scoring.copied.fingerprints import Fingerprints

# How often a phrase must stand in a text to count: honest resumes repeat one under each of their positions, and of
# 900 that were looked at none had one more than 9 times, but for rows of one letter.
_TIMES = 12
# Words of one letter are mostly what is left of signs that were read wrongly.
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Repetition:
    """What a text says most often: the most frequent of its terms, how many `times`, among how many terms in all
    (`terms`); and how many `phrases` (see Fingerprints) stand there that are said a dozen times and more."""

    term: str
    times: int
    terms: int
    phrases: int


def repetition_in(term_counts: Mapping[str, int], fingerprints: Fingerprints) -> Repetition:
    """What a text says most often. `term_counts`: how often each of its terms stands there."""
    told = ((count, term) for term, count in term_counts.items() if len(term) >= _SHORTEST)
    times, term = max(told, default=(0, ""))
    return Repetition(term, times, sum(term_counts.values()), _repeated(fingerprints))


def _repeated(fingerprints: Fingerprints) -> int:
    hashes = fingerprints.hashes
    ends = np.append(np.flatnonzero(hashes[1:] != hashes[:-1]) + 1, len(hashes))
    sizes = np.diff(ends, prepend=0)
    return int(sizes[sizes >= _TIMES].sum())
