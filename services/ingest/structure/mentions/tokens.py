"""The words of a text as names are looked for: folded, with their offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Chinese and Japanese are read sign by sign. "+" and "#" belong to the word before them (C++17, C#) unless letters
# follow (Python+Django); of words that begin with a dot there is one.
_TOKEN = re.compile(
    # Most words first, as that is fastest.
    r"[a-zA-Z0-9]++(?![\w'’+#])|"
    rf"(?<![^\W_])\.(?:net|NET|Net)(?![^\W_])|[{_CJK}]|&"
    rf"|[^\W_{_CJK}]+(?:['’][sS](?![^\W_]))?(?:(?:\+\+?|#)(?![^\W\d_+#]))?"
)
_WITH_VERSION = re.compile(r"([^\W\d_]{3,}[+#]*)(\d+)")
_COMPOUND = re.compile(r"([^\W\d_]{3,})(kenntnisse|kenntnissen)")
# Articles and prepositions that Arabic and Hebrew write together with the word behind them.
_PREFIX = re.compile(r"(?:وبال|وال|بال|لل|ال|و|ب)(?=[\u0621-\u064a]{3})|(?:ובה|וב|וה|ול|[ובהלמ])(?=[\u05d0-\u05ea]{3})")
_ONE_SPELLING = {"licence": "license", "licences": "licenses", "licenced": "licensed", "programme": "program"}
_MIN_BRITISH = 5
_BRITISH = re.compile(r"(?<=\w{3})is(?=(?:e|ed|er|ers|es|ing|ation|ations)$)")
_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "'": None, "’": None}
)

# What may stand between two words of one name; a line's end as well, see `joined`.
_JOINTS = frozenset(["", " ", "-", "‐", "‑", "_", "/", " / ", " /", "/ ", ".", "'", "’", "+", "\u00a0", " -"])
# Of lines shorter than this an end is a list's, not a cut through a sentence.
WRAPPED_CHARS = 40


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's words in order: `words` folded, `starts` and `ends` offsets into `text`."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]

    def written(self, first: int, last: int) -> tuple[str, ...]:
        """The words from `first` to before `last` as the text writes them."""
        return tuple(self.text[self.starts[at] : self.ends[at]] for at in range(first, last))

    def joined(self, at: int) -> bool:
        """Whether the word `at` and the next may belong to one name, by what stands between them."""
        gap = self.text[self.ends[at] : self.starts[at + 1]]
        if gap in _JOINTS:
            # "A A" is no "A.A.".
            return gap != " " or len(self.words[at]) > 1 or len(self.words[at + 1]) > 1
        if gap == ". ":
            return self.ends[at] - self.starts[at] <= 4  # "B. Sc.", "Dipl. Ing."
        return gap in ("\n", "-\n") and self.wrapped(self.ends[at])

    def wrapped(self, offset: int) -> bool:
        """Whether the line that ends behind `offset` is so long that its end may cut a sentence."""
        return "\n" not in self.text[max(0, offset - WRAPPED_CHARS) : offset] and offset >= WRAPPED_CHARS


def fold(word: str) -> str:
    """A word without case, accents and differences between British and American spelling."""
    folded = word.casefold()
    if not folded.isascii():
        folded = folded.translate(_LETTERS)
        folded = "".join(char for char in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(char))
    elif "'" in folded:
        folded = folded.replace("'", "")
    if folded == "&":
        return "and"
    if "is" in folded and len(folded) > _MIN_BRITISH:
        return _BRITISH.sub("iz", folded)
    return _ONE_SPELLING.get(folded, folded)


def words_in(phrase: str) -> tuple[str, ...]:
    """The words of a name or a phrase as written."""
    return tuple(_TOKEN.findall(phrase))


def tokenize(text: str, known: Container[str] | None = None) -> Tokens:
    """All words of `text`.

    A word that is not `known` is split where a known one is in it ("Python3", "Excelkenntnisse").
    Takes time linear in the text's length.
    """
    found = list(_TOKEN.finditer(text))
    written = [match[0] for match in found]
    # Of this text alone: no words of a document are kept.
    folded = {word: fold(word) for word in set(written)}
    parts = {} if known is None else _words_to_split(folded, known)
    if not parts:
        starts = [match.start() for match in found]
        return Tokens(text, [folded[word] for word in written], starts, [match.end() for match in found])
    tokens = Tokens(text, [], [], [])
    add_word, add_start, add_end = tokens.words.append, tokens.starts.append, tokens.ends.append
    for match, word in zip(found, written, strict=True):
        start, end = match.span()
        if word not in parts:
            add_word(folded[word])
            add_start(start)
            add_end(end)
            continue
        for part_start, part_end in parts[word]:
            add_word(fold(word[part_start:part_end]))
            add_start(start + part_start)
            add_end(start + part_end)
    return tokens


def _words_to_split(folded: dict[str, str], known: Container[str]) -> dict[str, Sequence[tuple[int, int]]]:
    """Where the parts stand of the words that are unknown and have a known one in them."""
    return {
        word: parts
        for word, plain in folded.items()
        if not (plain in known or (plain.isascii() and plain.isalpha() and "kenntnisse" not in plain))
        and (parts := _parts(word, known))
    }


def _parts(word: str, known: Container[str]) -> Sequence[tuple[int, int]]:
    """Where the parts of an unknown word stand; none where it is to be taken as it is."""
    bare = word.rstrip("+#")
    split = _WITH_VERSION.fullmatch(bare) or _COMPOUND.fullmatch(bare)
    if split is not None and fold(split[1]) in known:
        return (split.span(1), split.span(2))
    prefix = None if word[0].isascii() else _PREFIX.match(word)
    if prefix is not None and fold(word[prefix.end() :]) in known:
        return ((prefix.end(), len(word)),)
    return ((0, len(bare)),) if bare and bare != word else ()
