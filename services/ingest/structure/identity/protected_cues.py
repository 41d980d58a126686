"""The lists of what tells age, origin, sex, family or belief, and whether a stretch is nothing but such words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.ingest.structure.identity.cues import Phrases, cue_lists, folded_list

PROTECTED_CUES = Path(__file__).with_name("protected_cues_v1.tsv")


@dataclass(frozen=True, slots=True)
class ProtectedLists:
    """What tells a trait: labels in front of it, and words that tell it by themselves; folded."""

    labels: Phrases
    alone: frozenset[str]
    children: frozenset[str]
    numbers: frozenset[str]
    age_words: frozenset[str]
    demonyms: frozenset[str]
    citizens: Phrases
    citizen_words: frozenset[str]
    photos: frozenset[str]
    pronouns: frozenset[str]
    weak: frozenset[str]


@cache
def load() -> ProtectedLists:
    """The lists, read once."""
    lists = cue_lists(PROTECTED_CUES)
    return ProtectedLists(
        labels=Phrases({"date": lists["label_date"], "value": lists["label"]}),
        alone=folded_list(PROTECTED_CUES, "alone"),
        children=folded_list(PROTECTED_CUES, "children"),
        numbers=folded_list(PROTECTED_CUES, "number"),
        age_words=folded_list(PROTECTED_CUES, "age_word"),
        demonyms=folded_list(PROTECTED_CUES, "demonym"),
        citizens=Phrases({"demonym": lists["demonym"]}),
        citizen_words=folded_list(PROTECTED_CUES, "citizen"),
        photos=folded_list(PROTECTED_CUES, "photo"),
        pronouns=folded_list(PROTECTED_CUES, "pronoun"),
        weak=folded_list(PROTECTED_CUES, "weak"),
    )


def says_a_trait(phrase: str) -> bool:
    """Whether a folded stretch is nothing but words for traits: "married two children", "34 years", "f"."""
    lists = load()
    if not phrase:
        return False
    if phrase in lists.alone or phrase in lists.demonyms or phrase in ("m", "f", "d", "w", "k", "x", "ж", "м", "v"):
        return True
    words = phrase.split()
    if words[0].isdigit() and len(words[0]) <= 2:
        return len(words) == 1 or " ".join(words[1:]) in lists.age_words or _is_children(words)
    if _is_children(words):
        return True
    for cut in range(len(words) - 1, 0, -1):
        if " ".join(words[:cut]) in lists.alone or " ".join(words[:cut]) in lists.demonyms:
            rest = words[cut:]
            if len(rest) == 1 and rest[0].isdigit() and len(rest[0]) == 1:
                return True
            return (
                (
                    rest[0]
                    in ("and", "und", "et", "y", "e", "i", "en", "och", "mit", "with", "avec", "con", "com", "z")
                    and (says_a_trait(" ".join(rest[1:])) or _is_children(rest[1:]))
                )
                or _is_children(rest)
                or " ".join(rest) in lists.citizen_words
            )
    return False


def _is_children(words: list[str]) -> bool:
    lists = load()
    if not words or words[-1] not in lists.children:
        return False
    few = 4
    return 1 < len(words) <= few and any(word in lists.numbers or word.isdigit() for word in words[:-1])
