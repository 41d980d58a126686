"""Cards of resumes mixed from real sentences, never copies of any, for measurements of the index alone."""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from services.matching.index.cards import MOST_COUNTED, CardTerms
from services.matching.scoring.term_hashes import shortened, term_hashes
from services.matching.scoring.terms import term_list

# Resumes that one mixture takes its sentences from.
SOURCES = 6
# The share of its sentences that are of another occupation.
STRANGE = 0.1


class MixedCards:
    """Endlessly many; the same for the same seed."""

    def __init__(self, resumes: Path, seed: int = 0) -> None:
        self._random = random.Random(seed)
        rows = [json.loads(line) for line in resumes.read_text(encoding="utf-8").splitlines()]
        self._resumes = [[hashed(part) for part in sentences(row["text"])] for row in rows]
        self._by_category: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            self._by_category[row["category"]].append(place)

    def __iter__(self) -> Iterator[CardTerms]:
        while True:
            yield self._mixed()

    def _mixed(self) -> CardTerms:
        of = self._by_category[self._random.choice(list(self._by_category))]
        sources = [self._resumes[place] for place in self._random.sample(of, min(SOURCES, len(of)))]
        parts = []
        for _ in range(len(self._random.choice(self._resumes))):
            source = self._random.choice(self._resumes if self._random.random() < STRANGE else sources)
            if source:
                parts.append(self._random.choice(source))
        hashes, counts = np.unique(np.concatenate([*parts, np.empty(0, np.uint32)]), return_counts=True)
        return CardTerms(hashes, np.minimum(counts, MOST_COUNTED).astype(np.uint8), int(counts.sum()))


def sentences(text: str) -> list[str]:
    """Lines and sentences of a text."""
    return [part for part in re.split(r"\n+|(?<=[.!?;])\s+", text) if part.strip()]


def hashed(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """uint32: the short hash of every term, with repetitions."""
    counts = Counter(term_list(text))
    return np.repeat(shortened(term_hashes(counts)), list(counts.values()))
