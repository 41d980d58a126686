"""What an entry's header says, piece by piece: which is the position, which the employer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_words import CHINESE, words_of

# Stands where a date was.
DATE_MARK = "\x00"

PLACEHOLDER = re.compile(
    r"Company ?Name"
    r"(?: {0,3}[|–,/-]? {0,3}City {0,3}, {0,3}State\b| {0,3}[|–,/-] {0,3}(?:City|State)\b"
    r"| {0,3}[|–,/-]? {0,3}City\b {0,3},?)?(?: {0,3}, {0,3}(?:USA|United States|US))?"
)
CITY_STATE = re.compile(
    r"\s{0,3}[|–,-]?\s{0,3}\bCity\s{0,3},\s{0,3}State\b|\s{1,3}[|–-]\s{0,3}(?:City|State)\b\s{0,3}$"
)

# By so much must a later piece look more like an employer than the first that does.
MARGIN = 1.5
# From these scores on a piece is likely, or surely, a position.
LIKELY_OCCUPATION = 1.8
SURE_OCCUPATION = 2.8
# From this score on it surely is an employer.
SURE_EMPLOYER = 2.5
MAX_PLACE_WORDS = 3
_DIGIT = re.compile(r"\d")
_EDGES = " \t\n|,;:·•–—-/()[]{}@\x00\u200b*>~_\\"
_OPEN = "([{"
_OUTER_EDGES = "".join(sign for sign in _EDGES if sign not in "()[]")
_EMPTY_BRACKETS = re.compile(r"\(\s{0,3}\)")
_HEAD_ENDS = re.compile(
    r"\b(?:of|for|in|at|de|del|della|dei|di|da|do|du|des|der|für|im|van|voor|w|в|по|to|with|en|em|und|and|&|as)\b|\bd['’]|[(/]",
    re.IGNORECASE,
)
_STATE_CODE = re.compile(r"^(?:[\w.' -]+\s)?(?:[A-Z]{2}|[A-Z][a-z]+/[A-Z]{2})(?:\s{1,3}\d{4,5})?$")
_STEPS = frozenset({"i", "ii", "iii", "iv", "v", "1", "2", "3", "4", "5"})
# Legal forms, and steps of a position, that are written as states are.
_LEGAL_CODES = frozenset({"AG", "KG", "UG", "SA", "SE", "BV", "NV", "AS", "AB", "OY", "AT", "EG", "II", "IV", "VI"})
_JUNK = re.compile(r"^[\W\d]*$|^\d+\s{0,3}(?:h|hrs?|hours|Std|%)\b|^(?:page|seite)\s{1,3}\d", re.IGNORECASE)
_DOMAIN = re.compile(r"^[\w-]+(?:\.[\w-]+)*\.(?:com|de|org|net|io|eu|fr|es|it|nl|pl|co\.uk|edu)$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a header between separators, and how far it looks like a position and like an employer.

    `behind_comma`: a comma parts it from what stands before, as it does a place from an employer.
    """

    text: str
    occupation: float
    organization: float
    given: str = ""
    behind_comma: bool = False

    @property
    def lean(self) -> float:
        """Above 0: rather a position; below: rather an employer."""
        return self.occupation - self.organization

    @property
    def may_be_place(self) -> bool:
        """Whether it may name a town that no list holds: short, behind a comma, in capitals at its head."""
        if not self.behind_comma or self.occupation or self.organization or self.given:
            return False
        return not self.text[:1].islower() and self.text.count(" ") < MAX_PLACE_WORDS and not _DIGIT.search(self.text)


def trimmed(text: str) -> str:
    """`text` without separators and lone brackets at its ends."""
    text = text.strip(_OUTER_EDGES)
    # What is left of a date's short form: "н.в. Учитель"; ".NET developer" keeps its own.
    text = text[1:].lstrip(_OUTER_EDGES) if text.startswith(". ") else text
    while text and text[0] in "([{" and not _closed(text):
        text = text[1:].lstrip(_EDGES)
    while text and text[-1] in ")]}" and text.count("(") + text.count("[") < text.count(")") + text.count("]"):
        text = text[:-1].rstrip(_EDGES)
    if len(text) > 1 and text[0] in "([" and text[-1] in ")]" and _closed(text):
        text = text[1:-1]
    while text and text[-1] in _OPEN:
        text = text[:-1].rstrip(_EDGES)
    if "(" in text:
        text = _EMPTY_BRACKETS.sub("", text)
    text = text.strip(" ,;:|–—-/")
    return text[:-1].rstrip() if text.endswith(".") and not _short_form_end(text) else text


