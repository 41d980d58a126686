"""Labels of forms: "Employer: Acme Ltd", and those of Europass, which stand before what they name without a sign."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.dates.words import fold
from services.ingest.structure.entries.entry_words import WORD, WordList, opens, words_of

MAX_LABEL_WORDS = 4
MAX_PHRASE_WORDS = 9
MAX_LABEL_CHARS = 70
MIN_LONG_WORDS = 3

Role = Literal["title", "organization", "dates", "body"]
_ROLES: tuple[Role, ...] = ("title", "organization", "dates", "body")
_LABELS = tuple(f"label_{role}" for role in _ROLES)
_LABEL = re.compile(r"^([^:：]{2,28})[:：]\s{0,3}(.+)$")


class Labelled(NamedTuple):
    """What a label names, and what stands behind it."""

    role: Role
    value: str


def labelled(text: str) -> Labelled | None:
    """A line's label with its value; None where it has none that is known."""
    text = text.strip()
    return _with_colon(text) or _without_sign(text)


def is_long_label(text: str) -> bool:
    """Whether a line holds a label of several words, as only forms have them, and nothing else."""
    return label_alone(text) is not None and len(words_of(text)) >= MIN_LONG_WORDS


def label_alone(text: str) -> Role | None:
    """The role of a label that a line holds and nothing else; of labels of what was done, only the long ones."""
    if len(text) > MAX_LABEL_CHARS or not opens(text, *_LABELS):
        return None
    words = words_of(text)
    if not words or len(words) > MAX_PHRASE_WORDS:
        return None
    said = " ".join(words)
    for role in _ROLES:
        listed = entry_words.load()[f"label_{role}"]
        if f" {said} " in listed.phrases and (role != "body" or len(words) >= MIN_LONG_WORDS):
            return role
        if said in listed.whole and role != "body":
            return role
    return None


def _with_colon(text: str) -> Labelled | None:
    found = _LABEL.match(text)
    if not found:
        return None
    said = words_of(found.group(1))
    if len(said) > MAX_LABEL_WORDS:
        return None
    for role in _ROLES:
        if entry_words.load()[f"label_{role}"].within(said, found.group(1)):
            if role == "body" and len(said) > 1 and _names_occupation(said):
                # "Summer Intern Manager: B. Hale" is a position with who was above it.
                return None
            # "School of Arts: …" names a school rather than labels one.
            return None if role == "organization" and len(said) > 2 else Labelled(role, found.group(2))
    return None


def _names_occupation(said: list[str]) -> bool:
    return all(entry_words.load()["occupation"].has_word(word) for word in said[-2:])


def _without_sign(text: str) -> Labelled | None:
    """A label of several words at a line's beginning: "Tipo di impiego Segretaria"."""
    first = WORD.match(text)
    if not first:
        return None
    opening = fold(first.group())
    for role in _ROLES:
        listed = entry_words.load()[f"label_{role}"]
        if opening in listed.first_words and (end := _phrase_end(text, listed)):
            return Labelled(role, text[end:].lstrip(" :)–-"))
    return None


def _phrase_end(text: str, listed: WordList) -> int:
    """Where the longest of these phrases ends that the text begins with; 0 where it begins with none."""
    best, said = 0, " "
    for number, word in enumerate(WORD.finditer(text)):
        said += f"{fold(word.group())} "
        if number and said in listed.phrases:
            best = word.end()
        if number >= MAX_PHRASE_WORDS:
            break
    return best
