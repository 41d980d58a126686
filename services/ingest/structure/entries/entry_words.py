"""Words that tell positions, employers, schools and places apart, in more than twenty languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from services.ingest.structure.entries.dates.words import fold
from services.ingest.structure.title.occupation_words import WORDS as OCCUPATIONS

ENTRY_WORDS = Path(__file__).with_name("entry_words_v1.tsv")

WORD = re.compile(r"[^\W_]+(?:[\"״'’.&-][^\W_]+)*")
# Chinese and Japanese words are looked for inside a text, since no space parts them.
CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
MIN_ENDING_CHARS = 3


@dataclass(frozen=True, slots=True)
class WordList:
    """A role's words: whole ones, endings of compounds, phrases of several words, and Chinese ones."""

    whole: frozenset[str]
    endings: tuple[str, ...]
    phrases: tuple[str, ...]
    first_words: frozenset[str]
    chinese: re.Pattern[str] | None

    def has_word(self, word: str) -> bool:
        """Whether a folded word, or a part of it beside a hyphen, is one of these."""
        if word in self.whole or word.endswith(self.endings):
            return True
        return "-" in word and any(part in self.whole or part.endswith(self.endings) for part in word.split("-"))

    def within(self, words: list[str], text: str) -> bool:
        """Whether any of these stands in a text of these folded words."""
        if any(self.has_word(word) for word in words):
            return True
        if self.chinese and self.chinese.search(text):
            return True
        if not self.phrases or self.first_words.isdisjoint(words):
            return False
        joined = f" {' '.join(words)} "
        return any(phrase in joined for phrase in self.phrases)


@cache
def load() -> dict[str, WordList]:
    """The lists by role, read once."""
    found: dict[str, list[str]] = {}
    for line in ENTRY_WORDS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            role, _, words = line.split("\t")
            found.setdefault(role, []).extend(words.split(", "))
    employers = frozenset(found["organization"])
    for role, named in _occupations():
        # What names employers more often is none: "مؤسسة" is an institution before it is a woman who founds one.
        found[role].extend(word for word in named if word not in employers)
    lists = {role: _list(words) for role, words in found.items()}
    # What names a whole employer, not a part of one.
    lists["employer"] = _list(
        [
            word
            for role in ("organization", "legal", "school")
            for word in found[role]
            if word not in found["department"]
        ]
    )
    return lists


@cache
def openings(*roles: str) -> frozenset[str]:
    """The words that a stretch which is one of these roles' words or phrases begins with."""
    lists = [load()[role] for role in roles]
    return frozenset().union(*(each.whole for each in lists), *(each.first_words for each in lists))


def opens(text: str, *roles: str) -> bool:
    """Whether a text may be one of these roles' words or phrases: a look that spares most lines a closer one."""
    found = WORD.search(text)
    if not found:
        return False
    first = found.group()
    return fold(first) in openings(*roles) or CHINESE.match(first) is not None


def _occupations() -> Iterator[tuple[str, list[str]]]:
    """The words that titles are made of; those that are family names as often are left out."""
    for line in OCCUPATIONS.read_text(encoding="utf-8").splitlines():
        role, _, words = line.partition("\t")
        language, _, listed = words.partition("\t")
        named = [word.strip() for word in listed.split(";") if word.strip()]
        if line.startswith("#") or role not in {"head", "head$", "suffix"}:
            continue
        if language == "zh":
            yield "occupation_cjk", [word for word in named if len(word) > 1]
        elif role == "suffix":
            yield "occupation", [f"*{word}" for word in named]
        else:
            yield "occupation", named


def words_of(text: str) -> list[str]:
    """The folded words of a text."""
    return list(_words_of(text))


@lru_cache(maxsize=2048)
def _words_of(text: str) -> tuple[str, ...]:
    """As words_of: the pieces of one header are asked for again and again."""
    return tuple([fold(word) for word in WORD.findall(text)])


def _list(words: list[str]) -> WordList:
    chinese = sorted((word for word in words if CHINESE.search(word)), key=len, reverse=True)
    plain = [word for word in words if not CHINESE.search(word)]
    endings = tuple(fold(word[1:]) for word in plain if word.startswith("*") and len(word) > MIN_ENDING_CHARS)
    parted = [words_of(word) for word in plain if not word.startswith("*")]
    phrases = [parts for parts in parted if len(parts) > 1]
    return WordList(
        whole=frozenset(parts[0] for parts in parted if len(parts) == 1),
        endings=endings,
        phrases=tuple(f" {' '.join(parts)} " for parts in phrases),
        first_words=frozenset(parts[0] for parts in phrases),
        chinese=re.compile("|".join(map(re.escape, chinese))) if chinese else None,
    )
