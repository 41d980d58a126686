"""Counting what was found against what is labelled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

_WORDS = re.compile(r"\w+")


@dataclass
class Counts:
    """Right, missed (labelled, not found) and false (found, not labelled); `faults` describes each of the latter."""

    right: int = 0
    missed: int = 0
    false: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        """Adds another's."""
        self.right += other.right
        self.missed += other.missed
        self.false += other.false
        self.faults += other.faults

    @property
    def recall(self) -> float | None:
        """Share of the labelled that were found; None where nothing is labelled."""
        labelled = self.right + self.missed
        return self.right / labelled if labelled else None

    @property
    def precision(self) -> float | None:
        """Share of the found that are labelled; None where nothing was found."""
        found = self.right + self.false
        return self.right / found if found else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None where nothing is labelled nor found."""
        total = 2 * self.right + self.missed + self.false
        return 2 * self.right / total if total else None


def folded(text: str | None) -> str:
    """Words in lower case without what surrounds them, for comparing what was written in another form."""
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", text or "").casefold()))


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return folded(text).split()


def summed(counts: Iterable[Counts]) -> Counts:
    """All of them together."""
    total = Counts()
    for each in counts:
        total.add(each)
    return total
