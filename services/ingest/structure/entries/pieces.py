"""What an entry's header says, piece by piece: which is the position, which the employer."""

from __future__ import annotations

import re
from collections.abc import Sequence
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

# The look ahead lets most signs go by at one glance.
_PARTS = re.compile(
    r"(?=[\s\x00|•·;，،、⋅‧,:：–—@])(?:"
    r"\x00|\s{0,3}(?:[|•·;，،、⋅‧]\s{0,3}|:\s{1,3})|\s{1,3}[-–—−]+\s{1,3}|\s{1,3}[–—]|[–—]\s{1,3}"
    r"|(?<!\d),\s{0,3}|,\s{1,3}|：|\s{1,3}@\s{0,3}|(?<=\s)@(?=\w)|\s{2,}|\s{1,3}/\s{0,3}(?=\x00))"
)
# By so much must a later piece look more like an employer than the first that does.
MARGIN = 1.5
# From these scores on a piece is likely, or surely, a position.
LIKELY_OCCUPATION = 1.8
SURE_OCCUPATION = 2.8
_EDGES = " \t\n|,;:·•–—-/()[]{}@\x00\u200b*>~_\\"
_OPEN = "([{"
_OUTER_EDGES = "".join(sign for sign in _EDGES if sign not in "()[]")
_EMPTY_BRACKETS = re.compile(r"\(\s{0,3}\)")
_HEAD_ENDS = re.compile(
    r"\b(?:of|for|in|at|de|del|della|dei|di|da|do|du|des|der|für|im|van|voor|w|в|по|to|with|en|em|und|and|&|as)\b|\bd['’]|[(/]",
    re.IGNORECASE,
)
_AT = re.compile(
    r"^(?P<title>.+?)\s{1,3}(?:at|@|bei der|bei dem|beim|bei|chez|presso|bij|we|w|в|בחברת|لدى|auprès de)"
    r"\s{1,3}(?P<organization>.+)$"
)
_WEAK_AT = re.compile(r"^(?P<title>.+?)\s{1,3}(?:en|em|na|no|in|im|à|dans|с|of)\s{1,3}(?P<organization>.+)$")
_AT_AS = re.compile(
    r"^(?:at|bei der|bei|beim|chez|presso|bij|en|w|в)\s{1,3}(?P<organization>.+?)"
    r"\s{1,3}(?:as|als|comme|como|come|jako|в качестве)\s{1,3}(?P<title>.+)$",
    re.IGNORECASE,
)
_AS_AT = re.compile(
    r"^(?:as|als|comme|como|come|jako|в качестве)\s{1,3}(?P<title>.+?)"
    r"\s{1,3}(?:at|bei der|bei|beim|chez|presso|bij|en|w|в)\s{1,3}(?P<organization>.+)$",
    re.IGNORECASE,
)
_BEGINS_AT = re.compile(r"^(?:at|bei der|bei|beim|chez|presso|bij)\s{1,3}", re.IGNORECASE)
_STATE_CODE = re.compile(r"^(?:[\w.' -]+\s)?(?:[A-Z]{2}|[A-Z][a-z]+/[A-Z]{2})(?:\s{1,3}\d{4,5})?$")
_JUNK = re.compile(r"^[\W\d]*$|^\d+\s{0,3}(?:h|hrs?|hours|Std|%)\b|^(?:page|seite)\s{1,3}\d", re.IGNORECASE)
_DOMAIN = re.compile(r"^[\w-]+(?:\.[\w-]+)*\.(?:com|de|org|net|io|eu|fr|es|it|nl|pl|co\.uk|edu)$")
# "Software Engineer University of Bremen", "Programmer otulea.uni-bremen.de"
_TITLE_THEN_SCHOOL = re.compile(
    r"^(?P<title>[^,]{3,80}?)\s{1,3}(?P<organization>(?:The )?University of .+"
    r"|[\w-]+(?:\.[\w-]+){0,3}\.(?:com|de|org|net|io|eu|fr|es|it|nl|pl|edu))$"
)
_TITLE_BEHIND = re.compile(r"^(?P<organization>.{3,100}):\s{1,3}(?P<title>[^:]{2,80})$")
_LABEL = re.compile(r"^([^:：]{2,28})[:：]\s{0,3}(.+)$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a header between separators, and how far it looks like a position and like an employer."""

    text: str
    occupation: float
    organization: float
    given: str = ""

    @property
    def lean(self) -> float:
        """Above 0: rather a position; below: rather an employer."""
        return self.occupation - self.organization


def trimmed(text: str) -> str:
    """`text` without separators and lone brackets at its ends."""
    text = text.strip(_OUTER_EDGES)
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
        found = chinese.search(text) if chinese else None
        return 3.0 if found else 0.0
    named = [lists["occupation"].has_word(word) for word in words]
    if not any(named):
        return 0.0
    head = _head(text)
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
        score += 3
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
        or (len(text.split()) <= 4 and _STATE_CODE.match(text) is not None and not text.isupper())
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
    if len(words) == 1 and CHINESE.search(text) and lists["for_length"].within(words, text):
        return True
    return f" {' '.join(words)} " in lists["department"].phrases or (
        len(words) == 1 and words[0] in lists["department"].whole
    )


def pieces_of(text: str) -> list[Piece]:
    """The pieces of one header line, its dates replaced by DATE_MARK, in order."""
    lists = entry_words.load()
    label = _LABEL.match(text.strip())
    if label:
        said = words_of(label.group(1))
        for role, given in (("label_title", "title"), ("label_organization", "organization")):
            if len(said) <= 4 and lists[role].within(said, label.group(1)) and not _occupation_like(said, given):
                value = trimmed(label.group(2).replace(DATE_MARK, " "))
                return [piece(value, given)] if value else []
        if len(said) <= 4 and lists["label_dates"].within(said, label.group(1)):
            text = label.group(2)
    phrased = _phrased(text)
    if phrased:
        return phrased
    behind = _TITLE_BEHIND.match(trimmed(text.replace(DATE_MARK, " ")))
    if behind and piece(behind["title"]).lean >= 0:
        ahead = [each for part in _PARTS.split(behind["organization"]) if (each := trimmed(part))]
        if ahead and piece(ahead[0]).lean < 0:
            # "2014 – 2017 Acme GmbH, Berlin: Konstrukteur"
            return [piece(ahead[0], "organization"), *map(piece, ahead[1:]), piece(behind["title"], "title")]
    found = [each for part in _PARTS.split(text) if (each := trimmed(part))]
    found = [each for part in found for each in _bracketed(part)]
    if any(CHINESE.search(part) for part in found):
        found = [each for part in found for each in _chinese_parts(part)]
    return _joined([part for each in found for part in _parted_at(each)])


def _occupation_like(said: Sequence[str], given: str) -> bool:
    return given == "organization" and len(said) > 2


def _phrased(text: str) -> list[Piece]:
    plain = trimmed(text.replace(DATE_MARK, " "))
    for pattern in (_AT_AS, _AS_AT):
        found = pattern.match(plain)
        if found:
            return [
                piece(found["title"], "title"),
                piece(trimmed(found["organization"].partition(",")[0]), "organization"),
            ]
    return []


def _bracketed(text: str) -> list[str]:
    """A bracket's content is a piece of its own where it names an employer."""
    opened, closed = text.find("("), text.rfind(")")
    if 0 < opened < closed:
        inner = text[opened + 1 : closed].strip()
        # "We4IT GmbH Bremen" in a bracket behind a position.
        if piece(inner).lean < 0 and piece(text[:opened]).lean > 0:
            return [trimmed(text[:opened]), inner]
    return [text]


def _chinese_parts(text: str) -> list[str]:
    parts = text.split()
    if len(parts) < 2 or not all(CHINESE.search(part) for part in parts):
        return [text] if len(parts) < 2 else [part for part in parts if part]
    return parts


def _parted_at(text: str) -> list[str]:
    found = _TITLE_THEN_SCHOOL.match(text)
    if found and piece(found["title"]).occupation >= SURE_OCCUPATION and not piece(found["title"]).organization:
        return [found["title"], found["organization"]]
    found = _AT.match(text)
    if found and piece(found["title"]).occupation > 0:
        return [found["title"], found["organization"]]
    found = _WEAK_AT.match(text)
    if found and piece(found["title"]).lean > 0 and piece(found["organization"]).lean <= -2.5:
        return [found["title"], found["organization"]]
    return [_BEGINS_AT.sub("", text)]


def _joined(parts: Sequence[str]) -> list[Piece]:
    """Pieces; a legal form of its own belongs to the name before it: "Acme, Inc."."""
    legal = entry_words.load()["legal"]
    found: list[str] = []
    for part in parts:
        words = words_of(part)
        if found and 0 < len(words) <= 2 and all(legal.has_word(word) for word in words):
            found[-1] = f"{found[-1]}, {part}"
        else:
            found.append(part)
    return [piece(part) for part in found]


def told_apart(pieces: Sequence[Piece]) -> tuple[str | None, str | None]:
    """The position and the employer among a header's pieces."""
    title = next((each for each in pieces if each.given == "title"), None)
    organization = next((each for each in pieces if each.given == "organization"), None)
    rest = [each for each in pieces if not each.given and not is_junk(each.text)]
    if title is None:
        likely = [each for each in rest if each.lean > 0]
        title = max(likely, key=lambda each: each.lean) if likely else None
    left = [each for each in rest if each is not title]
    if organization is None:
        likely = [each for each in left if each.lean < 0]
        organization = _likeliest(likely) if likely else None
    left = [each for each in left if each is not organization and not is_place(each.text)]
    if title is None and left:
        title = left.pop(0)
    if organization is None:
        left = [each for each in left if each.lean < 1]
        organization = left[0] if left else None
    return (title.text if title else None), _named(organization.text if organization else None)


def _likeliest(likely: Sequence[Piece]) -> Piece:
    """The employer: the first that looks like one ("Clinic, Department of Surgery"), or one that surely is one."""
    surest = min(likely, key=lambda each: each.lean)
    return surest if surest.lean < likely[0].lean - MARGIN else likely[0]


def _named(organization: str | None) -> str | None:
    if organization is None:
        return None
    words = words_of(organization)
    return None if entry_words.load()["no_organization"].within(words[:2], organization) else organization
