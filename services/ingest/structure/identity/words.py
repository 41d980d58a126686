"""A text as words with their places, in the form in which lists know them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache

# Signs that only ever stand upon a letter (Hebrew and Arabic points, Indic vowels, Thai tones) belong to the word.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0962\u0963\u0980-\u0983"
_MARKS += "\u09bc-\u09d7\u0a01-\u0a03\u0a3c-\u0a51\u0abc-\u0acd\u0b3c-\u0b57\u0bbe-\u0bcd\u0c3e-\u0c56\u0cbc-\u0cd6"
_MARKS += "\u0d3e-\u0d4d\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c\u200d"
WORD = re.compile(rf"[^\W\d_][^\W\d_{_MARKS}]*(?:[{_MARKS}]+[^\W\d_]*)*|\d+")

_PLAIN_WORD = re.compile(r"[A-Za-z]+|\d+")

_NOT_DECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "e"}
)


_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def holds_east_asian(text: str) -> bool:
    """Whether a text has Chinese, Japanese or Korean signs."""
    return not text.isascii() and _EAST_ASIAN.search(text) is not None


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """`word` in small letters without accents: the form that lists hold and that words are compared in."""
    if word.isascii():
        return word.lower()
    small = unicodedata.normalize("NFKD", word.casefold().translate(_NOT_DECOMPOSED))
    return "".join(sign for sign in small if not unicodedata.combining(sign))


@dataclass(frozen=True, slots=True)
class Words:
    """The words and numbers of a text; the lists run side by side. `folded` is each word as `fold` gives it,
    `positions` where it stands among the words, `vocabulary` the set of all."""

    text: str
    starts: list[int]
    ends: list[int]
    folded: list[str]
    positions: dict[str, list[int]]
    vocabulary: frozenset[str]

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, wanted: Set[str]) -> list[int]:
        """The numbers of the words that are among `wanted` folded ones, in order."""
        return sorted(index for word in self.vocabulary & wanted for index in self.positions[word])


def words_of(text: str) -> Words:
    """All words of `text`. Linear in its length."""
    spans = [match.span() for match in (_PLAIN_WORD if text.isascii() else WORD).finditer(text)]
    small = text.lower()
    if len(small) != len(text):  # "İ" in small letters is two signs: no place of the text would fit any more.
        small = text
    folded = [small[start:end] for start, end in spans]
    if not text.isascii():
        folded = [word if word.isascii() and small is not text else fold(word) for word in folded]
    positions: dict[str, list[int]] = {}
    for index, word in enumerate(folded):
        positions.setdefault(word, []).append(index)
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    return Words(text, starts, ends, folded, positions, frozenset(positions))
