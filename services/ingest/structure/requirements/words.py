"""The words of a text, found once and used by all that looks for something in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import add
from typing import NamedTuple

# What stands between words, or within them, in texts that are plain otherwise.
_PLAIN = str.maketrans("’–—•“”‘…\xa0·", "'--*\"\"'. *")
_ASCII_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*|[0-9]+(?:[.,][0-9]+)*|&")
# A Chinese character is a word of its own, so that phrases need no spaces.
_WORD = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff]"
    r"|[^\W\d_\u3400-\u4dbf\u4e00-\u9fff]+(?:['’][^\W\d_\u3400-\u4dbf\u4e00-\u9fff]+)*"
    r"|\d+(?:[.,]\d+)*|&"
)
# As in texts that lost what is not ASCII.
_WITHOUT_APOSTROPHE = {
    word.replace("'", ""): word
    for word in "you'll you've you're you'd don't doesn't isn't aren't won't we've they're bachelor's master's".split()
}


class Words(NamedTuple):
    """The words of a text, lower-cased, and where each begins and ends in it."""

    words: list[str]
    starts: list[int]
    ends: list[int]

    def between(self, start: int, stop: int) -> Words:
        """The words that lie within a stretch of the text."""
        first, end = bisect_left(self.starts, start), bisect_right(self.ends, stop)
        return Words(self.words[first:end], self.starts[first:end], self.ends[first:end])


def words_of(text: str, start: int = 0, end: int | None = None) -> Words:
    """The words of a stretch of a text; offsets count from the text's beginning."""
    return words_of_all(text, [(start, len(text) if end is None else end)])


def words_of_all(text: str, stretches: Iterable[tuple[int, int]]) -> Words:
    """The words of some stretches of a text, in order; none reaches from one into the next."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in stretches:
        stretch = text[start:end]
        lowered = stretch.lower().translate(_PLAIN)
        if lowered.isascii():
            # Most lines are, and their words are found twice as fast.
            matches = list(_ASCII_WORD.finditer(lowered))
            words += [match[0] for match in matches]
            starts += [match.start() + start for match in matches]
            ends += map(add, starts[len(ends) :], map(len, words[len(ends) :]))
            continue
        matches = list(_WORD.finditer(text, start, end))
        words += [match[0].lower().translate(_PLAIN) for match in matches]
        starts += [match.start() for match in matches]
        # Not by the word's length: a letter may be two in lower case.
        ends += [match.end() for match in matches]
    if not _WITHOUT_APOSTROPHE.keys().isdisjoint(words):
        words = [_WITHOUT_APOSTROPHE.get(word, word) for word in words]
    return Words(words, starts, ends)
