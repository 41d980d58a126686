"""The lists of what tells age, origin, sex, family or belief, and whether a stretch is nothing but such words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.ingest.structure.identity.cues import Phrases, cue_lists, folded_list, folded_phrase

_LETTERS = frozenset("m f d w k x ж м v".split())
_MOST_WORDS = 12
# The ages at which somebody writes a resume.
_YOUNGEST = 15
_OLDEST = 85

PROTECTED_CUES = Path(__file__).with_name("protected_cues_v1.tsv")


@dataclass(frozen=True, slots=True)
class ProtectedLists:
    """What tells a trait: labels in front of it, and words that tell it by themselves; folded."""

    labels: Phrases
    alone: frozenset[str]
    known_only: frozenset[str]
    relations: frozenset[str]
    kin: Phrases
    # What a form of personal details asks besides, which tells no trait by itself.
    form: Phrases
    titles: frozenset[str]
    demonyms: frozenset[str]
    citizens: Phrases
    photos: frozenset[str]
    pronouns: frozenset[str]
    weak: frozenset[str]
    status: frozenset[str]
    status_of_a_line: frozenset[str]
    first_words_of_status: frozenset[str]


@cache
def load() -> ProtectedLists:
    """The lists, read once."""
    _units()
    lists = cue_lists(PROTECTED_CUES)
    return ProtectedLists(
        labels=Phrases({"number": lists["label_number"], "date": lists["label_date"], "value": lists["label"]}),
        alone=folded_list(PROTECTED_CUES, "alone"),
        known_only=folded_list(PROTECTED_CUES, "known_only"),
        relations=folded_list(PROTECTED_CUES, "relation"),
        kin=Phrases({"kin": lists["kin_name"]}),
        form=Phrases({"form": lists["label_form"]}),
        titles=folded_list(PROTECTED_CUES, "title"),
        demonyms=folded_list(PROTECTED_CUES, "demonym"),
        citizens=Phrases({"demonym": lists["demonym"]}),
        photos=folded_list(PROTECTED_CUES, "photo"),
        pronouns=folded_list(PROTECTED_CUES, "pronoun"),
        weak=folded_list(PROTECTED_CUES, "weak"),
        status=folded_list(PROTECTED_CUES, "status"),
        status_of_a_line=folded_list(PROTECTED_CUES, "status_of_a_line"),
        first_words_of_status=frozenset(
            phrase.partition(" ")[0] for phrase in folded_list(PROTECTED_CUES, "status") if phrase
        ),
    )


def says_a_trait(phrase: str) -> bool:
    """Whether a folded stretch is nothing but words for traits: "married two children", "34 years", "f"."""
    if phrase in _LETTERS:
        return True
    said = units_of(phrase)
    return said is not None and _tells(said, phrase)


def units_of(phrase: str) -> list[str] | None:
    """What each part of a folded stretch is (trait, demonym, age_word, children, parent, number, citizen,
    join, age, year, digits), None where a word is none of these. Linear: a stretch has some ten words."""
    words = phrase.split()
    if not words or len(words) > _MOST_WORDS:
        return None
    units = _units()
    said: list[str] = []
    at = 0
    while at < len(words):
        for length, unit in units.get(words[at], ()):
            if words[at : at + len(length)] == length:
                said.append(unit)
                at += len(length)
                break
        else:
            if not (words[at].isdigit() and len(words[at]) <= len("1990")):
                return None
            said.append("age" if len(words[at]) == len("34") else "year" if len(words[at]) == len("1990") else "digits")
            at += 1
    return said


def begins_a_trait(word: str) -> bool:
    """Whether a folded word begins a phrase of the lists."""
    return word in _units()


def _tells(said: list[str], phrase: str) -> bool:
    kinds = set(said)
    if kinds & {"trait", "demonym"}:
        # "with English": one word of a nation among small words is a language.
        return said[0] != "join" or "trait" in kinds or "age" in kinds or "citizen" in kinds
    counted = kinds & {"number", "digits", "age"}
    if "children" in kinds and (counted or "parent" in kinds):
        return True
    if "parent" in kinds and "number" in kinds:
        return True
    if phrase.isdigit():
        return len(phrase) <= len("34")
    return "age" in kinds and "age_word" in kinds and _is_an_age(phrase)


def _is_an_age(phrase: str) -> bool:
    return any(word.isdigit() and _YOUNGEST <= int(word) <= _OLDEST for word in phrase.split())


@cache
def _units() -> dict[str, list[tuple[list[str], str]]]:
    """Phrases by their first word, the longest first; of the same words the one that says most."""
    lists = cue_lists(PROTECTED_CUES)
    found: dict[str, dict[tuple[str, ...], str]] = {}
    for unit in ("alone", "demonym", "children", "parent", "citizen", "age_word", "number", "join"):
        for phrase in lists[unit]:
            words = tuple(folded_phrase(phrase).split())
            if words:
                found.setdefault(words[0], {}).setdefault(words, "trait" if unit == "alone" else unit)
    return {
        first: sorted(((list(words), unit) for words, unit in phrases.items()), key=lambda one: -len(one[0]))
        for first, phrases in found.items()
    }
