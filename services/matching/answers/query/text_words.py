"""The words of a document's text in order, to look for phrases in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

from services.matching.scoring.terms import folded, word_list

# Single letters that belong together: R&D, R & D, Q&A, B.S., U.S.A. None of them is the R or the C of a programmer.
_JOINED_LETTERS = re.compile(
    r"(?<![^\W_])(?:r & d|[^\W\d_](?:&[^\W\d_])+|[^\W\d_](?:\.[^\W\d_])+\.?)(?![^\W_])", re.IGNORECASE
)

# Words of which a text is made with only other signs between them.
_LETTERS = re.compile(r"[a-z0-9]+")


class TextWords:
    """The words of a text, as `word_list` makes them; each form is computed once, when it is asked for. Blocks."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _folded(self) -> str:
        return folded(self._text)

    @cached_property
    def _in_order(self) -> str:
        return f" {' '.join(word_list(self._text))} "

    @cached_property
    def _single_letters(self) -> frozenset[str]:
        apart = _JOINED_LETTERS.sub(" ", self._folded)
        return frozenset(word for word in word_list(apart) if len(word) == 1)

    def hold(self, phrase: Sequence[str]) -> bool:
        """Whether the phrase's words, as of `word_list`, stand side by side in the text, in this order.

        Punctuation and line ends between them do not count. A letter alone must stand alone: R is not in R&D.
        """
        if is_single_letter(phrase):
            return phrase[0] in self._single_letters
        rough = _roughly(tuple(phrase))
        if rough is not None and not rough.search(self._folded):
            return False
        return f" {' '.join(phrase)} " in self._in_order


@lru_cache(maxsize=1_024)
def _roughly(phrase: tuple[str, ...]) -> re.Pattern[str] | None:
    """What every folded text with the phrase has, found without making words of it: many texts lack it.

    A stem differs from the beginning of its words in the last two letters at most: die and dying, happi and happy.
    """
    if not all(_LETTERS.fullmatch(word) for word in phrase):
        return None
    beginnings = (re.escape(word[: max(1, len(word) - 2)]) for word in phrase)
    return re.compile(r"[^\W_]*(?:['’][^\W_]+)?[\W_]+".join(beginnings))


def is_single_letter(phrase: Sequence[str]) -> bool:
    """Whether a phrase is one letter of an alphabet."""
    return len(phrase) == 1 and len(phrase[0]) == 1 and phrase[0].isalpha() and phrase[0].islower()
