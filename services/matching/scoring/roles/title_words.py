"""A title as words that can be compared, in the parts that commas, dashes and words such as "for" make of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_GENDER = re.compile(
    # (m/w/d), (H/F), m/w/d, (in), *in, :in, /-in
    r"\((?:[a-z]{1,3}|divers|gn)(?:\s?[/|,*]\s?(?:[a-z]|divers|gn))+\)|\((?:in|innen|e|ne|euse|trice|a)\)"
    r"|\(s\)|\b[mwfhd](?:/[mwfdhx]){1,3}\b|(?<=[a-z])[*:_/]-?in(?:nen)?\b"
)
_TOKEN = re.compile(r"\.net\b|c\+\+|c#|f#|[^\W_]+|[,;|()\[\]:–—&/+@]|(?<=\s)-(?=\s)")
# "In-house", "on-site" and the like are one word, of which the first half parts nothing.
_HYPHENED = re.compile(r"\b(in|on|at|to|by|of|de)-(?=[a-z])")
_POSSESSIVE = re.compile(r"(?<=[a-z])'s\b|(?<=s)'(?=\s)")
_MARKS = re.compile(r"[\u0300-\u036f]")
# What ends a part. The first part is about the head, the others about its field.
_SIGNS = frozenset(",;|()[]:–—-@")
CONNECTORS = frozenset(
    """for of to at in with from within on under by fur bei im von der des du de chez pour en para del au aux
    dans""".split()
)
# What joins words, each as "and".
_AND = frozenset("& + and und et y".split())
JOINTS = frozenset({"and", "/"})
# What makes of "X assistant" somebody else than an assistant of rank.
OF_SOMEBODY = "'s"

_SHORT_FOR = {"asst": "assistant", "mgr": "manager", "coord": "coordinator", "supv": "supervisor", "engr": "engineer"}
_SINGULARS = (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("men", "man"))
_AS_THEY_ARE = frozenset({"securities", "news", "goods"})
_NO_PLURAL = ("ss", "us", "is", "as", "os")
_SHORTEST_PLURAL = 4
# Endings of women's titles in German, French and Spanish, by those of men's.
_FEMALE = (
    ("frau", "mann"), ("innen", ""), ("in", ""), ("euse", "eur"), ("trice", "teur"), ("iere", "ier"), ("enne", "en"),
    ("ere", "er"), ("ora", "or"), ("ne", "n"), ("e", ""), ("a", "o"), ("a", ""),
)  # fmt: skip
_SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a title between two separators, each in the singular, with what stood before the first: a sign, a word
    such as "to", or nothing. `written` are the same words as they were, folded. Signs and words that join are among
    both."""

    before: str
    words: tuple[str, ...]
    written: tuple[str, ...]


def folded_title(title: str) -> str:
    """In lower case, without accents and without what says that all sexes are meant."""
    plain = title.lower()
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain.replace("’", "'").replace("ß", "ss")))
    return _HYPHENED.sub(r"\1", _GENDER.sub(" ", plain))


def tokens_of(title: str) -> list[str]:
    """The words and separating signs of a title, folded. A possessive s is a token of its own, `OF_SOMEBODY`."""
    tokens: list[str] = []
    stretches = _POSSESSIVE.split(folded_title(title))
    for place, stretch in enumerate(stretches):
        if place:
            tokens.append(OF_SOMEBODY)
        tokens += ("and" if token in _AND else token for token in _TOKEN.findall(stretch))
    return tokens


def parts_of(tokens: list[str]) -> list[Part]:
    """The parts of a title that hold a word, in order."""
    parts: list[Part] = []
    before, words = "", list[str]()
    for token in [*tokens, ","]:
        if token in _SIGNS or token in CONNECTORS:
            if any(word not in JOINTS for word in words):
                parts.append(Part(before, tuple(map(singular, words)), tuple(words)))
                before, words = token, []
            elif token in CONNECTORS or not before:
                before = token
        else:
            words.append(token)
    return parts


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """An English noun in the singular, by its ending, and in full where it is short for one. "Sales" becomes "sale",
    in titles as in the list."""
    if len(word) < _SHORTEST_PLURAL or word in _SHORT_FOR:
        return _SHORT_FOR.get(word, word)
    if word in _AS_THEY_ARE:
        return word
    for plural, ending in _SINGULARS:
        if word.endswith(plural):
            return word[: -len(plural)] + ending
    return word[:-1] if word.endswith("s") and not word.endswith(_NO_PLURAL) else word


def male_forms(word: str) -> list[str]:
    """What the word could be in the form for men, in which lists of titles have it."""
    return [
        word[: -len(female)] + male
        for female, male in _FEMALE
        if word.endswith(female) and len(word) - len(female) >= _SHORTEST_STEM
    ]
