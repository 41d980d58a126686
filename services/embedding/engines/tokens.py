"""The tokens of a text, and from them those of its stretches, as a model would read each by itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TokenIds = NDArray[np.int32]

# Characters that word-piece tokenizers end a word at, before and after: blanks, and these marks, which are words of
# their own. There are more; beside what stands here is nothing to prove.
BLANK = " \n"
_ENDS_WORD = " \n。！？；"


class Tokens:
    """The content tokens of one text, in order, without special ones.

    `starts` and `ends`: code points at which each begins and ends, ascending. `words_alone`: whether the tokenizer
    reads every word by itself, whatever stands beside it.
    """

    def __init__(
        self, text: str, ids: TokenIds, starts: Sequence[int], ends: Sequence[int], *, words_alone: bool
    ) -> None:
        self.text = text
        self.ids = ids
        self.starts = starts
        self._ends = ends
        # A token without a place, as other kinds of tokenizers make them, would be lost between two stretches.
        self._words_alone = words_alone and len(starts) == len(ids)

    def __len__(self) -> int:
        """How many have a place in the text; those count against a limit."""
        return len(self.starts)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of each that has a place."""
        return list(zip(self.starts, self._ends, strict=True))

    def count(self, start: int, end: int) -> int:
        """How many begin in `text[start:end]`."""
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

    def of_stretch(self, start: int, end: int) -> TokenIds | None:
        """The ids that `text[start:end]` has when it is tokenized by itself.

        None where that cannot be told from here, as for a stretch that begins or ends within a word.
        """
        if not (self._words_alone and self._between_words(start) and self._between_words(end)):
            return None
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        # Some special tokens take the blank before them along.
        if (first > 0 and self._ends[first - 1] > start) or (last > first and self._ends[last - 1] > end):
            return None
        return self.ids[first:last]

    def _between_words(self, place: int) -> bool:
        text = self.text
        return place in (0, len(text)) or text[place - 1] in _ENDS_WORD or text[place] in BLANK
