"""The words of a text that say what it is about."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.matching.scoring.terms import terms_of

FILLERS = Path(__file__).with_name("fillers_v1.tsv")


def content_words(text: str) -> list[str]:
    """The distinct terms of a text, without those by which everything is asked."""
    return [term for term in terms_of(text) if term not in fillers()]


@cache
def fillers() -> frozenset[str]:
    """The terms by which everything is asked, such as those of "experience in"."""
    lines = FILLERS.read_text(encoding="utf-8").splitlines()
    return frozenset(terms_of(" ".join(line for line in lines if not line.startswith("#"))))
