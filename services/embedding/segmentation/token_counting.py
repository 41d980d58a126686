"""How many tokens a stretch of a text has."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

# Some tokenizers write a text's first word in a few tokens more than the same word after a blank.
_SURE_BELOW = 4

TokenSpans = Callable[[str], list[tuple[int, int]]]


class TokenCounter:
    """Counts tokens of stretches from one pass over the text, and again alone where that may differ."""

    def __init__(self, text: str, token_spans: TokenSpans) -> None:
        self.text = text
        self._token_spans = token_spans
        self.starts = [start for start, _ in token_spans(text)]

    def count(self, start: int, end: int) -> int:
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

    def fits(self, start: int, end: int, limit: int) -> bool:
        """Whether the stretch has at most `limit` tokens when it is tokenized by itself."""
        count = self.count(start, end)
        if count > limit:
            return False
        if count <= limit - _SURE_BELOW and not self._inside_word(start) and not self._inside_word(end):
            return True
        return len(self._token_spans(self.text[start:end])) <= limit

    def first_over(self, start: int, end: int, limit: int) -> int:
        """Where the first token beyond `limit` begins; `end` where there is none before."""
        index = bisect_left(self.starts, start) + limit
        return min(self.starts[index], end) if index < len(self.starts) else end

    def before(self, place: int, tokens: int, least: int) -> int:
        """The beginning of a word at most so many tokens before `place`, and not before `least`."""
        index = max(0, bisect_left(self.starts, place) - tokens)
        while index < len(self.starts) and self.starts[index] < place:
            start = self.starts[index]
            if start >= least and not self._inside_word(start):
                return start
            index += 1
        return place

    def _inside_word(self, place: int) -> bool:
        text = self.text
        return 0 < place < len(text) and not text[place - 1].isspace() and not text[place].isspace()
