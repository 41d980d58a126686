"""Which of the hidden stretches of a page say something that its visible lines do not."""

from __future__ import annotations

from collections.abc import Sequence

from services.ingest.parsing.parsers.looks import TextLine


def not_in_sight(hidden: Sequence[str], lines: Sequence[TextLine]) -> list[str]:
    """The hidden stretches that are not also in sight as a line of their own: those hide nothing."""
    seen = {_words(line.text) for line in lines} if hidden else set()
    return [each for each in hidden if _words(each) not in seen]


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()
