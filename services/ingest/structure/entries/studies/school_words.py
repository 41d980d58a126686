"""The words that tell schools and subjects in a line of studies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.dates.words import fold
from services.ingest.structure.entries.entry_words import CHINESE, WORD, WordList, words_of

STUDY_WORDS = Path(__file__).with_name("study_words_v1.tsv")

# What these lists are called among the words of all entries.
_KNOWN_AS = {"school": "school", "field": "field", "secondary": "secondary_school"}
# Letters that a school is known by stand in capitals: "MIT", "ITS", not the words "mit" and "its".
_MAX_INITIALS = 4
_SHORT_FORMS = frozenset({"вуз", "żak", "zak", "uni", "univ", "sch", "coll", "acad", "prep", "inst"})
# A kind of school that names none alone.
_KINDS = frozenset(
    {"university", "college", "school", "high school", "institute", "academy", "the university", "the college"}
)


@cache
def load() -> dict[str, WordList]:
    """The words of schools, of secondary ones and of fields of study: those of all entries, and those of this file."""
    added: dict[str, list[str]] = {role: [] for role in _KNOWN_AS}
    for role, words in _listed():
        added[role].extend(words)
    known = entry_words.load()
    _initials()
    return {
        role: _with(known[_KNOWN_AS[role]], known["school_cjk" if role == "school" else _KNOWN_AS[role]].chinese, words)
        for role, words in added.items()
    }


def is_secondary(school: str) -> bool:
    """Whether a school's name says that it is one of secondary education."""
    return load()["secondary"].within(words_of(school), school)


def _listed() -> Iterator[tuple[str, list[str]]]:
    for line in STUDY_WORDS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            role, _, words, _source = line.split("\t")
            yield role, words.split(", ")


def _with(known: WordList, unspaced: re.Pattern[str] | None, listed: list[str]) -> WordList:
    chinese = [*([unspaced.pattern] if unspaced else []), *(word for word in listed if CHINESE.search(word))]
    words = [word for word in listed if not CHINESE.search(word)]
    phrases = tuple(f" {' '.join(parts)} " for word in words if len(parts := words_of(word)) > 1)
    return WordList(
        whole=known.whole | {fold(word) for word in words if not word.startswith("*") and len(words_of(word)) == 1},
        endings=known.endings + tuple(fold(word[1:]) for word in words if word.startswith("*")),
        phrases=known.phrases + phrases,
        first_words=known.first_words | {phrase.split()[0] for phrase in phrases},
        chinese=re.compile("|".join(chinese)) if chinese else None,
    )


def names_school(part: str) -> bool:
    """Whether a word of schools stands in a piece, the short ones in capitals."""
    schools = load()["school"]
    words = words_of(part)
    if not schools.within(words, "") or " ".join(words) in _KINDS:
        return False
    if any(phrase in f" {' '.join(words)} " for phrase in schools.phrases):
        return True
    return any(schools.has_word(fold(word)) and _stands_as_name(word) for word in WORD.findall(part))


def _stands_as_name(word: str) -> bool:
    folded = fold(word)
    if folded in _SHORT_FORMS:
        return word[0].isupper()
    if folded in _initials() or (len(word) <= _MAX_INITIALS and folded in entry_words.load()["school"].whole):
        return sum(map(str.isupper, word)) > 1 or word.lower() == word.upper()
    return True


@cache
def _initials() -> frozenset[str]:
    """The words of this file that stand in capitals."""
    words = (word for role, listed in _listed() for word in listed if role == "school")
    return frozenset(fold(word) for word in words if word.isupper())
