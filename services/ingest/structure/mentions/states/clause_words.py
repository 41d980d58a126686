"""The words that tell whose clause one is, and where it goes over into another: see data/clause_words.tsv."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

from services.ingest.structure.mentions.names import read_columns
from services.ingest.structure.mentions.tokens import fold, words_in


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """The words of all languages, folded, by what they do; the head of their file says what that is."""

    subject: frozenset[str]
    beside_subject: frozenset[str]
    verb: frozenset[str]
    and_: frozenset[str]
    or_: frozenset[str]
    denying: frozenset[str]
    opener: frozenset[str]
    after_person: frozenset[str]
    unnamed: frozenset[str]
    aim: frozenset[str]
    relative: frozenset[str]
    my: frozenset[str]
    of_others: frozenset[str]
    behind_name: frozenset[str]
    of_then: frozenset[str]
    welcome: frozenset[str]
    does: frozenset[str]
    joining: frozenset[str]
    adverb: frozenset[str]


@cache
def clause_words() -> ClauseWords:
    """All of them, read once. ValueError where a line of the file is not of the form."""
    found: dict[str, set[str]] = {field.name.rstrip("_"): set() for field in fields(ClauseWords)}
    for number, (role, words, _language, _source) in read_columns("clause_words.tsv", 4):
        try:
            found[role.replace(" ", "_")].update(fold(word) for word in words_in(words))
        except KeyError:
            raise ValueError(f"clause_words.tsv, line {number}: unknown role {role!r}") from None
    return ClauseWords(*map(frozenset, found.values()))