def _closed(text: str) -> bool:
    return (")" in text) if text[0] == "(" else ("]" in text)


def _short_form_end(text: str) -> bool:
    last = text.rsplit(" ", 1)[-1]
    return (
        last.count(".") > 1
        or (len(last) <= 6 and entry_words.load()["legal"].has_word(last[:-1].lower()))
        or len(last) <= 5
    )


@lru_cache(maxsize=4096)
def piece(text: str, given: str = "") -> Piece:
    """A piece with its leanings."""
    words = words_of(text.partition("(")[0] or text)
    return Piece(text, _occupation(text, words), _organization(text, words), given)


def _head(text: str) -> list[str]:
    ended = _HEAD_ENDS.search(text, 1)
    return words_of(text[: ended.start()]) if ended else words_of(text)


def _occupation(text: str, words: list[str]) -> float:
    lists = entry_words.load()
    if CHINESE.search(text):
        chinese = lists["occupation_cjk"].chinese
        ends = [found.end() for found in chinese.finditer(text)] if chinese else []
        # The last word says what is named: "店员" is a clerk, "店" a shop.
        return 0.0 if not ends else 3.6 if ends[-1] == len(text.rstrip("）)")) else 3.0
    named = [lists["occupation"].has_word(word) for word in words]
    if not any(named):
        return 0.0
    head = _head(text)
    # "Technician II"
    while len(words) > 1 and words[-1] in _STEPS:
        named, words = named[:-1], words[:-1]
        head = head[:-1] if head[-1:] and head[-1] in _STEPS else head
    in_head = [lists["occupation"].has_word(word) for word in head]
    if in_head and in_head[-1]:
        return 3.2
    if in_head and in_head[0]:
        return 2.8
    if named[-1]:
        return 2.2
    return 1.4


def _organization(text: str, words: list[str]) -> float:
    lists = entry_words.load()
    score = 0.0
    if CHINESE.search(text):
        chinese = lists["organization_cjk"].chinese
        score = 3.2 if chinese and chinese.search(text) else 0.0
    if not words:
        return score
    if any(lists["legal"].has_word(word) for word in words[1:]) or "z o.o" in text:
        score += 3
    named = lists["organization"]
    head = _head(text)
    if head and named.has_word(head[-1]):
        # "Assistante marketing": a field behind the position that it is of.
        of_position = lists["occupation"].has_word(head[0]) and lists["field"].has_word(head[-1])
        score += 1.2 if of_position else 3
    elif head and named.has_word(head[0]):
        score += 2.5
    elif named.within(words, text):
        score += 1.2
    letters = [char for char in text if char.isalpha()]
    if len(letters) >= 4 and text.isupper():
        score += 0.4
    if _DOMAIN.match(text):
        score += 2
    return score


def is_place(text: str) -> bool:
    """Whether a piece names a place alone."""
    folded = " ".join(words_of(text))
    places = entry_words.load()["place"]
    return (
        folded in places.whole
        or f" {folded} " in places.phrases
        or (places.chinese is not None and places.chinese.fullmatch(text) is not None)
        or (
            len(text.split()) <= 4
            and _STATE_CODE.match(text) is not None
            and not text.isupper()
            and text.rpartition(" ")[2] not in _LEGAL_CODES
        )
    )


def is_junk(text: str) -> bool:
    """Whether a piece is neither a name nor a position: hours, kinds of contract, numbers, contact data."""
    lists = entry_words.load()
    words = words_of(text)
    if (
        not words
        or (len(text) < 2 and not CHINESE.search(text))
        or _JUNK.match(text)
        or "http" in text
        or ("@" in text and "." in text)
    ):
        return True
    if _names_contract(words, text):
        return True
    if len(words) == 1 and CHINESE.search(text) and lists["for_length"].within(words, text):
        return True
    return f" {' '.join(words)} " in lists["department"].phrases or (
        len(words) == 1 and words[0] in lists["department"].whole
    )


def _names_contract(words: list[str], text: str) -> bool:
    """Whether a piece says how somebody is employed and no more: "permanent, full-time"."""
    listed = entry_words.load()["contract"]
    if all(word in listed.whole for word in words) or f" {' '.join(words)} " in listed.phrases:
        return True
    return listed.chinese is not None and listed.chinese.fullmatch(text.strip("（）()")) is not None
