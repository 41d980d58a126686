"""How many tokens a stretch of a text has."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from services.embedding.engines.tokens import TokenIds, Tokens

# Some tokenizers write a text's first word in a few tokens more than the same word after a blank.
_SURE_BELOW = 4

Tokenize = Callable[[str], Tokens]


class TokenCounter:
    """Counts tokens of stretches from one pass over the text; a stretch is tokenized alone only where that may differ,
    and then once.
    """

    def __init__(self, text: str, tokenize: Tokenize) -> None:
        self.text = text
        self._tokenize = tokenize
        self._whole = tokenize(text)
        self._starts = self._whole.starts
        self._alone: dict[tuple[int, int], Tokens] = {}

    def count(self, start: int, end: int) -> int:
        """Tokens of the whole text that begin in the stretch."""
        return self._whole.count(start, end)

    def fits(self, start: int, end: int, limit: int) -> bool:
        """Whether the stretch has at most `limit` tokens when it is tokenized by itself."""
        count = self.count(start, end)
        if count > limit:
            return False
        if count <= limit - _SURE_BELOW and not self._inside_word(start) and not self._inside_word(end):
            return True
        if self._whole.of_stretch(start, end) is not None:
            return True  # it has the same tokens by itself
        alone = self._alone.get((start, end))
        if alone is None:
            alone = self._alone[start, end] = self._tokenize(self.text[start:end])
        return len(alone) <= limit

    def ids(self, start: int, end: int) -> TokenIds | None:
        """The ids of the stretch's tokens when it is tokenized by itself; None where that is still to be done."""
        alone = self._alone.get((start, end))
        return self._whole.of_stretch(start, end) if alone is None else alone.ids

    def first_over(self, start: int, end: int, limit: int) -> int:
        """Where the first token beyond `limit` begins; `end` where there is none before."""
        index = bisect_left(self._starts, start) + limit
        return min(self._starts[index], end) if index < len(self._starts) else end

    def before(self, place: int, tokens: int, least: int) -> int:
        """The beginning of a word at most so many tokens before `place`, and not before `least`."""
        index = max(0, bisect_left(self._starts, place) - tokens)
        while index < len(self._starts) and self._starts[index] < place:
            start = self._starts[index]
            if start >= least and not self._inside_word(start):
                return start
            index += 1
        return place

    def _inside_word(self, place: int) -> bool:
        text = self.text
        return 0 < place < len(text) and not text[place - 1].isspace() and not text[place].isspace()
