"""The words in which twelve languages write dates, ranges and lengths of time."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

DATE_WORDS = Path(__file__).with_name("date_words_v1.tsv")

MAX_PHRASE_WORDS = 5

Phrase = tuple[str, ...]


@dataclass(slots=True)
class DateWords:
    """Phrases by role, with what each means: a month's number, a season's first month, months in a unit, else 0."""

    by_role: dict[str, dict[Phrase, int]] = field(default_factory=dict)
    # First words of each role's phrases, so that most words are told to be none by one look.
    first_words: dict[str, frozenset[str]] = field(default_factory=dict)


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """`word` without case and accents."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char)) or word


@cache
def load() -> DateWords:
    """The words, read once."""
    from services.ingest.structure.entries.date_tokens import tokens_of

    words = DateWords()
    for line in DATE_WORDS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        role, value, _, phrases = line.split("\t")
        for phrase in phrases.split(", "):
            folded = tuple(token.text for token in tokens_of(phrase) if token.text != ".")
            words.by_role.setdefault(role, {}).setdefault(folded, int(value or 0))
    words.first_words = {role: frozenset(phrase[0] for phrase in phrases) for role, phrases in words.by_role.items()}
    return words
