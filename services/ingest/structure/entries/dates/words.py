"""The words in which more than twenty languages write dates, ranges and lengths of time."""

from __future__ import annotations

import re
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
    # First words of all that a date, a range or a length may begin with.
    openings: frozenset[str] = frozenset()
    # First words of numbers and lengths of time.
    length_openings: frozenset[str] = frozenset()
    # Units of time, to tell lines that name a length of time: in plain letters, and as a pattern in all.
    ascii_units: frozenset[str] = frozenset()
    other_units: re.Pattern[str] = re.compile("")


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
    from services.ingest.structure.entries.dates.tokens import tokens_of

    words = DateWords()
    for line in DATE_WORDS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        role, value, _, phrases = line.split("\t")
        for phrase in phrases.split(", "):
            folded = tuple(token.text for token in tokens_of(phrase) if token.text != ".")
            words.by_role.setdefault(role, {}).setdefault(folded, int(value or 0))
    words.first_words = {role: frozenset(phrase[0] for phrase in phrases) for role, phrases in words.by_role.items()}
    _prepare(words)
    return words


def _prepare(words: DateWords) -> None:
    from services.ingest.structure.entries.dates.roman_months import ROMAN_MONTHS

    opening = ("expected", "since", "between", "month", "season", "number", "length", "vague")
    words.openings = frozenset("'`").union(ROMAN_MONTHS, *(words.first_words[role] for role in opening))
    words.length_openings = words.first_words["number"] | words.first_words["length"]
    units = words.first_words["unit"] | words.first_words["length"]
    words.ascii_units = frozenset(unit for unit in units if unit.isascii())
    glued = "|".join(sorted((re.escape(unit) for unit in units if not unit.isascii()), key=len, reverse=True))
    spaced = "|".join(sorted(map(re.escape, words.ascii_units), key=len, reverse=True))
    # Accents are folded only in words, so the accented spellings are told by their beginnings.
    words.other_units = re.compile(
        rf"\d\W{{0,2}}[^\W\d]|{glued}|\b(?:{spaced}|années?|años?|mês|miesiąc)", re.IGNORECASE
    )
